// How names are resolved: what Kong reads from kong.conf, resolv.conf and the hosts file, as one value.
import type { RecordType } from '../../ports/dns.ts';

/** 'LAST': the type that had records the last time. */
export type OrderEntry = 'LAST' | RecordType;

/** What a hosts file says of one name; null: no address of that kind. */
export interface HostsEntry {
  readonly ipv4: string | null;
  readonly ipv6: string | null;
}

export interface NameSettings {
  /** Which types are asked for, one after the other until one has records. */
  readonly order: readonly OrderEntry[];
  /** SRV is asked for only where the name has the form `_service._protocol.name`, as Kong's newer client does. */
  readonly srvOnlyForServices: boolean;
  /** Tried behind a name, before the name alone where it has fewer than `ndots` dots, else after it. */
  readonly searchDomains: readonly string[];
  readonly ndots: number;
  /** By name in lower case; these are never asked for. */
  readonly hosts: ReadonlyMap<string, HostsEntry>;
  /** Takes the place of the records' own; null: theirs. */
  readonly validTtlMs: number | null;
  /** How long addresses are used after their time while nobody says what has become of them. */
  readonly staleTtlMs: number;
  /** How long it is believed that a name does not exist. */
  readonly notFoundTtlMs: number;
  /** After a failed question the next comes this much later; after more of them twice, four, eight, sixteen times as much. */
  readonly errorTtlMs: number;
}

/** RFC 6761 section 6.3: never asked for, whatever the hosts file says. */
const localhost: HostsEntry = { ipv4: '127.0.0.1', ipv6: '::1' };

/** Kong's. */
export const nameSettingsDefault: NameSettings = {
  order: ['LAST', 'SRV', 'A'],
  srvOnlyForServices: false,
  searchDomains: [],
  ndots: 1,
  hosts: new Map(),
  validTtlMs: null,
  staleTtlMs: 3_600_000,
  notFoundTtlMs: 30_000,
  errorTtlMs: 1_000,
};

export function hostsEntry({ hosts }: NameSettings, name: string): HostsEntry | null {
  return hosts.get(name) ?? (name === 'localhost' ? localhost : null);
}

/** In the order in which they are asked for. `name` is in lower case; one that ends with a dot is complete. */
export function candidateNames({ searchDomains, ndots }: NameSettings, name: string): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = searchDomains.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots < ndots ? [...searched, name] : [name, ...searched];
}

/** Those of the order that have a meaning for this name, without LAST. */
export function typesFor({ order, srvOnlyForServices }: NameSettings, name: string): readonly RecordType[] {
  const types = order.filter((entry): entry is RecordType => entry !== 'LAST');
  const isService = /^_[^.]+\._[^.]+\./.test(name);
  return srvOnlyForServices && !isService ? types.filter((type) => type !== 'SRV') : types;
}
