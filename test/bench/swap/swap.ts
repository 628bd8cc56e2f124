// `npm run bench -- swap`: how long a worker's table building holds up its requests at a time.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker as Thread } from 'node:worker_threads';
import { createShared } from '../../../src/io/shared.ts';
import { workerMemory } from '../../../src/io/workers.ts';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { writeConfigText } from '../../../src/proxy/server/config-text.ts';
import { spreadOf, table } from '../figures.ts';
import { readCount } from '../options.ts';
import { configOf, crowdOf, routesPerService } from './configs.ts';
import type { CaseSamples } from './slices.ts';

const exitOk = 0;
const exitMissing = 3;
/** Pods of one service. */
const crowd = 2000;
const usage = 'usage: npm run bench -- swap [--routes 10000] [--rounds 5] [--json]';

type Case = CaseSamples & { readonly name: string };

/** The thread and what it holds. */
interface Subject {
  readonly thread: Thread;
  config: GatewayConfig;
}

async function change(subject: Subject, next: GatewayConfig): Promise<CaseSamples> {
  const delta = diffConfigs(subject.config, next);
  subject.config = next;
  subject.thread.postMessage({
    kind: 'config',
    text: writeConfigText(createShared(), delta, { slots: [], rows: [] }),
  });
  const [samples] = (await once(subject.thread, 'message')) as [CaseSamples];
  return samples;
}

/** A fresh thread: from nothing to everything, then larger and smaller changes. */
async function round(routes: number): Promise<readonly Case[]> {
  const thread = new Thread(new URL('./thread.ts', import.meta.url), { resourceLimits: workerMemory });
  const subject: Subject = { thread, config: emptyConfig };
  const cases: Case[] = [];
  const measure = async (name: string, next: GatewayConfig): Promise<void> => {
    cases.push({ name, ...(await change(subject, next)) });
  };
  await measure(`0 to ${routes} routes`, configOf(routes, 0, 0));
  for (let version = 1; version <= 10; version++)
    await measure('10 routes changed', configOf(routes, version, 1));
  const tenth = Math.max(1, Math.floor(routes / routesPerService / 10));
  for (let version = 11; version <= 13; version++)
    await measure(`${tenth * routesPerService} routes changed`, configOf(routes, version, tenth));
  await measure(`a service with ${crowd} pods added`, configOf(routes, 13, tenth, crowdOf(crowd)));
  for (let fewer = 1; fewer <= 10; fewer++)
    await measure(`one of ${crowd} pods changed`, configOf(routes, 13, tenth, crowdOf(crowd - fewer)));
  await measure(`${routes} routes to 0`, emptyConfig);
  await thread.terminate();
  return cases;
}

const columns = ['count', 'p50 ms', 'p99 ms', 'max ms', '> 1 ms', '> 2 ms', '> 5 ms'];

function rowOf(name: string, samplesMs: readonly number[]): readonly string[] {
  const { count, p50, p99, max } = spreadOf(samplesMs);
  const over = (limitMs: number) => String(samplesMs.filter((ms) => ms > limitMs).length);
  if (count === 0) return [name, '0', '', '', '', '', '', ''];
  return [name, String(count), ...[p50, p99, max].map((ms) => ms.toFixed(2)), over(1), over(2), over(5)];
}

function print(cases: ReadonlyMap<string, CaseSamples>, about: string): void {
  process.stdout.write(`${about}\n\n`);
  const rows = (title: string, of: (samples: CaseSamples) => readonly number[]) =>
    table([[title, ...columns], ...[...cases].map(([name, samples]) => rowOf(name, of(samples)))]);
  const wall = rows('slices, by the wall', ({ slices }) => slices.map(({ wallMs }) => wallMs));
  const own = rows('slices, without queueing for a processor', ({ slices }) =>
    slices.map(({ wallMs, queuedMs }) => wallMs - queuedMs),
  );
  const collections = rows('collections of garbage, by the wall', ({ collectionsMs }) => collectionsMs);
  process.stdout.write(`${wall}\n${own}\n${collections}`);
}

export async function benchSwap(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routes: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return exitOk;
  }
  const routes = readCount('routes', values.routes, routesPerService, 1_000_000);
  const rounds = readCount('rounds', values.rounds, 1, 1000);
  if (!existsSync('/proc/thread-self/schedstat')) {
    process.stderr.write('bench swap not run: this system has no /proc/thread-self/schedstat\n');
    return exitMissing;
  }
  const cases = new Map<string, CaseSamples>();
  for (let i = 0; i < rounds; i++) {
    process.stderr.write(`round ${i + 1} of ${rounds}\n`);
    for (const { name, slices, collectionsMs } of await round(routes)) {
      const before = cases.get(name) ?? { slices: [], collectionsMs: [] };
      cases.set(name, {
        slices: [...before.slices, ...slices],
        collectionsMs: [...before.collectionsMs, ...collectionsMs],
      });
    }
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  if (values.json) {
    const all = Object.fromEntries(cases);
    process.stdout.write(`${JSON.stringify({ machine, routes, rounds, cases: all })}\n`);
  } else print(cases, `${rounds} rounds, each on a fresh thread; ${machine}`);
  return exitOk;
}
