// Receive buffers: reused, with headroom in front of the bytes, and overwritten when the call they were lent for is over,
// so that whoever keeps a reference reads rubbish at once.

/** Writable bytes in front of received ones. */
export const headroomBytes = 1024;
/** Most bytes in one delivery, as one read from a kernel. */
export const segmentBytes = 65_536;

const poison = 0xdb;
const sizes = [2_048, 16_384, segmentBytes + headroomBytes] as const;
const keptPerSize = 64;
const free: readonly Buffer[][] = sizes.map(() => []);

/** Where content comes from never shows in it, so the pool may be shared by all worlds of a process. */
export function takeBuffer(bytes: number): Buffer {
  const need = bytes + headroomBytes;
  for (let size = 0; size < sizes.length; size++) {
    if (need <= sizes[size]!) return free[size]!.pop() ?? Buffer.allocUnsafeSlow(sizes[size]!);
  }
  return Buffer.allocUnsafeSlow(need);
}

/** A received buffer that cannot be used again yet. */
export interface HeldBuffer {
  readonly buffer: Buffer;
  readonly end: number;
}

/** How many writes that did not fit still refer to a buffer, by what is under it. */
const references: WeakMap<ArrayBufferLike, number> = new WeakMap();
const held: WeakMap<ArrayBufferLike, HeldBuffer> = new WeakMap();

/** Part of a buffer was handed to a write that could not send it at once, and stays until it has. */
export function keepBuffer({ buffer }: Buffer): void {
  references.set(buffer, (references.get(buffer) ?? 0) + 1);
}

export function unkeepBuffer({ buffer }: Buffer): void {
  const count = (references.get(buffer) ?? 1) - 1;
  references.set(buffer, count);
  const waiting = held.get(buffer);
  if (count > 0 || waiting === undefined) return;
  held.delete(buffer);
  recycle(waiting.buffer, waiting.end);
}

/** Overwrites `[0, end)` and keeps the buffer for the next delivery; at once, or when no write refers to it any more. */
export function releaseBuffer(buffer: Buffer, end: number): HeldBuffer | null {
  if ((references.get(buffer.buffer) ?? 0) === 0) {
    recycle(buffer, end);
    return null;
  }
  const waiting = { buffer, end };
  held.set(buffer.buffer, waiting);
  return waiting;
}

/** A socket that reads into one buffer overwrites it with the next read, whoever still refers to it. */
export function overwriteKept(kept: HeldBuffer): void {
  if (held.get(kept.buffer.buffer) === kept) kept.buffer.fill(poison, 0, kept.end);
}

function recycle(buffer: Buffer, end: number): void {
  buffer.fill(poison, 0, end);
  const size = sizes.indexOf(buffer.length as (typeof sizes)[number]);
  if (size >= 0 && free[size]!.length < keptPerSize) free[size]!.push(buffer);
}
