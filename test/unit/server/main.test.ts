// The proxy's main thread against workers that speak the protocol by hand: order, readiness, refusals, replacement.
import { describe, expect, test } from 'vitest';
import { createConfig, emptyConfig, emptyTables, type GatewayConfig } from '../../../src/kong/config.ts';
import { applyDelta, type Delta, diffConfigs } from '../../../src/kong/delta.ts';
import type { Consumer, Target } from '../../../src/kong/entity.ts';
import type { ChannelMessage } from '../../../src/ports/channel.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TicketKeys } from '../../../src/ports/tls.ts';
import type { Worker, Workers } from '../../../src/ports/workers.ts';
import { readConfigText } from '../../../src/proxy/server/config-text.ts';
import {
  type ApplyResult,
  createProxy,
  keptGraceMs,
  type ProxyOptions,
  type ProxyServer,
} from '../../../src/proxy/server/main.ts';
import type { MainMessage, WorkerOptions } from '../../../src/proxy/server/protocol.ts';
import { type ApplyMeta, noMeta } from '../../../src/proxy/server/staleness.ts';

class ManualClock implements Clock {
  nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];

  wallMs = () => this.nowMs;
  monotonicUs = () => this.nowMs * 1000;

  after(delayMs: number, run: () => void) {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Runs everything that is due within `ms`. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = untilMs;
  }
}

/** A worker whose behaviour a test decides; keeps the config that its deltas add up to. */
class HandWorker implements Worker {
  readonly options: WorkerOptions;
  onExit: ((reason: string) => void) | null = null;
  config: GatewayConfig = emptyConfig;
  answers = true;
  listening = false;
  readonly taken: number[] = [];
  /** What TLS sessions are sealed with, as far as it knows. */
  ticketKeys: TicketKeys | undefined;
  readonly channel = {
    onMessage: null as ((message: ChannelMessage) => void) | null,
    post: (message: ChannelMessage) => this.receive(message as unknown as MainMessage),
  };

  constructor(options: WorkerOptions) {
    this.options = options;
    this.ticketKeys = options.ticketKeys;
  }

  say(message: Record<string, unknown> & { kind: string }): void {
    this.channel.onMessage?.(message);
  }

  receive(message: MainMessage): void {
    if (message.kind === 'drain') {
      this.say({ kind: 'drained' });
      return;
    }
    if (message.kind === 'accessTaken') {
      this.taken.push(message.bytes.length);
      return;
    }
    if (message.kind === 'ticketKeys') {
      this.ticketKeys = message.keys;
      return;
    }
    const reading = readConfigText(message.text);
    let step = reading.next();
    while (step.done !== true) step = reading.next();
    const { delta } = step.value;
    expect(delta.from).toBe(this.config.id);
    this.config = applyDelta(this.config, delta);
    if (this.answers) this.swap();
  }

  swap(): void {
    this.say({ kind: 'swapped', configId: this.config.id });
    if (this.listening) return;
    this.listening = true;
    this.say({ kind: 'listening', httpPort: this.options.httpPort || 18000, httpsPort: -1 });
  }

  terminate(): void {
    this.onExit?.('terminated');
  }
}

interface Bench {
  readonly clock: ManualClock;
  readonly proxy: ProxyServer;
  readonly workers: HandWorker[];
  /** What `start` was answered. */
  readonly started: (string | null)[];
  /** Outcomes of all applies so far. */
  readonly results: ApplyResult[];
  apply(change: GatewayConfig | Delta, stamp?: Partial<ApplyMeta>): void;
}

function start(count = 2, onAccessLines?: ProxyOptions['onAccessLines']): Bench {
  const bench = begin(count, true, onAccessLines);
  // A thread cannot answer before `start` has returned; this one is asked again.
  for (let i = 0; i < count; i++) bench.workers[i]!.swap();
  expect(bench.started).toEqual([null]);
  return bench;
}

