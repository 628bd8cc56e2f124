// Faults that go on in steps: at times of their own, until they end.
import type { Stage } from './fault.ts';

export interface Steps {
  /** Runs so long after now, unless the fault has ended by then. */
  after(ms: number, run: () => void): void;
  /** Runs now and every `ms` after. */
  every(ms: number, run: (index: number) => void): void;
  stop(): void;
}

export function stepsOf({ world, entry }: Stage): Steps {
  const { scheduler } = world;
  const lane = scheduler.lane(`fault ${entry.id}`);
  let stopped = false;
  const after = (ms: number, run: () => void): void => {
    scheduler.after(ms * 1000, () => (stopped ? undefined : run()), lane);
  };
  return {
    after,
    every(ms, run) {
      const step = (index: number): void => {
        run(index);
        after(ms, () => step(index + 1));
      };
      step(0);
    },
    stop() {
      stopped = true;
    },
  };
}
