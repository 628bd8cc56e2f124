// Time by parameter: the only way product code learns what time it is or asks to be called later.

/** A pending call. `cancel` may be called any number of times, also after it ran. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time in milliseconds since 1970-01-01 UTC. May jump and may be coarse (a few ms). */
  wallMs(): number;
  /** Monotonic time in microseconds, integer, from an arbitrary origin. */
  monotonicUs(): number;
  /** Calls `run` once after at least `delayMs` milliseconds (0 = as soon as possible, never synchronously). */
  after(delayMs: number, run: () => void): Timer;
}
