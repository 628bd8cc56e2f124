// The backend local without its processes: what it can be asked for, what it makes of plans, and the parts it is made of.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileWorld } from '../../../scenarios/compile/world.ts';
import { parseScenario } from '../../../scenarios/language/parse.ts';
import type { BackendName, Collected } from '../../../scenarios/runner/backend.ts';
import { casesInDoubt, compareResults } from '../../../scenarios/runner/compare.ts';
import { judgeLive } from '../../../scenarios/runner/live/judge.ts';
import { localRecords } from '../../../scenarios/runner/local/backend.ts';
import { createCables } from '../../../scenarios/runner/local/cables.ts';
import { localCapabilities, whyNoFault } from '../../../scenarios/runner/local/capabilities.ts';
import { createLives, observe, putConfigsBeforeSwaps } from '../../../scenarios/runner/local/observations.ts';
import { observerEdits } from '../../../scenarios/runner/local/observer/edits.ts';
import { delayed, portablePlan } from '../../../scenarios/runner/local/portable.ts';
import { createRealTime } from '../../../scenarios/runner/local/time.ts';
import { Way } from '../../../scenarios/runner/local/ways.ts';
import type { ScenarioResult, ScenarioRun, Verdict } from '../../../scenarios/runner/report.ts';
import { unsupportedIn } from '../../../scenarios/runner/unsupported.ts';
import { createEvidence } from '../../../sim/evidence/evidence.ts';
import { faults } from '../../../sim/faults/catalogue.ts';
import { planAt } from '../../../sim/history/generate/plan-at.ts';
import { defaultKnobs } from '../../../sim/history/plan.ts';
import { properties } from '../../../sim/properties/catalogue.ts';
import { createNetTcp } from '../../../src/io/net-tcp.ts';
import { emptyConfig } from '../../../src/kong/config.ts';
import type { TcpHandler, TcpListener } from '../../../src/ports/tcp.ts';
import { surroundings } from './surroundings.ts';

const root = new URL('../../../', import.meta.url);

test.each(observerEdits)('the observer finds its place in $file: $find', ({ file, find }) => {
  expect(readFileSync(new URL(file, root), 'utf8').split(find).length).toBe(2);
});

const head = 'scenario: a\npromise: b\n';
const shop = `${head}world: { use: [shop] }\n`;
const split = `${head}world: { use: [shop], mode: split }\n`;

describe('what it cannot do is said before anything is run', () => {
  test.each([
    ['nothing is in the way', `${shop}steps:\n  - scale: { deployment/shop: 2 }\n`, ''],
    [
      'a fault of clocks',
      `${shop}steps:\n  - fault: { clock-jump: proxy-1 }\n`,
      'fault clock-jump: all processes share the clock of the machine',
    ],
    [
      'in the middle of a repetition',
      `${shop}steps:\n  - repeat: { times: 2, steps: [{ fault: { lose-node: node-1 } }] }\n`,
      'fault lose-node: loopback has no links that could be broken, thinned or slowed down',
    ],
    [
      'a figure of the network',
      `${head}world: { use: [shop], figures: { link-latency: 5ms } }\nsteps: []\n`,
      'linkLatencyUs is what the kernel makes it',
    ],
    [
      'keepalive in parts of a second',
      `${head}world: { use: [shop], figures: { keepalive-timeout: 1500ms } }\nsteps: []\n`,
      'keepalive-timeout takes whole seconds',
    ],
    ['a controller that throws', `${shop}steps:\n  - restart: controller\n`, ''],
    [
      'a stopped controller beside its workers',
      `${shop}steps:\n  - fault: { pause-controller: controller-1 }\n`,
      'fault pause-controller: SIGSTOP stops the workers of a combined process too',
    ],
    [
      'a stopped controller of its own',
      `${split}steps:\n  - fault: { pause-controller: controller-1 }\n`,
      '',
    ],
  ])('%s', (_what, text, why) => {
    const file = `${root.pathname}scenarios/a.yaml`;
    const parsed = parseScenario(file, text);
    expect(parsed.complaints).toEqual([]);
    const [one] = parsed.cases;
    const world = compileWorld(file, one!, surroundings());
    expect(unsupportedIn(one!, world!, 1, localCapabilities)).toBe(why);
  });
});

