// When to act: at once after quiet, a little later in a burst, and never when nothing changed.
import type { Clock, Timer } from '../ports/clock.ts';

export interface PaceLimits {
  /** A change that comes this long after the last round is acted on at once. */
  readonly quietMs: number;
  /** In a burst: wait until it pauses this long ... */
  readonly pauseMs: number;
  /** ... but not longer than this after its first change. */
  readonly delayMsMax: number;
}

export const defaultPaceLimits: PaceLimits = { quietMs: 100, pauseMs: 10, delayMsMax: 100 };

export interface Pace {
  /** Something changed. */
  touch(): void;
  stop(): void;
}

export function createPace(clock: Clock, limits: PaceLimits, run: () => void): Pace {
  let timer: Timer | null = null;
  let lastRunUs = Number.NEGATIVE_INFINITY;
  let firstTouchUs = 0;
  let lastTouchUs = 0;
  let stopped = false;

  const fire = (): void => {
    timer = null;
    if (stopped) return;
    lastRunUs = clock.monotonicUs();
    run();
    // The round itself may have taken long: quiet is counted from its end.
    lastRunUs = clock.monotonicUs();
  };
  const wait = (): void => {
    const pauseEndUs = lastTouchUs + limits.pauseMs * 1000;
    const dueUs = Math.min(pauseEndUs, firstTouchUs + limits.delayMsMax * 1000);
    const delayMs = Math.max(0, Math.ceil((dueUs - clock.monotonicUs()) / 1000));
    timer = clock.after(delayMs, () => {
      const nowUs = clock.monotonicUs();
      const paused = nowUs - lastTouchUs >= limits.pauseMs * 1000;
      if (paused || nowUs - firstTouchUs >= limits.delayMsMax * 1000) fire();
      else wait();
    });
  };
  return {
    touch() {
      if (stopped) return;
      lastTouchUs = clock.monotonicUs();
      if (timer !== null) return;
      firstTouchUs = lastTouchUs;
      if (lastTouchUs - lastRunUs >= limits.quietMs * 1000) timer = clock.after(0, fire);
      else wait();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
