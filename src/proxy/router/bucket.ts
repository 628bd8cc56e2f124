// Entries of one host: a few as one list, many by the beginnings of their paths.
import type { CompiledRoute } from '../compile/compiled.ts';
import type { ShardedMap } from './sharded-map.ts';
import type { Entry } from './table.ts';

/**
 * Text of the host and a few entries in order of rank, each behind a key of its literal, so that most are passed over without
 * being looked at: key, literal, route, entry. An array and nothing else: what is not looked at need not be fetched from memory,
 * and of a plain entry nothing more is needed than what stands here.
 */
export type FewBucket = readonly FewItem[];
export type FewItem = string | number | CompiledRoute | Entry;

/** Where the first key stands, and from key to key. */
export const fewStart = 1;
export const fewStride = 4;
/** From a key to what belongs to it. */
export const fewLiteral = 1;
export const fewRoute = 2;
export const fewEntry = 3;

/** Set in the key of an entry that holds for every path that starts with its literal, and asks for nothing else. */
export const plainBit = 256;

/** Literals of this length or more are looked at themselves. */
export const keyLengthMax = 255;

/** The length in the lowest eight bits, `plainBit` left free, a part of the hash above it. */
export function literalKey(length: number, hash: number): number {
  return (hash & ~(keyLengthMax | plainBit)) | length;
}

/** Many entries: lists by the hash of their literal. */
export interface IndexedBucket {
  readonly host: string;
  readonly byLiteral: ShardedMap<number, readonly Entry[]>;
  /** How many entries have a literal of this length; index 0 is those for any path. */
  readonly lengthCounts: readonly number[];
  readonly size: number;
}

/** Entries of one host. */
export type Bucket = FewBucket | IndexedBucket;

export function isFew(bucket: Bucket): bucket is FewBucket {
  return Array.isArray(bucket);
}

/** Text of the host, or of its wildcard; '' for any. */
export function hostOf(bucket: Bucket): string {
  return isFew(bucket) ? (bucket[0] as string) : bucket.host;
}

export const emptyBucket: FewBucket = [''];

const hashStart = 0x811c9dc5 | 0;

/** The hash of a literal, continued character by character; see match.ts. */
export function hashLiteral(literal: string): number {
  let hash = hashStart;
  for (let i = 0; i < literal.length; i++) hash = hashStep(hash, literal.charCodeAt(i));
  return hash;
}

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

export const emptyHash = hashStart;

function isPlain({ regex, port, conditions, isExact, hasPath }: Entry): boolean {
  return hasPath && !isExact && regex === null && port === 0 && conditions === null;
}

function keyOf(entry: Entry): number {
  const { literal } = entry;
  if (literal.length >= keyLengthMax) return keyLengthMax;
  return literalKey(literal.length, hashLiteral(literal)) | (isPlain(entry) ? plainBit : 0);
}

export function packFew(host: string, entries: readonly Entry[]): FewBucket {
  const packed: FewItem[] = [host];
  for (const entry of entries) packed.push(keyOf(entry), entry.literal, entry.route, entry);
  return packed;
}

export function unpackFew(few: FewBucket): Entry[] {
  const entries: Entry[] = [];
  for (let at = fewStart; at < few.length; at += fewStride) entries.push(few[at + fewEntry] as Entry);
  return entries;
}