function begin(
  count: number,
  workersAnswer = false,
  onAccessLines?: ProxyOptions['onAccessLines'],
  keeping: Pick<ProxyOptions, 'kept' | 'keeper'> = {},
): Bench {
  const clock = new ManualClock();
  const workers: HandWorker[] = [];
  const port: Workers = {
    start(_index, options) {
      const worker = new HandWorker(options as unknown as WorkerOptions);
      worker.answers = workersAnswer;
      workers.push(worker);
      return worker;
    },
  };
  let draws = 0;
  const shared = {
    allocate: (words: number) => new Int32Array(words),
    allocateCounters: (count: number) => new Float64Array(count),
  };
  const unused = () => {
    throw new Error('nothing here is probed or resolved');
  };
  const env = {
    clock,
    log: silentLog,
    shared,
    tcp: { listen: unused, connect: unused },
    tls: { listen: unused, connect: unused },
    dns: { query: unused },
    random: { uint32: () => 0, bytes: (_stream: string, length: number) => Buffer.alloc(length, ++draws) },
  };
  const proxy = createProxy(env, port, {
    ...(onAccessLines === undefined ? {} : { onAccessLines }),
    ...keeping,
    workers: count,
    counterWords: 64,
    healthSlots: 16,
    serving: {
      host: '127.0.0.1',
      httpPort: 0,
      httpsPort: 0,
      accessLog: 'off',
      keepaliveTimeoutMs: 1000,
      headTimeoutMs: 1000,
    },
  });
  const results: ApplyResult[] = [];
  const started: (string | null)[] = [];
  proxy.start((error) => started.push(error));
  return {
    clock,
    proxy,
    workers,
    started,
    results,
    apply(change, stamp = {}) {
      proxy.apply(change, { ...noMeta, ...stamp }, (result) => results.push(result));
    },
  };
}

function configOf(...names: readonly string[]): GatewayConfig {
  const tables = emptyTables();
  for (const name of names) {
    const consumer: Consumer = { id: name, tags: null, username: name, custom_id: null };
    tables.consumers.set(name, consumer);
  }
  return createConfig(tables);
}

describe('start', () => {
  test('all workers share the port of the first', () => {
    const { proxy, workers } = start(3);
    expect(proxy.ports()).toEqual({ httpPort: 18000, httpsPort: -1 });
    expect(workers.map(({ options }) => options.httpPort)).toEqual([0, 18000, 18000]);
    expect(proxy.notReadyReason()).toMatch(/^no configuration available/);
  });

  test('a worker that ends on the way is replaced', () => {
    const { clock, workers, started } = begin(1);
    workers[0]!.onExit?.('crashed');
    clock.advance(0);
    workers[1]!.swap();
    expect(started).toEqual([null]);
  });

  test('so is one that had come up before the others', () => {
    const { clock, workers, started } = begin(3);
    workers[0]!.swap();
    workers[0]!.onExit?.('crashed');
    clock.advance(0);
    // The second is on its way already, and is not started twice.
    expect(workers.map(({ options }) => options.index)).toEqual([0, 1, 0]);
    workers[2]!.swap();
    expect(workers.map(({ options }) => options.index)).toEqual([0, 1, 0, 2]);
    workers[1]!.swap();
    expect(started).toEqual([]);
    workers[3]!.swap();
    expect(started).toEqual([null]);
  });

  test('workers that end every time end the start', () => {
    const { clock, workers, started } = begin(2);
    for (let time = 0; time < 3; time++) {
      workers.at(-1)!.onExit?.('crashed');
      clock.advance(1_000);
    }
    expect(workers).toHaveLength(3);
    expect(started).toEqual(['worker 0 ended 3 times while starting: crashed']);
  });

  test('a worker that cannot listen ends the start at once', () => {
    const { workers, started } = begin(2);
    workers[0]!.say({ kind: 'failed', error: 'cannot listen on 127.0.0.1:80: EACCES' });
    expect(started).toEqual(['cannot listen on 127.0.0.1:80: EACCES']);
  });
});

