// Memory that all workers see: plain 32-bit integers, used with Atomics. SharedArrayBuffer in production, an ordinary
// array in the simulator (one thread). It lives outside compiled tables, so it survives swaps and worker crashes.

export type SharedWords = Int32Array<ArrayBufferLike>;

export interface SharedMemory {
  /** One word per upstream target slot: health state. */
  readonly health: SharedWords;
  /** Counter table of the rate-limiting plugin. */
  readonly counters: SharedWords;
  /** Per-worker statistics (requests, connections), a fixed number of words per worker. */
  readonly statistics: SharedWords;
}

export interface Shared {
  /** Zeroed words, visible to all workers. */
  allocate(words: number): SharedWords;
}
