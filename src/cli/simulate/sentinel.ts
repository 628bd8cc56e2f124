// Makes every source of reality throw while a simulated run is on (clocks, timers, randomness, queues of the event loop),
// and notices every native resource that is created meanwhile: sockets, files, look-ups, work of the thread pool.
import { createHook } from 'node:async_hooks';

interface Replaced {
  readonly target: object;
  readonly name: string;
  readonly value: unknown;
}

function forbid(name: string): () => never {
  return () => {
    throw new Error(`${name} was used inside a simulated run`);
  };
}

const globalNames = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'WeakRef',
  'FinalizationRegistry',
] as const;

/** `new Date(value)` is a pure function; `new Date()` is the clock. */
function dateWithoutClock(real: DateConstructor): DateConstructor {
  return new Proxy(real, {
    construct(target, values: readonly unknown[]) {
      if (values.length === 0) forbid('new Date()')();
      return Reflect.construct(target, values) as object;
    },
    apply: forbid('Date()'),
  });
}

/** Replaces them all; what it returns puts them back. */
function replaceReality(): () => void {
  const replaced: Replaced[] = [];
  const replace = (target: object, name: string, by: unknown): void => {
    replaced.push({ target, name, value: Reflect.get(target, name) });
    Reflect.set(target, name, by);
  };
  const realDate = Date;
  for (const name of globalNames) replace(globalThis, name, forbid(name));
  replace(realDate, 'now', forbid('Date.now'));
  replace(globalThis, 'Date', dateWithoutClock(realDate));
  replace(Math, 'random', forbid('Math.random'));
  replace(performance, 'now', forbid('performance.now'));
  replace(process, 'nextTick', forbid('process.nextTick'));
  replace(process, 'hrtime', forbid('process.hrtime'));
  return () => {
    for (const { target, name, value } of replaced.reverse()) Reflect.set(target, name, value);
  };
}

export interface Watched<Value> {
  readonly value: Value;
  /** What native resources were created, with where; null when none. */
  readonly misuse: string | null;
}

/** Runs `simulate` with reality replaced, and puts it back whatever happens. */
export function underSentinel<Value>(simulate: () => Value): Watched<Value> {
  let misuse: string | null = null;
  const hook = createHook({
    init(_id, type) {
      // Throwing here would end the process, so it is told afterwards.
      misuse ??= `the native resource ${type} was created inside a simulated run\n${new Error(type).stack ?? ''}`;
    },
  });
  const restore = replaceReality();
  hook.enable();
  try {
    const value = simulate();
    return { value, misuse };
  } finally {
    hook.disable();
    restore();
  }
}
