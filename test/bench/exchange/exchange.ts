// `npm run bench -- exchange`: nanoseconds per exchange in the engine, without sockets, for differences too small for them.
import { cpus } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, percentile, table } from '../figures.ts';
import { readCount } from '../options.ts';
import type { MemoryTcp } from './memory.ts';
import { createSubject, variants } from './variants.ts';

const usage = 'usage: npm run bench -- exchange [--rounds 2000] [--exchanges 200] [--json]';
/** Rounds that are not counted: V8 goes on optimising. */
const warmUpRounds = 300;

interface VariantFigures {
  readonly variant: string;
  readonly nanoseconds: number;
  /** Median of the differences to `bare` in the same round. */
  readonly overBare: number;
  readonly spread: { readonly p10: number; readonly p90: number };
  readonly answerBytes: number;
}

/** Rounds are so short that another program rarely gets the processor in one. */
function nanosecondsOf(subject: MemoryTcp, exchanges: number): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < exchanges; i++) subject.exchange();
  return Number(process.hrtime.bigint() - start) / exchanges;
}

async function measure(rounds: number, exchanges: number): Promise<readonly VariantFigures[]> {
  const subjects = variants.map(createSubject);
  const samples: number[][] = variants.map(() => []);
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (let i = 0; i < subjects.length; i++) {
      // Who goes first moves on: after a pause everything is a little slower.
      const index = (i + round + warmUpRounds) % subjects.length;
      const nanoseconds = nanosecondsOf(subjects[index]!, exchanges);
      if (round >= 0) samples[index]!.push(nanoseconds);
    }
    // Timers of the engine have their turn between rounds.
    await breathe();
  }
  return variants.map(({ name }, index) => {
    const own = samples[index]!;
    const sorted = [...own].sort((a, b) => a - b);
    return {
      variant: name,
      nanoseconds: Math.round(median(own)),
      overBare: Math.round(median(own.map((value, round) => value - samples[0]![round]!))),
      spread: { p10: Math.round(percentile(sorted, 0.1)), p90: Math.round(percentile(sorted, 0.9)) },
      answerBytes: subjects[index]!.answeredBytes,
    };
  });
}

export async function benchExchange(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '2000' },
      exchanges: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const rounds = readCount('rounds', values.rounds, 1, 100_000);
  const exchanges = readCount('exchanges', values.exchanges, 1, 1_000_000);
  const figures = await measure(rounds, exchanges);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  if (values.json) {
    const settings = { rounds, exchanges, node: process.version, machine };
    process.stdout.write(`${JSON.stringify({ exchange: figures, settings })}\n`);
    return 0;
  }
  const rows = figures.map(({ variant, nanoseconds, overBare, spread }) => [
    variant,
    String(nanoseconds),
    `${overBare >= 0 ? '+' : ''}${overBare}`,
    `[${spread.p10} - ${spread.p90}]`,
  ]);
  process.stdout.write(
    `${rounds} rounds of ${exchanges} exchanges, node ${process.version}, ${machine}\n\n` +
      table([['variant', 'ns', 'over bare', '[p10 - p90]'], ...rows]),
  );
  return 0;
}
