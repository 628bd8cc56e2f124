// Room to write heads into. Space is handed out once and never reused while anyone may still hold it: what is written here
// stays valid for retries and slow peers, and the collector frees a slab when its last view is gone.

const slabBytes = 65_536;

/** What a head is written into. */
export interface WritingRoom {
  readonly bytes: Buffer;
  /** First free byte. The writer advances it. */
  offset: number;
  /** Makes sure that `size` bytes are free at `offset` of `bytes`. */
  reserve(size: number): void;
}

export class Slab implements WritingRoom {
  bytes: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  /** First free byte. The writer advances it. */
  offset = 0;

  /** Makes sure that `size` bytes are free at `offset` of `bytes`. */
  reserve(size: number): void {
    if (this.offset + size <= this.bytes.length) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(slabBytes, size));
    this.offset = 0;
  }

  /** A copy of bytes[start, end) that stays. */
  keep(bytes: Buffer, start: number, end: number): Buffer {
    this.reserve(end - start);
    const at = this.offset;
    bytes.copy(this.bytes, at, start, end);
    this.offset = at + end - start;
    return this.bytes.subarray(at, this.offset);
  }
}
