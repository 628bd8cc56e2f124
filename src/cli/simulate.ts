// `tidegate simulate`: random histories of whole clusters in virtual time, judged by every property.
import { availableParallelism } from 'node:os';
import type { CampaignOptions } from '../../sim/history/campaign.ts';
import type { HistoryReport, Tally } from '../../sim/history/report.ts';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitInconclusive, exitOk, exitProblems, exitUsage } from './exit-codes.ts';
import { simulateCanaries } from './simulate/canaries.ts';
import { readDefinitions } from './simulate/definitions.ts';
import { checkDeterminism } from './simulate/determinism.ts';
import { examineFailures } from './simulate/failures.ts';
import { listenForInterrupt } from './simulate/interrupt.ts';
import { simulateOnLocal } from './simulate/live-campaign.ts';
import { demandCloneForLocal } from './simulate/live-replay.ts';
import { backendOption, parseSimulate, type SimulateOptions, textOption } from './simulate/options.ts';
import { createPool } from './simulate/pool.ts';
import { createProgress } from './simulate/progress.ts';
import { runCampaign } from './simulate/run-campaign.ts';
import {
  type Catalogues,
  formatFailure,
  formatFaultTable,
  formatSummary,
  type Summary,
  summarize,
} from './simulate/summary.ts';

const exitCodes = { ok: exitOk, violated: exitProblems, inconclusive: exitInconclusive } as const;

async function cataloguesOf(tally: Tally): Promise<Catalogues> {
  const { properties } = await import('../../sim/properties/catalogue.ts');
  const { faults } = await import('../../sim/faults/catalogue.ts');
  const { faultTable } = await import('../../sim/history/fault-table.ts');
  return { properties, faultTable: faultTable(faults, tally.cells) };
}

function print(summary: Summary, options: SimulateOptions, wallMs: number): void {
  if (options.json) {
    const perSecond = Math.round((summary.histories * 10_000) / wallMs) / 10;
    const wall = { wallMs: Math.round(wallMs), wallHistoriesPerSecond: perSecond };
    process.stdout.write(`${JSON.stringify({ ...summary, ...wall })}\n`);
    return;
  }
  for (const failure of summary.failures) process.stdout.write(formatFailure(failure));
  if (options.showsTable) process.stdout.write(formatFaultTable(summary.faultTable));
  process.stdout.write(formatSummary(summary, wallMs / 1000));
}

function announce({ seed, strategy }: CampaignOptions, jobs: number): void {
  process.stderr.write(`seed ${seed}, strategy ${strategy}, ${jobs} ${jobs === 1 ? 'thread' : 'threads'}\n`);
}

async function simulate(options: SimulateOptions): Promise<number> {
  const { campaign, jobs, runs, seconds, keepsGoing } = options;
  const { createTally } = await import('../../sim/history/report.ts');
  const interrupt = listenForInterrupt();
  announce(campaign, jobs);
  const startMs = performance.now();
  const tally = createTally();
  const pool = createPool({ jobs, crds: readDefinitions(), canary: options.canary });
  const progress = createProgress(tally, runs, seconds === null ? null : seconds * 1000);
  const untilMs = seconds === null ? Number.POSITIVE_INFINITY : startMs + seconds * 1000;
  const bounds = {
    runs,
    isOver: () => interrupt.happened || performance.now() >= untilMs,
    stopsAt: ({ plan }: HistoryReport) => !keepsGoing && plan !== null,
  };
  const reports = await runCampaign(pool, campaign, bounds, tally, progress.show);
  progress.clear();
  interrupt.endListening();
  const failures = await examineFailures(pool, reports, options);
  await pool.close();
  const summary = summarize(campaign, tally, failures, await cataloguesOf(tally));
  print(summary, options, performance.now() - startMs);
  return interrupt.happened && summary.verdict !== 'violated'
    ? interrupt.exitCode
    : exitCodes[summary.verdict];
}

/** Worlds of real processes mostly wait. */
const localJobsPerCore = 2;
const onlySimulated = ['canaries', 'determinism', 'faults-table', 'save'];

