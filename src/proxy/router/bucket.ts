// Entries of one host: a few as one list, many by the beginnings of their paths.
import type { HeaderBucket } from './header-bucket.ts';
import type { ShardedMap } from './sharded-map.ts';
import type { Entry } from './table.ts';

/**
 * Text of the host and a few entries in order of rank, each behind a key of its literal, so that most are passed over without
 * being looked at. An array and nothing else: what is not looked at need not be fetched from memory.
 */
export type FewBucket = readonly (string | number | Entry)[];

/** Where the first key stands, and from key to key. */
export const fewStart = 1;
export const fewStride = 2;

/** Literals of this length or more are looked at themselves. */
export const keyLengthMax = 255;

/** The length in the lowest eight bits, a part of the hash above them. */
export function literalKey(length: number, hash: number): number {
  return (hash & ~keyLengthMax) | length;
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
export type Bucket = FewBucket | IndexedBucket | HeaderBucket;

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

export function packFew(host: string, entries: readonly Entry[]): FewBucket {
  const packed: (string | number | Entry)[] = [host];
  for (const entry of entries) {
    const { literal } = entry;
    const isLong = literal.length >= keyLengthMax;
    packed.push(isLong ? keyLengthMax : literalKey(literal.length, hashLiteral(literal)), entry);
  }
  return packed;
}

export function unpackFew(few: FewBucket): Entry[] {
  return few.filter((item): item is Entry => typeof item === 'object');
}
