// One uninterrupted piece of a worker's table building: for so long no request is served.
export interface Slice {
  readonly wallMs: number;
  /** How much of it the thread stood in the kernel's queue, because other programs had the processors. */
  readonly queuedMs: number;
}

export interface CaseSamples {
  readonly slices: readonly Slice[];
  /** Pauses for garbage collection, in and between slices. */
  readonly collectionsMs: readonly number[];
}
