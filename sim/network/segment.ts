// What travels between the two ends of a connection, and an end as it is seen from the way there.
import { releaseBuffer } from './buffers.ts';
import type { Process } from './process.ts';

export type SegmentKind = 'data' | 'control' | 'fin' | 'reset';

export interface Segment {
  readonly kind: SegmentKind;
  /** Content `[start, end)` of `bytes`; owned by the segment. */
  readonly bytes: Buffer | null;
  start: number;
  readonly end: number;
  /** Bytes it takes on the wire. */
  readonly size: number;
  /** What it means beside its bytes: a TLS message, an HTTP message, a handshake step. */
  readonly payload: unknown;
  arrivalUs: number;
}

/** Something that happens when so many more of the owner's bytes have come through. */
export interface Tripwire {
  left: number;
  readonly fire: () => void;
}

/** One end of a connection, as its pipes see it. */
export interface Endpoint {
  /** null while the other machine's kernel has not yet given it to a process. */
  readonly life: Process | null;
  readonly closed: boolean;
  /** False: data stays in the pipe. */
  readonly reading: boolean;
  /** Each read overwrites the one before, as with a socket that reads into a buffer of its owner. */
  readonly readsInPlace: boolean;
  onSegmentData(bytes: Buffer, start: number, end: number, payload: unknown): void;
  onSegmentControl(payload: unknown): void;
  onSegmentFin(): void;
  onSegmentReset(): void;
  /** Something came for an end that is gone. */
  onStray(kind: SegmentKind): void;
  /** The peer took bytes; there is room again. */
  onRoom(): void;
  /** What it sent was not acknowledged for too long. */
  onTimeout(): void;
}

/** Nobody will read it. */
export function discard({ bytes, end }: Segment): void {
  if (bytes !== null) releaseBuffer(bytes, end);
}
