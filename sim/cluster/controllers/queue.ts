// A level-triggered work queue: a key is pending at most once, failures come back with doubling pauses, and each run
// looks at the world as it is then.
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';

export interface WorkQueue {
  /** Runs the key after the queue's own delay. */
  add(key: string): void;
  /** Runs the key no later than `delayMs` from now. */
  addAfter(key: string, delayMs: number): void;
  stop(): void;
}

export interface WorkQueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly delayMs: (key: string) => number;
  /** null when all is well, else what went wrong; the key comes back. */
  readonly sync: (key: string) => string | null;
}

const backoffBaseMs = 5;
const backoffMaxMs = 1_000_000;
/** From here on a key that keeps failing is worth a line in the log. */
const failuresWorthALine = 5;

interface Pending {
  readonly timer: Timer;
  readonly dueUs: number;
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const pending = new Map<string, Pending>();
  const failures = new Map<string, number>();
  let stopped = false;

  function schedule(key: string, delayMs: number): void {
    if (stopped) return;
    const dueUs = options.clock.monotonicUs() + delayMs * 1000;
    const current = pending.get(key);
    if (current !== undefined) {
      if (current.dueUs <= dueUs) return;
      current.timer.cancel();
    }
    const timer = options.clock.after(delayMs, () => run(key));
    pending.set(key, { timer, dueUs });
  }

  function run(key: string): void {
    if (stopped) return;
    pending.delete(key);
    const error = options.sync(key);
    if (error === null) {
      failures.delete(key);
      return;
    }
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (count >= failuresWorthALine) {
      options.log.warn('a controller keeps failing on an object', {
        controller: options.name,
        key,
        failures: count,
        error,
      });
    }
    schedule(key, Math.min(backoffBaseMs * 2 ** Math.min(count - 1, 30), backoffMaxMs));
  }

  return {
    add: (key) => schedule(key, options.delayMs(key)),
    addAfter: (key, delayMs) => schedule(key, delayMs),
    stop() {
      stopped = true;
      for (const entry of pending.values()) entry.timer.cancel();
      pending.clear();
    },
  };
}

/** 'namespace/name' as a queue key. */
export function keyOf(object: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
