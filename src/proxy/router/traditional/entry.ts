// A route as Kong's flavour `traditional` holds it: what it asks for, which kinds of attributes that are, and how it ranks among
// routes that ask for the same kinds. A route with several paths is one entry a path.
import type { RE2JS } from 're2js';
import type { Route, RouteAddress } from '../../../kong/entity.ts';
import { compileRegex } from '../../../kong/regex.ts';
import type { CompiledRoute } from '../../compile/compiled.ts';
import { type AddressCondition, addressConditions } from '../addresses.ts';
import { bytesOf } from '../byte-text.ts';
import { withoutEndDot } from '../entries.ts';
import { regexLiteral } from '../regex-literal.ts';
import { splitPort } from '../split-port.ts';

/** The kinds of attributes, in the order in which more of the same number of them are tried. */
export const kinds = { host: 64, header: 32, uri: 16, method: 8, sni: 4, source: 2, destination: 1 } as const;

const plainHostsOnly = 2;
const hasWildcardWithPort = 4;
export const hasRegexUri = 1;

/** `route.*` and the like. */
export interface WildcardHost {
  readonly value: string;
  readonly before: string;
  readonly after: string;
  readonly hasPort: boolean;
}

export interface HeaderRule {
  /** Lower case, with '_' for '-'. */
  readonly name: string;
  /** Lower case. */
  readonly values: ReadonlySet<string>;
  /** Only where it is the only value. */
  readonly pattern: RE2JS | null;
}

export interface UriRule {
  /** A prefix as bytes, or the regular expression as configured. */
  readonly value: string;
  readonly regex: RE2JS | null;
  /** What every path that it matches begins with. */
  readonly literal: string;
}

/** With what it is filed under: its address or network as written, and its port. */
export interface AddressRule {
  readonly conditions: readonly AddressCondition[];
  readonly keys: readonly string[];
  /** One of them names both address and port. */
  readonly isNarrow: boolean;
}

export interface TraditionalEntry {
  readonly route: CompiledRoute;
  /** Which kinds of attributes it has. */
  readonly category: number;
  /** How many of them. */
  readonly weight: number;
  readonly subWeight: number;
  readonly regexPriority: number;
  readonly createdAt: number | null;
  readonly id: string;
  readonly pathIndex: number;
  readonly plainHosts: ReadonlySet<string>;
  readonly wildcardHosts: readonly WildcardHost[];
  readonly headers: readonly HeaderRule[];
  readonly uri: UriRule | null;
  readonly methods: ReadonlySet<string>;
  readonly serverNames: ReadonlySet<string>;
  readonly source: AddressRule | null;
  readonly destination: AddressRule | null;
}

export function portKey(port: number): string {
  return `:${port}`;
}

function addressRule(configured: readonly RouteAddress[] | null | undefined): AddressRule | null {
  if (configured === null || configured === undefined || configured.length === 0) return null;
  const keys = configured.flatMap(({ ip, port }) => [
    ...(typeof ip === 'string' ? [ip] : []),
    ...(typeof port === 'number' ? [portKey(port)] : []),
  ]);
  const isNarrow = configured.some(({ ip, port }) => typeof ip === 'string' && typeof port === 'number');
  return { conditions: addressConditions(configured), keys, isNarrow };
}

function wildcardHost(value: string): WildcardHost {
  const star = value.indexOf('*');
  const { hasPort } = splitPort(value, null);
  return { value, before: value.slice(0, star), after: value.slice(star + 1), hasPort };
}

function headerRule(name: string, values: readonly string[]): HeaderRule {
  const only = values.length === 1 ? values[0]! : '';
  return {
    name: name.toLowerCase().replaceAll('-', '_'),
    values: new Set(values.map((value) => bytesOf(value.toLowerCase()))),
    pattern: only.startsWith('~*') ? compileRegex(only.slice(2)) : null,
  };
}

function uriRule(path: string): UriRule {
  if (!path.startsWith('~')) {
    const value = bytesOf(path);
    return { value, regex: null, literal: value };
  }
  const value = path.slice(1);
  const literal = regexLiteral(value).literal.replace(/[\ud800-\udbff]$/, '');
  return { value, regex: compileRegex(value), literal: bytesOf(literal) };
}

/** Throws when a pattern does not compile (the schema has refused such routes). */
export function traditionalEntries(route: Route, compiled: CompiledRoute): readonly TraditionalEntry[] {
  const hosts = (route.hosts ?? []).map((host) => host.toLowerCase());
  const wildcardHosts = hosts.filter((host) => host.includes('*')).map(wildcardHost);
  const plainHosts = new Set(hosts.filter((host) => !host.includes('*')));
  const headers = Object.entries(route.headers ?? {}).map(([name, values]) => headerRule(name, values));
  const methods = new Set(route.methods ?? []);
  const serverNames = new Set((route.snis ?? []).map((name) => withoutEndDot(name.toLowerCase())));
  const source = addressRule(route.sources);
  const destination = addressRule(route.destinations);
  const paths = (route.paths?.length ?? 0) > 0 ? route.paths! : [null];
  return paths.map((path, pathIndex) => {
    const uri = path === null ? null : uriRule(path);
    const has: readonly (readonly [keyof typeof kinds, boolean])[] = [
      ['host', hosts.length > 0],
      ['header', headers.length > 0],
      ['uri', uri !== null],
      ['method', methods.size > 0],
      ['sni', serverNames.size > 0],
      ['source', source !== null],
      ['destination', destination !== null],
    ];
    const present = has.filter(([, isThere]) => isThere);
    return {
      route: compiled,
      category: present.reduce((mask, [kind]) => mask | kinds[kind], 0),
      weight: present.length,
      subWeight:
        (uri?.regex ? hasRegexUri : 0) |
        (route.hosts !== null && wildcardHosts.length === 0 ? plainHostsOnly : 0) |
        (wildcardHosts.some(({ hasPort }) => hasPort) ? hasWildcardWithPort : 0),
      regexPriority: route.regex_priority,
      createdAt: route.created_at ?? null,
      id: route.id,
      pathIndex,
      plainHosts,
      wildcardHosts,
      headers,
      uri,
      methods,
      serverNames,
      source,
      destination,
    };
  });
}

/**
 * Negative: `a` is tried first. What Kong leaves open (its sort is not stable) is decided by id, the smaller one first, so that
 * the order in which routes arrive never shows.
 */
export function compareEntries(a: TraditionalEntry, b: TraditionalEntry): number {
  if (a.subWeight !== b.subWeight) return b.subWeight - a.subWeight;
  if (a.headers.length !== b.headers.length) return b.headers.length - a.headers.length;
  if ((a.subWeight & hasRegexUri) !== 0 && a.regexPriority !== b.regexPriority)
    return b.regexPriority - a.regexPriority;
  const lengths = prefixLength(b) - prefixLength(a);
  if (lengths !== 0) return lengths;
  const created = (a.createdAt ?? 0) - (b.createdAt ?? 0);
  if (a.createdAt !== null && b.createdAt !== null && created !== 0) return created;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.pathIndex - b.pathIndex;
}

function prefixLength({ uri }: TraditionalEntry): number {
  return uri === null || uri.regex !== null ? 0 : uri.value.length;
}
