// One endpoint of an upstream comes or goes: how long the worker that serves works on it in all, and at a time.
import { createClock } from '../../../src/io/clock.ts';
import { letLargeHeapGrow, setEngineFlags } from '../../../src/io/engine-flags.ts';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { applyDelta, type Delta, diffConfigs } from '../../../src/kong/delta.ts';
import { healthWords } from '../../../src/proxy/balance/health.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { ownMs } from '../queued.ts';

/** As in a worker of the proxy. */
setEngineFlags('requests');

interface ChangeCase {
  readonly name: string;
  readonly count: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const changeCases: readonly ChangeCase[] = [
  { name: 'round-robin', count: 10_000, settings: {} },
  { name: 'least-connections', count: 10_000, settings: { algorithm: 'least-connections' } },
  { name: 'latency', count: 10_000, settings: { algorithm: 'latency' } },
  { name: 'consistent-hashing', count: 60, settings: { hash_on: 'ip' } },
  { name: 'consistent-hashing', count: 100, settings: { hash_on: 'ip', slots: 65_536 } },
  { name: 'consistent-hashing', count: 400, settings: { hash_on: 'ip', slots: 65_536 } },
];

function configOf(settings: ChangeCase['settings'], count: number): GatewayConfig {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: [{ name: 's', host: 'crowd', routes: [{ name: 'r', paths: ['/'] }] }],
    upstreams: [
      {
        name: 'crowd',
        ...settings,
        targets: Array.from({ length: count }, (_, i) => ({ target: `10.1.${i >> 8}.${i & 255}:8080` })),
      },
    ],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error[0]));
  return decoded.value;
}

/** Deltas one after the other: a target goes, comes back, the next one goes. */
function flips(home: GatewayConfig, count: number): readonly Delta[] {
  const ids = [...home.entities.targets.keys()];
  const deltas: Delta[] = [];
  for (let i = 0; i < count; i += 2) {
    const id = ids[(i * 37) % ids.length]!;
    const removal: Delta = { from: home.id, to: '', upsert: [], remove: [{ type: 'targets', id }] };
    const to = applyDelta(home, removal).id;
    const entity = home.entities.targets.get(id)!;
    deltas.push(
      { ...removal, to },
      { from: to, to: home.id, upsert: [{ type: 'targets', entity }], remove: [] },
    );
  }
  return deltas;
}

export function measureChanges(
  settings: ChangeCase['settings'],
  count: number,
  changes: number,
): { readonly totalMs: number[]; readonly stepMs: number[] } {
  const compiler = createCompiler({
    env: { clock: createClock() },
    endpoints: { acquire: (host, port) => ({ key: `tcp:${host}:${port}`, host, port }), release() {} },
    shared: {
      health: new Int32Array(healthWords(count)),
      shares: new Int32Array(count),
      counters: new Int32Array(64),
      statistics: new Float64Array(4),
      routes: [],
    },
    handlers: new Map(),
  });
  const home = configOf(settings, count);
  const first = compiler.begin(diffConfigs(emptyConfig, home));
  while (!first.step(1_000_000));
  letLargeHeapGrow();
  const deltas = flips(home, changes * 3);
  const totalMs: number[] = [];
  const stepMs: number[] = [];
  for (const [i, delta] of deltas.entries()) {
    // Those at the beginning only warm up.
    const counts = i >= changes;
    let total = 0;
    const timed = (work: () => boolean): boolean => {
      let isDone = false;
      const ms = ownMs(() => {
        isDone = work();
      });
      total += ms;
      if (counts) stepMs.push(ms);
      return isDone;
    };
    const job = compiler.begin(delta);
    while (!timed(() => job.step()));
    if (counts) totalMs.push(total);
  }
  return { totalMs, stepMs };
}
