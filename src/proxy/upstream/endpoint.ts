// One address that requests are sent to, with its pooled connections. Endpoints outlive compiled tables: a swap that
// keeps an address keeps its connections; an address that no table names any more is retired and its idle ones close.

export interface Endpoint {
  /** Pool key: 'tcp:10.0.0.7:8080', or 'tls:...' with everything that distinguishes a TLS peer. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/** TLS towards the upstream; part of the pool key. */
export interface EndpointTls {
  readonly serverName: string;
  readonly verify: boolean;
  /** Only with `verify`. */
  readonly verifyDepth: number;
  readonly certificateAuthorities: readonly string[] | null;
  readonly clientCertificate: { readonly id: string; readonly cert: string; readonly key: string } | null;
}

/** One worker's endpoints. The exchange engine implements it; compile asks it for endpoints. */
export interface EndpointRegistry {
  /** The endpoint of this address, made on first use; adds one reference. */
  acquire(host: string, port: number, tls: EndpointTls | null): Endpoint;
  /** Drops one reference; at zero the idle connections close and busy ones close after their request. */
  release(endpoint: Endpoint): void;
}
