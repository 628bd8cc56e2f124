// Exponential back-off with jitter as a value: the caller supplies the draw and the clock.

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface Backoff {
  /** Delay before the next attempt; doubles each time. `draw` is an unsigned 32-bit random integer. */
  nextMs(draw: number): number;
  reset(): void;
  readonly attempts: number;
}

/** Half of each step is fixed, half is drawn: many clients spread out, and none comes back at once. */
export function createBackoff(limits: BackoffLimits): Backoff {
  let attempts = 0;
  return {
    nextMs(draw) {
      const ceilingMs = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempts, 30));
      attempts++;
      return Math.round(ceilingMs / 2 + (ceilingMs / 2) * (draw / 0x100000000));
    },
    reset() {
      attempts = 0;
    },
    get attempts() {
      return attempts;
    },
  };
}
