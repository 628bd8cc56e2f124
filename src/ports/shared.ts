// Memory that all workers see: plain 32-bit integers, used with Atomics, and counters that one thread writes each.
// SharedArrayBuffer in production, ordinary arrays in the simulator (one thread). It lives outside compiled tables, so it
// survives swaps and worker crashes.

export type SharedWords = Int32Array<ArrayBufferLike>;
/** Whole numbers to 2^53, so they never wrap; aligned, so no reader sees half of one. */
export type SharedCounters = Float64Array<ArrayBufferLike>;

export interface SharedMemory {
  /** One word per upstream target slot: health state. */
  readonly health: SharedWords;
  /** By the same slot: the share of its requests that a target gets, in thousandths; 0 = all of them (slow start). */
  readonly shares: SharedWords;
  /** Counter table of the rate-limiting plugin. */
  readonly counters: SharedWords;
  /** Per-worker statistics (requests, connections), a fixed number per worker. */
  readonly statistics: SharedCounters;
  /** By worker: a row of counters for each route. */
  readonly routes: readonly SharedCounters[];
}

export interface Shared {
  /** Zeroed words, visible to all workers. */
  allocate(words: number): SharedWords;
  /** Zeroed counters, likewise; memory is used only where something is counted. */
  allocateCounters(count: number): SharedCounters;
}
