// Time of a run on a cluster: microseconds from its start, of this machine's own clock.
import type { Scheduler } from '../../../sim/scheduler/scheduler.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { createRealTime } from '../local/time.ts';

export interface RunTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  nowUs(): number;
  /** Of a wall clock that agrees with ours. */
  fromWallMs(wallMs: number): number;
  after(delayMs: number, run: () => void): void;
  /** Nothing that waits is called any more. */
  stop(): void;
}

/** Nobody waits for what a timer calls: what it throws ends the program, as it does with a timer of Node. */
function onFailure(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

export function createRunTime(seed: number): RunTime {
  const { scheduler, clock, nowUs, stop } = createRealTime(seed, onFailure);
  const originMs = clock.wallMs();
  return {
    clock,
    scheduler,
    nowUs,
    fromWallMs: (wallMs) => Math.max(0, Math.round((wallMs - originMs) * 1000)),
    after: (delayMs, run) => void clock.after(Math.max(0, delayMs), run),
    stop,
  };
}
