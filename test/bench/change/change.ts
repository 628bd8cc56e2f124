// `npm run bench -- change`: from a change in the Kubernetes API to a change in traffic, on real processes and sockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killPrograms } from '../../local/rolling/program.ts';
import { type Spread, spreadOf, table } from '../figures.ts';
import { readCount } from '../options.ts';
import { readLines, startStand } from '../stand.ts';
import {
  type Burst,
  type ChangeKind,
  courseOf,
  type Measured,
  measureBurst,
  measureChanges,
} from './measure.ts';
import { NotSeenError } from './probe.ts';
import { type Stamp, stagesOf } from './stages.ts';

const exitOk = 0;
const exitNotSeen = 1;
const exitMissing = 3;
const bursts = 5;
const usage =
  'usage: npm run bench -- change [--changes 500] [--ingresses 100] [--pause-ms 200] [--seed 1] [--json]';
const kinds: readonly ChangeKind[] = ['ingress', 'endpoints'];
const titles: Readonly<Record<ChangeKind, string>> = {
  ingress: 'host of an Ingress',
  endpoints: 'address in an EndpointSlice',
};

interface Options {
  readonly changes: number;
  readonly ingresses: number;
  readonly pauseMsMax: number;
  readonly seed: number;
}

interface Result {
  readonly rows: readonly Row[];
  readonly bursts: readonly Burst[];
}

interface Row {
  readonly kind: ChangeKind;
  readonly fromAnswer: Spread;
  readonly fromSending: Spread;
  readonly stages: Readonly<Record<string, Spread>>;
}

function rowOf(kind: ChangeKind, measured: readonly Measured[], stamps: readonly Stamp[]): Row {
  const stages: Record<string, Spread> = {};
  for (const [name, samples] of stagesOf(measured, stamps)) stages[name] = spreadOf(samples);
  return {
    kind,
    fromAnswer: spreadOf(measured.map(({ answeredMs, seenMs }) => seenMs - answeredMs)),
    fromSending: spreadOf(measured.map(({ sentMs, seenMs }) => seenMs - sentMs)),
    stages,
  };
}

function cells(name: string, { count, p50, p90, p99, max }: Spread): readonly string[] {
  return [name, String(count), ...[p50, p90, p99, max].map((ms) => ms.toFixed(1))];
}

function print({ rows, bursts }: Result, about: string): void {
  const head = ['p50', 'p90', 'p99', 'max'];
  process.stdout.write(`${about}\n\n`);
  process.stdout.write(
    table([
      ['change, in ms until a request shows it', 'count', ...head],
      ...rows.flatMap(({ kind, fromAnswer, fromSending }) => [
        cells(`${titles[kind]}, from the answer to the write`, fromAnswer),
        cells(`${titles[kind]}, from before the write`, fromSending),
      ]),
    ]),
  );
  for (const { kind, stages } of rows) {
    const lines = Object.entries(stages).map(([name, spread]) => cells(`  ${name}`, spread));
    process.stdout.write(`\n${table([[`${titles[kind]}, by stages`, 'count', ...head], ...lines])}`);
  }
  process.stdout.write('\n');
  for (const { tookMs, translations } of bursts)
    process.stdout.write(
      `all Ingresses at once: all seen after ${tookMs.toFixed(0)} ms, ${translations} translations\n`,
    );
}

async function measureAll(options: Options): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-change-'));
  const stampFile = join(folder, 'stamps');
  const hook = new URL(`stage-stamps.ts?to=${encodeURIComponent(stampFile)}`, import.meta.url).href;
  process.stderr.write(`starting a cluster with ${options.ingresses} Ingresses and a gateway\n`);
  const stand = await startStand({
    ingresses: options.ingresses,
    gatewayNodeArgs: ['--import', hook],
  });
  const course = courseOf(stand, options.ingresses);
  const measured = new Map<ChangeKind, readonly Measured[]>();
  for (const kind of kinds) {
    const onProgress = (done: number): void => {
      if (done % 50 === 0) process.stderr.write(`${titles[kind]}: ${done} of ${options.changes}\n`);
    };
    measured.set(kind, await measureChanges(stand, course, kind, options, onProgress));
  }
  const burstResults: Burst[] = [];
  for (let burst = 0; burst < bursts; burst++)
    burstResults.push(await measureBurst(stand, course, `burst-${burst}`));
  await stand.stop();
  const stamps = readLines<Stamp>(stampFile);
  rmSync(folder, { recursive: true });
  return { rows: kinds.map((kind) => rowOf(kind, measured.get(kind)!, stamps)), bursts: burstResults };
}

export async function benchChange(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      changes: { type: 'string', default: '500' },
      ingresses: { type: 'string', default: '100' },
      'pause-ms': { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return exitOk;
  }
  const options: Options = {
    changes: readCount('changes', values.changes, 1, 100_000),
    ingresses: readCount('ingresses', values.ingresses, 1, 10_000),
    pauseMsMax: readCount('pause-ms', values['pause-ms'], 0, 60_000),
    seed: readCount('seed', values.seed, 0, 0xffffffff),
  };
  try {
    const result = await measureAll(options);
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
    if (values.json) process.stdout.write(`${JSON.stringify({ machine, ...options, ...result })}\n`);
    else {
      const pauses = `pauses of 0 to ${options.pauseMsMax} ms`;
      const about = `${options.changes} changes of each kind at ${options.ingresses} Ingresses, ${pauses}; ${machine}`;
      print(result, about);
    }
    return exitOk;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof NotSeenError) {
      process.stderr.write(`a change was not seen: ${message}\n`);
      return exitNotSeen;
    }
    process.stderr.write(`bench change not run: ${message}\n`);
    return exitMissing;
  } finally {
    killPrograms();
  }
}