describe('plans', () => {
  const seeds = fc.integer({ min: 0, max: 500 });

  test('what is portable stays, what is not has a reason, and both together are the plan', () => {
    fc.assert(
      fc.property(seeds, (index) => {
        const plan = planAt(3, index);
        const { plan: portable } = portablePlan(plan);
        const left = plan.timeline.filter((entry) => !portable.timeline.includes(entry));
        for (const entry of left) expect(entry.do === 'fault' && whyNoFault(entry, plan.world)).not.toBe('');
        for (const entry of portable.timeline)
          if (entry.do === 'fault') expect(whyNoFault(entry, plan.world)).toBe('');
        expect(portable.objects).toBe(plan.objects);
      }),
      { numRuns: 30 },
    );
  });

  test('a portable plan is left as it is, and its world can be had', () => {
    fc.assert(
      fc.property(seeds, (index) => {
        const { plan } = portablePlan(planAt(4, index));
        expect(portablePlan(plan)).toEqual({ plan, leftOut: [] });
        expect(localCapabilities.world({ shape: plan.world, knobs: plan.knobs, objects: [] })).toBe('');
      }),
      { numRuns: 30 },
    );
  });

  test('later, and nothing else', () => {
    fc.assert(
      fc.property(seeds, fc.nat(10_000), (index, byMs) => {
        const plan = planAt(5, index);
        expect(delayed(delayed(plan, byMs), -byMs)).toEqual(plan);
      }),
      { numRuns: 30 },
    );
  });
});

test('most faults are portable', () => {
  const shape = { apiServers: 1, controllers: 1, gateways: 2, workers: 2, mode: 'split', nodes: 3 } as const;
  const portable = faults.filter(({ name }) => whyNoFault({ fault: name, parameters: {} }, shape) === '');
  expect(portable.length).toBeGreaterThanOrEqual(50);
});

test('real time keeps the order of what is due, and runs nothing after its end', async () => {
  const delays = [3, 1, 2, 1, 0, 2, 3, 0];
  const time = createRealTime(1, (error) => {
    throw error;
  });
  /** Between which times each was due. */
  const ran: (readonly [number, number])[] = [];
  await new Promise<void>((resolve) => {
    for (const delayMs of delays) {
      const leastUs = time.nowUs() + delayMs * 1000;
      time.clock.after(delayMs, () => {
        ran.push([leastUs, mostUs]);
        if (ran.length === delays.length) resolve();
      });
      const mostUs = time.nowUs() + delayMs * 1000;
    }
  });
  for (const [index, [, mostUs]] of ran.slice(1).entries())
    expect(ran[index]![0]).toBeLessThanOrEqual(mostUs);
  let late = false;
  time.clock.after(0, () => {
    late = true;
  });
  time.stop();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(late).toBe(false);
});

describe('what is not taken down is not judged', () => {
  const collected: Collected = {
    evidence: createEvidence(),
    plan: { ...planAt(1, 0), timeline: [], knobs: defaultKnobs },
    endUs: 1,
    startedUs: 0,
    endedEarly: false,
    objects: new Map(),
  };
  const judge = (records: typeof localRecords) =>
    judgeLive(collected, { records, leavesOut: new Map([['P19', 'bytes']]), latencies: [] });

  test('all parts: all properties, but for those that need more', () => {
    const { premises, unjudged } = judge(localRecords);
    expect(unjudged).toEqual([['P19', 'bytes']]);
    expect(premises.size).toBe(properties.length - 1);
  });

  test('without the accepted connections nothing is said of who met which worker', () => {
    const { premises, unjudged } = judge(new Set([...localRecords].filter((part) => part !== 'accepts')));
    expect(new Map(unjudged).get('P01')).toBe('accepts');
    expect(premises.has('P12')).toBe(true);
  });
});

interface Told {
  readonly label?: string;
  readonly unjudged?: readonly (readonly [string, string])[];
}

/** Each list is a run. */
function result(
  verdict: Verdict,
  name: string,
  judged: readonly string[][],
  told: Told = {},
): ScenarioResult {
  const { label = '', unjudged = [] } = told;
  const runs = judged.map((one) => ({ label, judged: one, unjudged }) as unknown as ScenarioRun);
  return { file: `${name}.yaml`, name, verdict, why: '', runs };
}

const times = (count: number, judged: string[]): readonly string[][] =>
  Array.from({ length: count }, () => judged);

