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

/** Overwrites `[0, end)` and keeps the buffer for the next delivery. */
export function releaseBuffer(buffer: Buffer, end: number): void {
  buffer.fill(poison, 0, end);
  const size = sizes.indexOf(buffer.length as (typeof sizes)[number]);
  if (size >= 0 && free[size]!.length < keptPerSize) free[size]!.push(buffer);
}
