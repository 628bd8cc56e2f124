// Time of a run on a cluster: microseconds from its start, of this machine's own clock.

import type { Surveyed } from '../../../sim/history/expect/looks.ts';
import { streamKey } from '../../../sim/scheduler/draws.ts';
import { createClock } from '../../../src/io/clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';

export interface RunTime {
  readonly clock: Clock;
  readonly scheduler: Surveyed['scheduler'];
  nowUs(): number;
  /** Of a wall clock that agrees with ours. */
  fromWallMs(wallMs: number): number;
  after(delayMs: number, run: () => void): void;
  /** Nothing that waits is called any more. */
  stop(): void;
}

export function createRunTime(seed: number): RunTime {
  const real = createClock();
  const originUs = real.monotonicUs();
  const originMs = real.wallMs();
  const nowUs = (): number => real.monotonicUs() - originUs;
  let stopped = false;
  const clock: Clock = {
    wallMs: real.wallMs,
    monotonicUs: nowUs,
    after: (delayMs, run) =>
      real.after(delayMs, () => {
        if (!stopped) run();
      }),
  };
  return {
    clock,
    scheduler: {
      get nowUs() {
        return nowUs();
      },
      lane: (label) => ({ label, key: streamKey(seed, label) }),
      after: (delayUs, run) => clock.after(Math.ceil(delayUs / 1000), run),
    },
    nowUs,
    fromWallMs: (wallMs) => Math.max(0, Math.round((wallMs - originMs) * 1000)),
    after: (delayMs, run) => void clock.after(Math.max(0, delayMs), run),
    stop() {
      stopped = true;
    },
  };
}