function isOnLocal(input: CommandInput): boolean {
  const on = backendOption(input);
  if (on === 'sim') return false;
  demandCloneForLocal();
  const given = onlySimulated.find(
    (name) => input.options[name] !== undefined && input.options[name] !== false,
  );
  if (given !== undefined) throw new CommandError(exitUsage, `--${given} goes with --on sim`);
  if (textOption(input, 'strategy') !== 'uniform')
    throw new CommandError(
      exitUsage,
      '--strategy goes with --on sim: real processes decide their races themselves',
    );
  return true;
}

async function run(input: CommandInput): Promise<number> {
  const onLocal = isOnLocal(input);
  const options = await parseSimulate(input, availableParallelism() * (onLocal ? localJobsPerCore : 1));
  if (onLocal) return simulateOnLocal(options);
  if (input.options['canaries'] === true) return simulateCanaries(input, options);
  return input.options['determinism'] === true ? checkDeterminism(options) : simulate(options);
}

export const command: Command = {
  name: 'simulate',
  summary: 'random histories of whole clusters in virtual time, judged by every property',
  usage: '',
  options: {
    on: {
      type: 'string',
      value: 'BACKEND',
      default: 'sim',
      help: 'sim: in virtual time; local: portable steps of the same plans with real processes, some side by side (in a clone)',
    },
    runs: { type: 'string', value: 'N', help: 'histories to run; absent: as many as the time allows' },
    seed: {
      type: 'string',
      value: 'S',
      help: 'seed of all histories; absent: a random one, which is printed',
    },
    minutes: { type: 'string', value: 'M', help: 'minutes to run; absent and no --runs: one' },
    jobs: { type: 'string', value: 'N', help: 'threads; absent: one a core. No result depends on it' },
    property: { type: 'string', value: 'P,...', help: 'judge by these alone (ids or names); absent: by all' },
    strategy: {
      type: 'string',
      value: 'NAME',
      default: 'uniform',
      help: 'how races are decided: uniform, pct; or crash-at-every-write of a controller',
    },
    faults: { type: 'string', value: 'NAME,...', help: 'choose from these faults alone; absent: from all' },
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'PATH',
      help: 'histories around your own manifests: a file, a folder or - for standard input',
    },
    kustomize: {
      type: 'string',
      short: 'k',
      multiple: true,
      value: 'DIR',
      help: 'the same with what kubectl kustomize makes of DIR',
    },
    canary: {
      type: 'string',
      value: 'NAME',
      help: 'with this defect put into the product (only in a clone)',
    },
    canaries: {
      type: 'boolean',
      default: false,
      help: 'plant every canary in turn and see that its property finds it (seed 1, at most 2000 histories each)',
    },
    determinism: {
      type: 'boolean',
      default: false,
      help: 'run a sample (--runs, else 50) in two processes that differ in all that must not matter, and compare',
    },
    'keep-going': { type: 'boolean', default: false, help: 'go on after the first violation' },
    'faults-table': {
      type: 'boolean',
      default: false,
      help: 'print how often each fault met something, by phase and object kind',
    },
    traces: {
      type: 'string',
      value: 'DIR',
      default: '.tidegate/traces',
      help: 'where traces of violations are written',
    },
    save: {
      type: 'string',
      value: 'DIR',
      help: 'write shrunk plans of violations there, as test/corpus has them',
    },
    json: { type: 'boolean', default: false, help: 'print one JSON object; keys that start with wall vary' },
  },
  examples: [
    ['tidegate simulate', 'a minute of random histories'],
    ['tidegate simulate --runs 1000 --seed 1 --json', 'the same result on every machine'],
    ['tidegate simulate --property P12 --faults crash-worker', 'one promise under one kind of fault'],
    ['tidegate simulate --on local --runs 50 --seed 1', 'the same plans against real processes'],
    ['tidegate simulate -f my-manifests/', 'your own manifests, rolled, scaled, edited and disturbed'],
  ],
  run,
};
