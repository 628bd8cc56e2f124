// Name resolution by parameter.

export interface Dns {
  /** Addresses (IPv4 before IPv6) or an error code ('ENOTFOUND', 'ETIMEOUT', 'ESERVFAIL'). */
  resolve(name: string, done: (error: string | null, addresses: readonly string[]) => void): void;
}
