// Entries of one host that ask for a header to have one of some values, found by what the request says there. Many routes of
// one host and path that differ in a header alone would otherwise all be looked at. What asks for no such header is in `rest`.
import {
  emptyHash,
  type FewBucket,
  hashLiteral,
  hashStep,
  type IndexedBucket,
  keyLengthMax,
  literalKey,
} from './bucket.ts';
import type { ShardedMap } from './sharded-map.ts';
import type { Entry, HeaderCondition } from './table.ts';

/** A header by which entries are filed; its hash is where those of its values begin. */
export interface HeaderName {
  readonly name: string;
  readonly hash: number;
}

/** In order of rank, for each value of each entry: key of the literal, hash of name and value, entry. */
export type FewByHeader = readonly (number | Entry)[];
export const fewByHeaderStride = 3;

/** Lists by `entryKey`. */
export interface ManyByHeader {
  readonly byKey: ShardedMap<number, readonly Entry[]>;
  /** How many entries have a literal of this length. */
  readonly lengthCounts: readonly number[];
  /** How many entries are filed by each of `names`. */
  readonly nameCounts: readonly number[];
  readonly size: number;
}

export interface HeaderBucket {
  readonly host: string;
  readonly names: readonly HeaderName[];
  readonly byHeader: FewByHeader | ManyByHeader;
  readonly rest: FewBucket | IndexedBucket;
}

export function isByHeader(bucket: IndexedBucket | HeaderBucket): bucket is HeaderBucket {
  return (bucket as HeaderBucket).rest !== undefined;
}

export function isFewByHeader(byHeader: HeaderBucket['byHeader']): byHeader is FewByHeader {
  return Array.isArray(byHeader);
}

export function headerName(name: string): HeaderName {
  return { name, hash: hashStep(hashLiteral(name), 0) };
}

/** `value` in lower case. */
export function hashOfValue({ hash: start }: HeaderName, value: string): number {
  let hash = start;
  for (let i = 0; i < value.length; i++) hash = hashStep(hash, value.charCodeAt(i));
  return hash;
}

/** What the lists of `ManyByHeader` are under, of the hash of a literal and that of a value. */
export function entryKey(literalHash: number, valueHash: number): number {
  return hashStep(literalHash, valueHash ^ emptyHash);
}

/** Which the entry can be filed by: who has none of the values cannot have what it asks for. */
export function filingHeaders({ conditions }: Entry): readonly HeaderCondition[] {
  return (conditions?.headers ?? []).filter(
    ({ values, patterns }) => patterns.length === 0 && values.length > 0,
  );
}

/** No two of its values, of whatever header, may look alike: where it is filed would not be certain when it goes. */
export function canBeFiled(entry: Entry): boolean {
  const hashes = filingHeaders(entry).flatMap(({ name, values }) =>
    values.map((value) => hashOfValue(headerName(name), value)),
  );
  return hashes.length > 0 && new Set(hashes).size === hashes.length;
}

/** The one whose values say most: they are shared with the fewest others. */
export function chooseHeader(
  headers: readonly HeaderCondition[],
  othersWith: (name: HeaderName, value: string) => number,
): HeaderCondition {
  let chosen = headers[0]!;
  let fewest = Number.POSITIVE_INFINITY;
  for (const header of headers) {
    const name = headerName(header.name);
    const others = Math.max(...header.values.map((value) => othersWith(name, value)));
    if (others > fewest || (others === fewest && header.name >= chosen.name)) continue;
    chosen = header;
    fewest = others;
  }
  return chosen;
}

/** `entries` in order of rank, each with a header to file it by. */
export function packByHeader(entries: readonly Entry[]): {
  readonly names: readonly HeaderName[];
  readonly byHeader: FewByHeader;
} {
  const counts = new Map<number, number>();
  const keyOf = (literal: string, name: HeaderName, value: string): number =>
    entryKey(hashLiteral(literal), hashOfValue(name, value));
  for (const entry of entries)
    for (const { name, values } of filingHeaders(entry))
      for (const value of values) {
        const key = keyOf(entry.literal, headerName(name), value);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
  const names = new Map<string, HeaderName>();
  const packed: (number | Entry)[] = [];
  for (const entry of entries) {
    const { literal } = entry;
    const header = chooseHeader(
      filingHeaders(entry),
      (name, value) => counts.get(keyOf(literal, name, value)) ?? 0,
    );
    const name = names.get(header.name) ?? headerName(header.name);
    names.set(header.name, name);
    const isLong = literal.length >= keyLengthMax;
    const key = isLong ? keyLengthMax : literalKey(literal.length, hashLiteral(literal));
    for (const value of header.values) packed.push(key, hashOfValue(name, value), entry);
  }
  return { names: [...names.values()], byHeader: packed };
}

export function unpackByHeader(byHeader: FewByHeader): Entry[] {
  return [...new Set(byHeader.filter((item): item is Entry => typeof item === 'object'))];
}