describe('two backends are compared', () => {
  const compare = (first: readonly ScenarioResult[], second: readonly ScenarioResult[]) =>
    compareResults(['sim', 'local'], first, second);

  test('by verdict', () => {
    const first = ['a', 'b', 'c', 'd'].map((name) => result('ok', name, [['P01']]));
    const verdicts: readonly Verdict[] = ['violated', 'unsupported', 'ok', 'inconclusive'];
    const second = first.map(({ name }, index) => result(verdicts[index]!, name, [['P01']]));
    expect(compare(first, second)).toEqual({
      backends: ['sim', 'local'],
      unseen: [],
      compared: 3,
      unsupported: 1,
      // It is told, and is no difference.
      undecided: 1,
      verdictDifferences: 1,
      judgedDifferences: 0,
      differences: [
        { file: 'a.yaml', name: 'a', verdicts: ['ok', 'violated'], alone: [] },
        { file: 'd.yaml', name: 'd', verdicts: ['ok', 'inconclusive'], alone: [] },
      ],
    });
  });

  const both = (first: readonly string[][], second: readonly string[][], told: Told = {}) => {
    const { judgedDifferences, differences } = compare(
      [result('ok', 'a', first)],
      [result('ok', 'a', second, told)],
    );
    return [judgedDifferences, differences.flatMap(({ alone }) => alone)];
  };
  const P02 = { property: 'P02', backend: 'sim' };

  test.each([
    [
      'in each of five runs and in none',
      times(5, ['P02']),
      times(5, []),
      1,
      [{ ...P02, met: 5, runs: 5, mayBeChance: false }],
    ],
    [
      'in four runs of five',
      [...times(4, ['P02']), []],
      times(5, []),
      0,
      [{ ...P02, met: 4, runs: 5, mayBeChance: true }],
    ],
    [
      'in each of too few runs',
      times(4, ['P02']),
      times(4, []),
      0,
      [{ ...P02, met: 4, runs: 4, mayBeChance: true }],
    ],
    ['in one run there', times(5, ['P02']), [...times(4, []), ['P02']], 0, []],
    [
      'on the second alone',
      times(5, []),
      times(5, ['P02']),
      1,
      [{ property: 'P02', backend: 'local', met: 5, runs: 5, mayBeChance: false }],
    ],
  ])('by what was judged: %s', (_, first, second, count, alone) => {
    expect(both(first, second)).toEqual([count, alone]);
  });

  test('what a backend cannot judge is no difference and is told', () => {
    const unjudged = [['P02', 'bytes']] as const;
    expect(both(times(5, ['P02']), times(5, []), { unjudged })).toEqual([0, []]);
    const one = [result('ok', 'a', [['P02']])];
    expect(compare(one, [result('ok', 'a', [[]], { unjudged })]).unseen).toEqual([
      { property: 'P02', backend: 'local', parts: 'bytes' },
    ]);
  });

  describe('a second look', () => {
    const look = (backend: BackendName, judged: readonly (readonly string[])[]): readonly ScenarioRun[] =>
      judged.map((one) => ({ backend, file: 'a.yaml', label: '', judged: one, unjudged: [] }) as never);
    const local = { property: 'P02', backend: 'local', met: 5, runs: 5, mayBeChance: false };

    test.each([
      ['never there either', [[], ['P02']], times(45, []), 1, [local]],
      ['there, if rarely', [[], ['P02']], [...times(44, []), ['P02']], 0, []],
      [
        'always here too',
        [['P02'], []],
        times(45, ['P02']),
        1,
        [{ ...P02, met: 50, runs: 50, mayBeChance: false }],
      ],
      [
        'here in every second run',
        [['P02'], []],
        [...times(20, ['P02']), ...times(25, [])],
        0,
        [{ ...P02, met: 25, runs: 50, mayBeChance: true }],
      ],
    ] as const)('%s', (_, judged, again, count, alone) => {
      const [first, second] = judged.map((one) => [result('ok', 'a', times(5, [...one]))]);
      expect(casesInDoubt(['sim', 'local'], first!, second!)).toEqual([{ file: 'a.yaml', label: '' }]);
      const told = compareResults(['sim', 'local'], first!, second!, look('sim', again));
      expect([told.judgedDifferences, told.differences.flatMap((one) => one.alone)]).toEqual([count, alone]);
    });

    test('leaves alone what was no difference before', () => {
      const first = [result('ok', 'a', times(5, ['P03']))];
      const second = [result('ok', 'a', [['P02'], ...times(4, [])])];
      const told = compareResults(['sim', 'local'], first, second, look('sim', times(45, ['P03'])));
      expect(told.differences[0]!.alone).toEqual([
        { ...P02, backend: 'local', met: 1, runs: 5, mayBeChance: true },
        { property: 'P03', backend: 'sim', met: 50, runs: 50, mayBeChance: false },
      ]);
      expect(casesInDoubt(['sim', 'local'], first, [result('ok', 'a', times(5, ['P03']))])).toEqual([]);
    });
  });

  test('case by case: what one case meets does not stand for another', () => {
    const cases = (resets: readonly string[][]): ScenarioResult => {
      const [one, other] = [
        result('ok', 'a', times(5, ['P02']), { label: 'pods=drains' }),
        result('ok', 'a', resets, { label: 'pods=resets' }),
      ];
      return { ...one, runs: [...one.runs, ...other.runs] };
    };
    const { judgedDifferences, differences } = compare([cases(times(5, ['P02']))], [cases(times(5, []))]);
    expect(judgedDifferences).toBe(1);
    expect(differences[0]!.alone).toEqual([{ ...P02, met: 5, runs: 5, mayBeChance: false }]);
  });
});

