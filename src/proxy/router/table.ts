// The route table as data: every way in which a route can be reached is one entry, filed under its host and the fixed
// beginning of its path. Tables are immutable and share what did not change.
import type { RE2JS } from 're2js';
import type { CompiledRoute } from '../compile/compiled.ts';
import type { AddressCondition } from './addresses.ts';
import { type Bucket, emptyBucket } from './bucket.ts';
import type { CompiledExpression } from './compile-expression.ts';
import { HostMap } from './host-map.ts';

/** A host or server name as configured. */
export interface NamePattern {
  /** 'exact': the whole name; 'suffix': '.example.com'; 'prefix': 'example.'. */
  readonly kind: 'exact' | 'suffix' | 'prefix';
  readonly text: string;
  /** 0 = any. */
  readonly port: number;
}

export interface HeaderCondition {
  /** Lower case, with '_' for '-'. */
  readonly name: string;
  /** Lower case. */
  readonly values: readonly string[];
  /** Run on the lower-case value, not anchored. */
  readonly patterns: readonly RE2JS[];
}

/** What has to hold besides host and path; shared by a route's entries. */
export interface Conditions {
  readonly methods: readonly string[] | null;
  readonly headers: readonly HeaderCondition[] | null;
  /** On TLS only. */
  readonly serverNames: readonly NamePattern[] | null;
  /** Of net.protocol. */
  readonly schemes: readonly string[] | null;
  readonly sources: readonly AddressCondition[] | null;
  readonly destinations: readonly AddressCondition[] | null;
  /** Says it all: what an entry's host and path say of it is only where it is looked for. */
  readonly expression: CompiledExpression | null;
}

/** Kong's priority word in comparable parts: more is tried first; then larger `groupId`; then smaller `pathIndex`. */
export interface Rank {
  readonly high: number;
  readonly low: number;
  /** The route's id, or made from it where a route is split by kinds and lengths of paths. */
  readonly groupId: string;
  readonly pathIndex: number;
}

/** One way to reach a route. What every request looks at stands first: it then lies in one line of the cache. */
export interface Entry {
  /** What the path starts with; '' for any path. Byte string. */
  readonly literal: string;
  /** Begins with '^'; run on the path as text. */
  readonly regex: RE2JS | null;
  /** Of the host; 0: any. */
  readonly port: number;
  /** null: none. */
  readonly conditions: Conditions | null;
  readonly route: CompiledRoute;
  /** True: the path is `literal` and nothing more. */
  readonly isExact: boolean;
  /** Which paths are no condition and leave nothing to strip. */
  readonly hasPath: boolean;
  /** Shared by the entries of one path. */
  readonly rank: Rank;
  /** null: any host. */
  readonly host: NamePattern | null;
}

/** Negative: `a` comes first. */
export function compareRanks(a: Rank, b: Rank): number {
  if (a.high !== b.high) return b.high - a.high;
  if (a.low !== b.low) return b.low - a.low;
  if (a.groupId !== b.groupId) return a.groupId > b.groupId ? -1 : 1;
  return a.pathIndex - b.pathIndex;
}

export interface RouteTable {
  readonly exactHosts: HostMap;
  /** By '.example.com'. */
  readonly suffixHosts: HostMap;
  /** By 'example.'. */
  readonly prefixHosts: HostMap;
  readonly anyHost: Bucket;
}

export const emptyRouteTable: RouteTable = {
  exactHosts: new HostMap(),
  suffixHosts: new HostMap(),
  prefixHosts: new HostMap(),
  anyHost: emptyBucket,
};
