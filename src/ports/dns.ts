// Name resolution by parameter: one question for records of one type, asked once. Who asks again, and when, is the product's.

export type RecordType = 'A' | 'AAAA' | 'SRV';

export interface DnsRecord {
  /** The address; of SRV the name of a target. */
  readonly host: string;
  /** null: the platform does not tell. */
  readonly ttlSeconds: number | null;
  /** These three of SRV only, else 0. */
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export type DnsAnswer =
  /** At least one. */
  | { readonly kind: 'records'; readonly records: readonly DnsRecord[] }
  /** The name is there, but nothing of this type. */
  | { readonly kind: 'empty' }
  /** There is no such name. */
  | { readonly kind: 'absent' }
  /** A server's refusal ('ESERVFAIL', 'EREFUSED'), or no answer that could be read in time ('ETIMEOUT', 'ECONNREFUSED'). */
  | { readonly kind: 'failed'; readonly code: string };

export interface DnsQuery {
  /** The answer will not be told. */
  cancel(): void;
}

export interface Dns {
  /** Aliases are followed, search domains are not added. `done` is called once, later, within the platform's time limit. */
  query(name: string, type: RecordType, done: (answer: DnsAnswer) => void): DnsQuery;
}