test('a config is taken before the first worker that serves it, in the same life', () => {
  const evidence = createEvidence();
  const config = { ...emptyConfig, id: 'a' };
  const record = { gateway: 'gateway-1', config, epoch: null, revision: null };
  const swap = { gateway: 'gateway-1', worker: 0, life: 1, configId: 'a' };
  for (const atUs of [0, 100]) evidence.lives.push({ host: 'gateway-1', life: 1, atUs, what: 'start' });
  evidence.configs.push({ ...record, atUs: 20 }, { ...record, atUs: 120 });
  evidence.swaps.push({ ...swap, atUs: 15 }, { ...swap, atUs: 30 }, { ...swap, atUs: 110 });
  putConfigsBeforeSwaps(evidence);
  expect(evidence.configs.map(({ atUs }) => atUs)).toEqual([15, 110]);
});

test('a worker has swapped when requests meet its new tables, not when the old ones are gone', () => {
  const evidence = createEvidence();
  const folder = mkdtempSync(join(tmpdir(), 'observed-'));
  const file = join(folder, 'gateway-1');
  const lines = [
    { atUs: 5, kind: 'worker-start', worker: 0 },
    { atUs: 30, kind: 'swapped', worker: 0, configId: 'a', visibleUs: 20 },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  observe(file, 'gateway-1', evidence, createLives(evidence)).close(40);
  rmSync(folder, { recursive: true });
  expect(evidence.swaps).toEqual([{ gateway: 'gateway-1', worker: 0, life: 1, atUs: 20, configId: 'a' }]);
});

const silent: TcpHandler = { onData() {}, onDrain() {}, onEnd() {}, onClose() {} };

/** What a client gets of twenty bytes each way, where the connection is cut so. */
function cutAt(
  side: 'client' | 'server',
  bytes: number,
): Promise<{ sent: number; got: number; error: string | null }> {
  const cables = createCables();
  const plain = createNetTcp();
  let sent = 0;
  let got = 0;
  return new Promise((resolve, reject) => {
    let listening: TcpListener | null = null;
    const finish = (error: string | null): void => listening!.close(() => resolve({ sent, got, error }));
    cables.around(plain).listen(
      { host: '127.0.0.1', port: 0 },
      (connection) => ({
        ...silent,
        onData(_bytes, start, end) {
          sent += end - start;
          if (sent === 20) connection.write(Buffer.alloc(20));
        },
        onEnd: () => connection.end(),
      }),
      (error, listener) => {
        if (listener === null) return reject(new Error(String(error)));
        listening = listener;
        cables.cutAt({ client: () => true, destination: () => true, side, bytes, onCut: () => false });
        const connection = plain.connect('127.0.0.1', listener.port, {
          ...silent,
          onConnect: () => void connection.write(Buffer.alloc(20)),
          onData(_bytes, start, end) {
            got += end - start;
            if (got === 20) connection.end();
          },
          onEnd: () => finish(null),
          onClose: finish,
        });
      },
    );
  });
}

test.each([
  ['client', 7, { sent: 7, got: 0 }],
  ['client', 0, { sent: 0, got: 0 }],
  ['client', 20, { sent: 20, got: 20, error: null }],
  ['server', 30, { sent: 20, got: 20, error: null }],
] as const)('a connection that is cut by its %s after %i bytes', async (side, bytes, expected) => {
  expect(await cutAt(side, bytes)).toMatchObject(expected);
});

test('a thin way lets answers through in order, and what is cut ends', () => {
  const queue: (() => void)[] = [];
  const scheduler = {
    nowUs: 0,
    lane: (label: string) => ({ label, key: 0 }),
    at: (_us: number, run: () => void) => queue.push(run),
  };
  const way = new Way(scheduler as never);
  const told: string[] = [];
  const handler = way.through({
    onHead: (status) => void told.push(`head ${status}`),
    onData: (bytes) => void told.push(`data ${bytes.length}`),
    onEnd: (error) => void told.push(`end ${error}`),
  });
  way.bytesPerSecond = 10;
  handler.onHead(200, {});
  handler.onData(Buffer.alloc(5));
  way.bytesPerSecond = 0;
  handler.onEnd(null);
  expect(told).toEqual([]);
  for (const run of queue) run();
  expect(told).toEqual(['head 200', 'data 5', 'end null']);
  let ended = 0;
  const over = way.begin(() => ended++);
  way.begin(() => ended++);
  over();
  expect([way.openCalls, way.cut(), ended]).toEqual([1, 1, 1]);
});
