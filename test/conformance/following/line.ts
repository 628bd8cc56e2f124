// The way between one follower and the API server, as the script sees it: what can be done to its watches, and what has
// been seen of them. The relay is one on real sockets, the gate one in virtual time.
import { type KindName, kindNames } from './script.ts';

/** What the watches of one kind have seen. */
export interface Seen {
  /** Ended in order, whatever came before. */
  ends: number;
  resets: number;
  torn: number;
  errorEvents: number;
  status410: number;
}

export interface Line {
  seen(kind: KindName): Readonly<Seen>;
  /** Watches that were answered with 200 and run. */
  open(kind: KindName): number;
  /** Watch requests that wait for `release`. */
  waiting(kind: KindName): number;
  hold(kind: KindName): void;
  release(kind: KindName): void;
  reset(kind: KindName): void;
  /** Cuts the next line in the middle. */
  tear(kind: KindName): void;
}

export function noSeen(): Seen {
  return { ends: 0, resets: 0, torn: 0, errorEvents: 0, status410: 0 };
}

export function watchedKind(url: string): KindName | null {
  const { pathname, searchParams } = new URL(url, 'https://line');
  if (searchParams.get('watch') !== 'true') return null;
  return kindNames.find((kind) => pathname.endsWith(`/${kind}`)) ?? null;
}

/** The beginning of a line, up to the middle of its first letter of several bytes. */
export function tornPart(chunk: Buffer): Buffer {
  const letter = chunk.findIndex((byte) => byte >= 0xc2);
  return chunk.subarray(0, letter < 0 ? chunk.length >> 1 : letter + 1);
}

const errorMark = '{"type":"ERROR"';

/** Counts the ERROR events of a stream, even when one is split between chunks. */
export function createErrorCount(): (chunk: Buffer) => number {
  let tail = '';
  return (chunk) => {
    const text = tail + chunk.toString('latin1');
    tail = text.slice(1 - errorMark.length);
    return text.split(errorMark).length - 1;
  };
}
