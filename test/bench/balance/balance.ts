// `npm run bench -- balance`: nanoseconds of one choice, and what one changed endpoint costs a worker.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, percentile, table } from '../figures.ts';
import { readCount } from '../options.ts';
import { changeCases, measureChanges } from './changes.ts';
import { measurePicks, pickCases } from './picks.ts';

const usage =
  'usage: npm run bench -- balance [--targets 1000] [--rounds 400] [--picks 1000] [--changes 200] [--json]';

export async function benchBalance(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '400' },
      picks: { type: 'string', default: '1000' },
      changes: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const targets = readCount('targets', values.targets, 1, 60_000);
  const rounds = readCount('rounds', values.rounds, 1, 100_000);
  const picks = readCount('picks', values.picks, 1, 1_000_000);
  const changes = readCount('changes', values.changes, 1, 10_000);
  const chosen = pickCases.map(({ name, create }) => {
    const samples = measurePicks(create(targets), rounds, picks);
    const sorted = [...samples].sort((a, b) => a - b);
    return {
      case: name,
      nanoseconds: Math.round(median(samples)),
      p10: Math.round(percentile(sorted, 0.1)),
      p90: Math.round(percentile(sorted, 0.9)),
    };
  });
  const changed = changeCases.map(({ name, settings, count }) => {
    const { totalMs, stepMs } = measureChanges(settings, count, changes);
    const sorted = [...totalMs].sort((a, b) => a - b);
    return {
      case: name,
      targets: count,
      totalMs: { p50: median(totalMs), p99: percentile(sorted, 0.99) },
      longestStepMs: stepMs.reduce((longest, each) => Math.max(longest, each), 0),
    };
  });
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  if (values.json) {
    const settings = { targets, rounds, picks, changes, node: process.version, machine };
    process.stdout.write(`${JSON.stringify({ picks: chosen, changes: changed, settings })}\n`);
    return 0;
  }
  const pickRows = chosen.map((row) => [row.case, `${row.nanoseconds}`, `[${row.p10} - ${row.p90}]`]);
  const changeRows = changed.map(({ case: name, targets: count, totalMs, longestStepMs }) => [
    name,
    `${count}`,
    totalMs.p50.toFixed(3),
    totalMs.p99.toFixed(3),
    longestStepMs.toFixed(3),
  ]);
  process.stdout.write(
    `${targets} targets, ${rounds} rounds of ${picks} picks, node ${process.version}, ${machine}\n\n` +
      `${table([['pick', 'ns', '[p10 - p90]'], ...pickRows])}\n` +
      table([['one endpoint changed', 'targets', 'ms p50', 'ms p99', 'longest step ms'], ...changeRows]),
  );
  return 0;
}
