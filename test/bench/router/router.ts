// `npm run bench -- router`: nanoseconds a match by mix and number of routes, beside other routers; what a table costs to
// make, to change and to hold.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, table } from '../figures.ts';
import { readCount } from '../options.ts';
import { type Mix, mixes } from './mixes.ts';
import {
  findMyWaySubject,
  mapSubject,
  ourSubject,
  rou3Subject,
  type Subject,
  stringsSubject,
} from './subjects.ts';
import { measureTables, type TableFigures } from './tables.ts';

const usage =
  'usage: npm run bench -- router [--mix NAME] [--sizes 100,1000,10000,50000,100000] [--rounds 21] [--no-peers] [--json]';

/** At 50,000 routes at most so many times what 100 routes take, in the mix host+prefix by zipf. */
const ratioMax = 2;
const changes = 300;
const tableSize = 50_000;
const warmUpRounds = 3;

interface MatchFigures {
  readonly mix: string;
  readonly requests: 'zipf' | 'uniform';
  readonly routes: number;
  /** Median of the rounds. */
  readonly nanoseconds: number;
  /** Median of the ratios to the smallest size, each within one round. */
  readonly ratio: number;
  /** Of it what the strings of host and path cost, made for each request as in the data path. */
  readonly stringsNanoseconds: number;
  readonly mapNanoseconds: number;
  readonly findMyWayNanoseconds: number | null;
  readonly rou3Nanoseconds: number | null;
}

interface Row {
  readonly size: number;
  readonly subjects: readonly (Subject | null)[];
  readonly samples: readonly number[][];
}

/** All sizes in turn, round by round: what disturbs one disturbs the others too. */
function measureMix(
  mix: Mix,
  isZipf: boolean,
  sizes: readonly number[],
  rounds: number,
  peers: boolean,
): readonly MatchFigures[] {
  const rows: Row[] = sizes.map((size) => ({
    size,
    subjects: [
      ourSubject(mix, size, isZipf),
      mapSubject(mix, size, isZipf),
      peers ? findMyWaySubject(mix, size, isZipf) : null,
      peers ? rou3Subject(mix, size, isZipf) : null,
      stringsSubject(mix, size, isZipf),
    ],
    samples: [[], [], [], [], []],
  }));
  for (let round = -warmUpRounds; round < rounds; round++)
    for (const { subjects, samples } of rows)
      subjects.forEach((subject, i) => {
        const nanoseconds = subject?.() ?? Number.NaN;
        if (round >= 0) samples[i]!.push(nanoseconds);
      });
  const first = rows[0]!.samples[0]!;
  const peer = (samples: readonly number[]): number | null =>
    Number.isNaN(samples[0]) ? null : Math.round(median(samples));
  return rows.map(({ size, samples: [own, map, findMyWay, rou3, strings] }) => ({
    mix: mix.name,
    requests: isZipf ? 'zipf' : 'uniform',
    routes: size,
    nanoseconds: Math.round(median(own!)),
    ratio: Number(median(own!.map((value, round) => value / first[round]!)).toFixed(2)),
    stringsNanoseconds: Math.round(median(strings!)),
    mapNanoseconds: Math.round(median(map!)),
    findMyWayNanoseconds: peer(findMyWay!),
    rou3Nanoseconds: peer(rou3!),
  }));
}

function print(match: readonly MatchFigures[], tables: TableFigures, about: string): void {
  const shown = (value: number | null): string => (value === null ? '-' : String(value));
  const rows = match.map((each) => [
    `${each.mix}, ${each.requests}`,
    String(each.routes),
    String(each.nanoseconds),
    each.ratio.toFixed(2),
    String(each.stringsNanoseconds),
    String(each.mapNanoseconds),
    shown(each.findMyWayNanoseconds),
    shown(each.rou3Nanoseconds),
  ]);
  const { compileFirstMs, compileMs, change, changeStep, bytesPerRoute, routes } = tables;
  process.stdout.write(
    `${about}\n\n${table([['mix', 'routes', 'ns', 'of the first', 'strings', 'bare Map', 'find-my-way', 'rou3'], ...rows])}\n` +
      `${routes} routes of host+prefix: compiled in ${compileFirstMs.toFixed(0)} ms, again in ${compileMs.toFixed(0)} ms, ${bytesPerRoute} bytes a route\n` +
      `one route changed: p50 ${change.p50.toFixed(2)} ms, p99 ${change.p99.toFixed(2)} ms, in steps of at most ` +
      `p99 ${changeStep.p99.toFixed(2)} ms, max ${changeStep.max.toFixed(2)} ms\n`,
  );
}

export async function benchRouter(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mix: { type: 'string' },
      sizes: { type: 'string', default: '100,1000,10000,50000,100000' },
      rounds: { type: 'string', default: '21' },
      peers: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const rounds = readCount('rounds', values.rounds, 1, 10_000);
  const sizes = values.sizes.split(',').map((size) => readCount('sizes', size, 1, 1_000_000));
  const chosen = mixes.filter(({ name }) => values.mix === undefined || name === values.mix);
  const match: MatchFigures[] = [];
  for (const mix of chosen)
    for (const isZipf of [true, false]) {
      process.stderr.write(`${mix.name}, ${isZipf ? 'zipf' : 'uniform'}\n`);
      match.push(...measureMix(mix, isZipf, sizes, rounds, values.peers));
    }
  process.stderr.write('tables\n');
  const tables = measureTables(mixes[0]!, tableSize, changes);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  const bars = {
    ratioMax,
    ratio:
      match.find((each) => each.mix === 'host+prefix' && each.requests === 'zipf' && each.routes === 50_000)
        ?.ratio ?? null,
    compileMsMax: 1500,
    changeP99MsMax: 2,
    bytesPerRouteMax: 1536,
  };
  if (values.json) {
    const settings = { rounds, sizes, node: process.version, machine };
    process.stdout.write(`${JSON.stringify({ router: { match, tables, bars }, settings })}\n`);
  } else print(match, tables, `median of ${rounds} rounds, node ${process.version}, ${machine}`);
  return 0;
}
