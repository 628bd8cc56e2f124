// Makes every source of reality throw while a simulated run is on: clocks, timers, randomness, queues of the event loop.

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

/** Runs `simulate` with all of them replaced, and puts them back whatever happens. */
export function withSentinel<Value>(simulate: () => Value): Value {
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
  try {
    return simulate();
  } finally {
    for (const { target, name, value } of replaced.reverse()) Reflect.set(target, name, value);
  }
}
