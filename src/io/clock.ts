// The real clock.
import type { Clock, Timer } from '../ports/clock.ts';

export function createClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicUs: () => Math.floor(performance.now() * 1000),
    after(delayMs, run): Timer {
      // setImmediate runs after pending I/O, which is what "as soon as possible" should mean for sliced work.
      if (delayMs <= 0) {
        const immediate = setImmediate(run);
        return { cancel: () => clearImmediate(immediate) };
      }
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
