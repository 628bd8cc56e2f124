// `tidegate simulate --determinism`: the same histories in two fresh processes. One collects garbage all the time and runs
// them forwards; the other runs them backwards while every core is busy. Whatever differs is a defect of the simulator.
import { availableParallelism } from 'node:os';
import { Worker as Thread } from 'node:worker_threads';
import type { CampaignOptions } from '../../../sim/history/campaign.ts';
import type { HistoryReport } from '../../../sim/history/report.ts';
import { exitOk, exitProblems } from '../exit-codes.ts';
import { readDefinitions } from './definitions.ts';
import type { SimulateOptions } from './options.ts';
import { createPool, type Pool } from './pool.ts';

const sampleDefault = 50;

type Reports = ReadonlyMap<number, readonly HistoryReport[]>;

async function runUnits(pool: Pool, options: CampaignOptions, units: readonly number[]): Promise<Reports> {
  const reports: Map<number, readonly HistoryReport[]> = new Map();
  for (const unit of units)
    reports.set(unit, await pool.run({ do: 'units', options, fromUnit: unit, toUnit: unit + 1 }));
  return reports;
}

const burn = 'for (;;) JSON.parse(JSON.stringify({ a: [1, 2, 3], b: { c: "text" } }));';

/** Runs something while every core is kept busy by somebody else. */
async function underStress<Value>(run: () => Promise<Value>): Promise<Value> {
  const threads = Array.from({ length: availableParallelism() }, () => new Thread(burn, { eval: true }));
  try {
    return await run();
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

interface Difference {
  readonly label: string;
  /** Number of the first event that differs; 0 = the events were the same this time, or what differs is the verdict. */
  readonly event: number;
  readonly sides: readonly [string, string];
}

async function firstDifference(
  pools: readonly [Pool, Pool],
  options: CampaignOptions,
  unit: number,
): Promise<Difference> {
  const { describeLine } = await import('../../../sim/trace/replay.ts');
  const [first, second] = await Promise.all(pools.map((pool) => pool.run({ do: 'record', options, unit })));
  const label = `seed ${options.seed} index ${unit}`;
  const at = first!.findIndex((line, index) => line !== second![index]);
  if (at < 0 && first!.length === second!.length)
    return { label, event: 0, sides: ['the same events once more', 'the same events once more'] };
  const from = at < 0 ? first!.length : at;
  const event = first!.slice(0, from + 1).filter((line) => line.startsWith('{"type":"event"')).length;
  return { label, event, sides: [describeLine(first![from] ?? ''), describeLine(second![from] ?? '')] };
}

export async function checkDeterminism(options: SimulateOptions): Promise<number> {
  const { campaign, canary, json } = options;
  const units = Array.from({ length: options.runs ?? sampleDefault }, (_, unit) => unit);
  const crds = readDefinitions();
  const collecting = createPool({ jobs: 1, as: 'processes', crds, canary, forcesGc: true });
  const stressed = createPool({ jobs: 1, as: 'processes', crds, canary });
  try {
    const one = await runUnits(collecting, campaign, units);
    const other = await underStress(() => runUnits(stressed, campaign, units.toReversed()));
    const unit = units.find((index) => JSON.stringify(one.get(index)) !== JSON.stringify(other.get(index)));
    const difference =
      unit === undefined ? null : await firstDifference([collecting, stressed], campaign, unit);
    const { createTally } = await import('../../../sim/history/report.ts');
    const tally = createTally();
    for (const index of units) for (const report of one.get(index)!) tally.add(report);
    const { histories, hash } = tally;
    if (json)
      process.stdout.write(`${JSON.stringify({ seed: campaign.seed, histories, hash, difference })}\n`);
    else if (difference === null)
      process.stdout.write(
        `ok: ${histories} histories of seed ${campaign.seed} were the same in two processes, one with forced garbage ` +
          `collection, one backwards and under CPU stress; hash ${hash}\n`,
      );
    else
      process.stdout.write(
        `DIFFERENT: ${difference.label}, first at event ${difference.event}\n` +
          `  with garbage collection: ${difference.sides[0]}\n  under CPU stress:        ${difference.sides[1]}\n`,
      );
    return difference === null ? exitOk : exitProblems;
  } finally {
    await Promise.all([collecting.close(), stressed.close()]);
  }
}