describe('a config of before the start', () => {
  const kept = (...names: readonly string[]) => ({
    config: configOf(...names),
    meta: { ...noMeta, epoch: 2, revision: '{"pods":"7"}', changes: '{"pods":"7"}' },
  });
  function startWith(names: readonly string[]) {
    const noted: string[] = [];
    const keeper = {
      note: (config: GatewayConfig) => void noted.push(config.id),
      stop: () => noted.push('stop'),
    };
    const bench = begin(1, true, undefined, { kept: kept(...names), keeper });
    bench.workers[0]!.swap();
    return { ...bench, noted };
  }

  test('is what workers begin with, and has to do after a while', () => {
    const { clock, proxy, workers } = startWith(['a']);
    expect(workers[0]!.config.id).toBe(configOf('a').id);
    expect([proxy.keptState(), proxy.notReadyReason()]).toEqual([
      'waiting',
      expect.stringContaining('before'),
    ]);
    clock.advance(keptGraceMs);
    expect([proxy.keptState(), proxy.notReadyReason()]).toEqual(['serving', '']);
  });

  test('gives way to what is told, at once ready; and only that is kept', () => {
    const { clock, proxy, apply, results, noted } = startWith(['a']);
    clock.advance(0);
    apply(configOf('b'), { epoch: 3, revision: '{"pods":"8"}' });
    expect(results).toMatchObject([{ ok: true }]);
    expect([proxy.keptState(), proxy.notReadyReason()]).toEqual(['none', '']);
    expect(noted).toEqual([configOf('b').id]);
    proxy.terminate();
    expect(noted.at(-1)).toBe('stop');
  });

  test('the same config, told, counts as told', () => {
    const { clock, proxy, apply, noted } = startWith(['a']);
    clock.advance(0);
    apply(configOf('a'));
    expect(proxy.keptState()).toBe('none');
    expect(noted).toEqual([configOf('a').id]);
  });

  test('does not give way to what has seen less', () => {
    const { clock, proxy, apply, results } = startWith(['a']);
    clock.advance(0);
    apply(configOf('b'), { epoch: 2, revision: '{"pods":"6"}' });
    expect(results).toMatchObject([{ ok: false, reason: 'stale' }]);
    expect(proxy.config().id).toBe(configOf('a').id);
  });

  test('that workers cannot build ends the start, and whoever started it does without', () => {
    const { workers, started } = begin(1, false, undefined, { kept: kept('a') });
    workers[0]!.say({ kind: 'failed', error: 'no such thing' });
    expect(started).toEqual(['no such thing']);
  });
});

test('access lines are acknowledged when they are read, to the worker that they came from', () => {
  const unread: (() => void)[] = [];
  const { workers, clock } = start(2, (_lines, taken) => void unread.push(taken));
  workers[0]!.say({ kind: 'access', bytes: Buffer.from('abc') });
  workers[1]!.say({ kind: 'access', bytes: Buffer.from('de') });
  expect([workers[0]!.taken, workers[1]!.taken]).toEqual([[], []]);
  workers[0]!.onExit?.('crashed');
  clock.advance(10);
  for (const taken of unread) taken();
  expect(workers.map(({ taken }) => taken)).toEqual([[], [2], []]);
});

