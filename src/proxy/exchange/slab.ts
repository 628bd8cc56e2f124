// Room to write towards clients: heads and chunks. Space is handed out once and never used again: what is written here stays
// valid for slow peers, and the collector frees a slab when its last view is gone. Requests have leased-slab.ts.

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
}