describe('apply', () => {
  test('answers when every live worker has swapped', () => {
    const { proxy, workers, results, apply } = start();
    workers[1]!.answers = false;
    apply(configOf('a'));
    expect(results).toEqual([]);
    workers[1]!.swap();
    expect(results).toEqual([{ ok: true, configId: configOf('a').id }]);
    expect(proxy.notReadyReason()).toBe('');
  });

  test('ready once every live worker has the first config, and from then on', () => {
    const { proxy, workers, apply } = start();
    workers[1]!.answers = false;
    apply(configOf('a'));
    expect(proxy.notReadyReason()).toBe('router builds not yet complete, router ready in 1 of 2 workers');
    workers[1]!.swap();
    expect(proxy.notReadyReason()).toBe('');
    apply(configOf('b'));
    expect(workers[0]!.config.id).toBe(configOf('b').id);
    expect(proxy.notReadyReason()).toBe('');
  });

  test('that there is nothing to serve does not count for what comes next', () => {
    const { proxy, workers, apply } = start();
    apply(emptyConfig);
    expect(proxy.notReadyReason()).toBe('');
    workers[1]!.answers = false;
    apply(configOf('a'));
    expect(proxy.notReadyReason()).toBe('router builds not yet complete, router ready in 1 of 2 workers');
    workers[1]!.swap();
    expect(proxy.notReadyReason()).toBe('');
  });

  test('a worker that is on its way up when the first config comes counts too', () => {
    const { proxy, workers, apply } = begin(2);
    workers[0]!.swap();
    workers[0]!.answers = true;
    apply(configOf('a'));
    // It has built what was current when it started, and listens.
    workers[1]!.say({ kind: 'swapped', configId: emptyConfig.id });
    workers[1]!.listening = true;
    workers[1]!.say({ kind: 'listening', httpPort: 18000, httpsPort: -1 });
    expect(proxy.notReadyReason()).toBe('router builds not yet complete, router ready in 1 of 2 workers');
    workers[1]!.swap();
    expect(proxy.notReadyReason()).toBe('');
  });

  test('one after the other, each from what the one before left', () => {
    const { clock, workers, results, apply } = start();
    workers[0]!.answers = false;
    apply(configOf('a'));
    apply(configOf('b'));
    apply(diffConfigs(configOf('b'), configOf('b', 'c')));
    expect(workers[1]!.config.id).toBe(configOf('a').id);
    for (let i = 0; i < 3; i++) {
      workers[0]!.swap();
      clock.advance(0);
    }
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(workers.map(({ config }) => config.id)).toEqual([configOf('b', 'c').id, configOf('b', 'c').id]);
  });

  test('the same config again changes nothing and is accepted at once', () => {
    const { results, apply, clock } = start();
    apply(configOf('a'));
    clock.advance(0);
    apply(configOf('a'));
    expect(results).toHaveLength(2);
  });

  test('a delta from another config is refused with the current id', () => {
    const { results, apply } = start();
    apply(diffConfigs(configOf('x'), configOf('y')));
    expect(results).toMatchObject([{ ok: false, reason: 'mismatch', configId: emptyConfig.id }]);
  });

  test('a delta that does not lead where it says is refused', () => {
    const { results, apply, proxy } = start();
    apply({ ...diffConfigs(emptyConfig, configOf('a')), to: 'f'.repeat(32) });
    expect(results).toMatchObject([{ ok: false, reason: 'invalid' }]);
    expect(proxy.config().id).toBe(emptyConfig.id);
  });

  interface Stamp {
    readonly epoch?: number;
    readonly revision?: string;
    readonly changes?: string;
    readonly isReset?: boolean;
  }
  const order: Readonly<Record<string, readonly [Stamp, Stamp, boolean]>> = {
    'an older epoch': [{ epoch: 3 }, { epoch: 2 }, false],
    'a newer epoch with an older revision': [{ epoch: 3, revision: '9' }, { epoch: 4, revision: '1' }, false],
    'a newer epoch that has seen all changes, though not to the same revision': [
      { epoch: 3, revision: '{"pods":"9"}', changes: '{"pods":"5"}' },
      { epoch: 4, revision: '{"pods":"6"}', changes: '{"pods":"5"}' },
      true,
    ],
    'an older revision': [{ epoch: 3, revision: '9' }, { epoch: 3, revision: '8' }, false],
    'an older revision of a cluster that went back': [
      { epoch: 3, revision: '9' },
      { epoch: 3, revision: '8', isReset: true },
      true,
    ],
    'the same revision': [{ epoch: 3, revision: '9' }, { epoch: 3, revision: '9' }, true],
    'revisions compare as numbers': [{ epoch: 3, revision: '9' }, { epoch: 3, revision: '10' }, true],
    'older in one kind': [
      { epoch: 3, revision: '{"pods":"5","services":"7"}' },
      { epoch: 3, revision: '{"pods":"5","services":"6"}' },
      false,
    ],
    'older in one, newer in another': [
      { epoch: 3, revision: '{"pods":"5","services":"7"}' },
      { epoch: 3, revision: '{"pods":"6","services":"6"}' },
      false,
    ],
    'a kind that nobody serves any more': [
      { epoch: 3, revision: '{"pods":"5","services":"7"}' },
      { epoch: 3, revision: '{"pods":"5"}' },
      true,
    ],
    'nothing told': [{ epoch: 3, revision: '9' }, {}, true],
  };
  for (const [name, [first, second, accepted]] of Object.entries(order)) {
    test(`${name} is ${accepted ? 'accepted' : 'refused'}`, () => {
      const { clock, results, apply } = start();
      apply(configOf('a'), first);
      clock.advance(0);
      apply(configOf('b'), second);
      expect(results[1]!.ok).toBe(accepted);
      if (!results[1]!.ok) expect(results[1]).toMatchObject({ reason: 'stale' });
    });
  }

  test('what was seen in between counts, though the last to configure told of an earlier change', () => {
    const { clock, results, apply } = start();
    const stamps = [
      { revision: '9', changes: '9' },
      { revision: '12', changes: '4' },
      { revision: '8', changes: '8' },
    ];
    for (const [index, stamp] of stamps.entries()) {
      apply(configOf(`${index}`), stamp);
      clock.advance(0);
    }
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  test('a worker that never answers ends in an error, and the next apply goes on', () => {
    const { clock, workers, results, apply } = start();
    workers[0]!.answers = false;
    apply(configOf('a'));
    clock.advance(30_000);
    expect(results).toMatchObject([{ ok: false, reason: 'timeout', configId: configOf('a').id }]);
    workers[0]!.answers = true;
    apply(configOf('b'));
    expect(results[1]).toMatchObject({ ok: true });
  });
});

describe('workers that end', () => {
  test('are replaced with the current config while the others go on', () => {
    const { clock, proxy, workers, results, apply } = start();
    apply(configOf('a'));
    workers[0]!.terminate();
    expect(proxy.members().map(({ state }) => state)).toEqual(['gone', 'live']);
    expect(proxy.notReadyReason()).toBe('');
    clock.advance(0);
    expect(workers).toHaveLength(3);
    workers[2]!.swap();
    expect(workers[2]!.options).toMatchObject({ index: 0, httpPort: 18000 });
    expect(workers[2]!.config.id).toBe(configOf('a').id);
    expect(proxy.members()).toMatchObject([{ state: 'live', restarts: 1 }, { state: 'live' }]);
    expect(results).toHaveLength(1);
  });

  test('do not hold up an apply', () => {
    const { workers, results, apply } = start();
    workers[0]!.answers = false;
    apply(configOf('a'));
    workers[0]!.terminate();
    expect(results).toMatchObject([{ ok: true }]);
  });

  test('for a config that cannot be built take it back: the others go on with the one before', () => {
    const { clock, proxy, workers, results, apply } = start();
    apply(configOf('a'));
    clock.advance(0);
    workers[0]!.answers = false;
    apply(configOf('poison'));
    workers[0]!.say({ kind: 'failed', error: 'no such thing' });
    expect(results[1]).toMatchObject({ ok: false, reason: 'invalid', configId: configOf('a').id });
    expect(proxy.config().id).toBe(configOf('a').id);
    expect(workers[1]!.config.id).toBe(configOf('a').id);
    clock.advance(0);
    workers[2]!.swap();
    expect(workers[2]!.config.id).toBe(configOf('a').id);
    apply(configOf('b'));
    expect(results[2]).toMatchObject({ ok: true });
  });

  test('again and again are started more slowly', () => {
    const { clock, workers } = start(1);
    const starts: number[] = [];
    for (let i = 0; i < 6; i++) {
      const before = workers.length;
      workers.at(-1)!.terminate();
      while (workers.length === before) clock.advance(1);
      starts.push(clock.nowMs);
    }
    const waits = starts.map((at, i) => at - (starts[i - 1] ?? 0));
    expect(waits.slice(1)).toEqual([50, 100, 200, 400, 800]);
  });
});

test('all workers seal TLS sessions with the same keys, also those that start later, and with others twice a day', () => {
  const { clock, workers } = start(2);
  const keysOf = (): readonly string[] =>
    [workers[0]!, workers.at(-1)!].map(({ ticketKeys }) => Buffer.from(ticketKeys!).toString('hex'));
  const halfDayMs = 12 * 3_600_000;
  const seen = new Set<string>();
  for (let day = 0; day < 2; day++) {
    const [first, second] = keysOf();
    expect(first).toHaveLength(96);
    expect(second).toBe(first);
    expect(seen.has(first!)).toBe(false);
    seen.add(first!);
    clock.advance(halfDayMs - 1_000);
    expect(keysOf()).toEqual([first, first]);
    clock.advance(1_000);
    const [next] = keysOf();
    expect(keysOf()).toEqual([next, next]);
    workers.at(-1)!.terminate();
    clock.advance(0);
    expect(keysOf()).toEqual([next, next]);
  }
});

test('drain ends when every worker has drained, and refuses configs', () => {
  const { proxy, results, apply } = start();
  let drained = false;
  proxy.drain(1000, () => {
    drained = true;
  });
  expect(drained).toBe(true);
  apply(configOf('a'));
  expect(results).toMatchObject([{ ok: false, reason: 'draining' }]);
  expect(proxy.notReadyReason()).toBe('draining');
});

test('a target keeps its health slot while it lasts, and a new one is found by every worker', () => {
  const { clock, proxy, apply } = start();
  const withTargets = (...targets: readonly string[]): GatewayConfig => {
    const tables = emptyTables();
    for (const target of targets) {
      const entity: Target = { id: `id-${target}`, tags: null, upstream: 'u', target, weight: 100 };
      tables.targets.set(entity.id, entity);
    }
    return createConfig(tables);
  };
  apply(withTargets('10.0.0.1:80', '10.0.0.2:80'));
  clock.advance(0);
  const [first, second] = [1, 2].map((last) => proxy.slots.slotOf(`u 10.0.0.${last}:80`));
  apply(withTargets('10.0.0.2:80', '10.0.0.3:80'));
  clock.advance(0);
  expect(proxy.slots.slotOf('u 10.0.0.2:80')).toBe(second);
  // The one that is gone keeps its own for a while.
  expect(proxy.slots.slotOf('u 10.0.0.1:80')).toBe(first);
  expect(proxy.slots.all().length).toBe(2);
});
