// `tidegate simulate --canaries`: is the simulator worth what it costs? Each defect has to be found by the property that it
// names. Canaries run side by side, each in a thread of its own, so its figures depend on the seed alone.
import { join } from 'node:path';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignOptions } from '../../../sim/history/campaign.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import type { FoundViolation, HistoryReport } from '../../../sim/history/report.ts';
import type { CommandInput } from '../command.ts';
import { exitOk, exitProblems } from '../exit-codes.ts';
import { readScenarios, shippedFolder } from '../scenario/files.ts';
import { readDefinitions } from './definitions.ts';
import { shrinkPlan, traceName, writeTraceOf } from './failing.ts';
import { savePlan } from './failures.ts';
import { demandClone, type SimulateOptions, textOption } from './options.ts';
import { createPool, type Pool } from './pool.ts';
import { runCampaign } from './run-campaign.ts';

const historiesMax = 2_000;
const defaultSeed = 1;

export interface CanaryResult {
  readonly name: string;
  readonly property: string;
  /** Histories until it was found; null: it was not. */
  readonly foundAfter: number | null;
  readonly shrunkEntries: number | null;
  readonly shrinkRuns: number | null;
  readonly trace: string | null;
  /** Why it could not even be tried; null else. */
  readonly problem: string | null;
  readonly wallShrinkSeconds: number;
}

const missed = { foundAfter: null, shrunkEntries: null, shrinkRuns: null, trace: null, wallShrinkSeconds: 0 };

/** What the search has to go on with. */
interface Caught {
  readonly plan: Plan;
  readonly violation: FoundViolation;
  readonly label: string;
  /** Histories, or runs of a scenario. */
  readonly after: number;
}

/** Cases of the scenario that is there for it. */
async function huntInScenario(pool: Pool, { property }: Canary, scenario: string): Promise<Caught | null> {
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const [found] = readScenarios([join(shippedFolder, `${scenario}.yaml`)]);
  const { file, text } = found!;
  for (const [index, { label }] of parseScenario(file, text).cases.entries()) {
    const task = {
      do: 'scenario',
      file,
      text,
      settings: [],
      index,
      seed: defaultSeed,
      keepsPlan: false,
    } as const;
    const { run } = await pool.run(task);
    const violation = run?.violations.find((one) => one.property === property);
    if (violation !== undefined)
      return { plan: run!.plan!, violation, label: `${scenario} ${label}`.trim(), after: index + 1 };
  }
  return null;
}

async function huntInHistories(pool: Pool, canary: Canary, options: SimulateOptions): Promise<Caught | null> {
  const { property } = canary;
  const { createTally } = await import('../../../sim/history/report.ts');
  const tally = createTally();
  const campaign: CampaignOptions = { ...options.campaign, properties: [property] };
  const isFound = ({ violations }: HistoryReport): boolean =>
    violations.some((violation) => violation.property === property);
  const bounds = { runs: options.runs ?? historiesMax, isOver: () => false, stopsAt: isFound };
  const reports = await runCampaign(pool, campaign, bounds, tally, () => undefined);
  const report = reports.find(isFound);
  if (report === undefined) return null;
  const violation = report.violations.find((found) => found.property === property)!;
  return { plan: report.plan!, violation, label: report.label, after: tally.histories };
}

async function hunt(pool: Pool, canary: Canary, options: SimulateOptions): Promise<CanaryResult> {
  const { name, property, scenario } = canary;
  const caught = await (scenario === undefined
    ? huntInHistories(pool, canary, options)
    : huntInScenario(pool, canary, scenario));
  if (caught === null) return { name, property, ...missed, problem: null };
  const { plan, violation, label } = caught;
  const startMs = performance.now();
  const shrunk = await shrinkPlan(pool, plan, violation, () => undefined);
  const wallShrinkSeconds = Math.round((performance.now() - startMs) / 100) / 10;
  const trace = join(options.traces, `${traceName(property, label, canary)}.jsonl.gz`);
  const entriesBefore = plan.timeline.length;
  const origin = { label, entriesBefore, shrinkRuns: shrunk.runs, canary };
  await writeTraceOf(pool, shrunk, origin, trace);
  if (options.save !== null)
    savePlan(options.save, `${property}-${name}`, shrunk, `canary ${name}, ${label}`);
  return {
    name,
    property,
    foundAfter: caught.after,
    shrunkEntries: shrunk.plan.timeline.length,
    shrinkRuns: shrunk.runs,
    trace,
    problem: null,
    wallShrinkSeconds,
  };
}

async function tryCanary(canary: Canary, options: SimulateOptions): Promise<CanaryResult> {
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  const { name, property } = canary;
  if (findProperty(property) === null)
    return { name, property, ...missed, problem: `there is no property ${property}` };
  const pool = createPool({
    jobs: 1,
    crds: readDefinitions(),
    canary,
    scenarios: canary.scenario === undefined ? null : 'sim',
  });
  try {
    return await hunt(pool, canary, options);
  } catch (error) {
    return { name, property, ...missed, problem: (error as Error).message.split('\n', 1)[0]! };
  } finally {
    await pool.close();
  }
}

/** The middle one of some numbers; 0 of none. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function formatResult({ name, property, foundAfter, shrunkEntries, ...rest }: CanaryResult): string {
  const start = `${name.padEnd(36)} ${property.padEnd(4)}`;
  if (foundAfter === null) return `${start} MISSED${rest.problem === null ? '' : `: ${rest.problem}`}`;
  return `${start} found after ${foundAfter}, shrunk to ${shrunkEntries} entries in ${rest.shrinkRuns} runs`;
}

function formatFigures(results: readonly CanaryResult[]): string {
  const found = results.filter(({ foundAfter }) => foundAfter !== null);
  const row = (what: string, numbers: readonly number[]): string =>
    `${what}: median ${median(numbers)}, worst ${Math.max(0, ...numbers)}`;
  return [
    `${found.length} of ${results.length} canaries found`,
    row(
      'histories until found',
      found.map(({ foundAfter }) => foundAfter!),
    ),
    row(
      'entries after shrinking',
      found.map(({ shrunkEntries }) => shrunkEntries!),
    ),
    row(
      'runs of one shrinking',
      found.map(({ shrinkRuns }) => shrinkRuns!),
    ),
    row(
      'seconds of one shrinking',
      found.map(({ wallShrinkSeconds }) => wallShrinkSeconds),
    ),
    '',
  ].join('\n');
}

export async function simulateCanaries(input: CommandInput, given: SimulateOptions): Promise<number> {
  demandClone();
  const { canaries } = await import('../../../sim/canaries/catalogue.ts');
  const seed = textOption(input, 'seed') === null ? defaultSeed : given.campaign.seed;
  const options = { ...given, campaign: { ...given.campaign, seed } };
  const chosen = options.canary === null ? canaries : [options.canary];
  const results: CanaryResult[] = new Array(chosen.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < chosen.length) {
      const index = next++;
      results[index] = await tryCanary(chosen[index]!, options);
      if (!options.json) process.stdout.write(`${formatResult(results[index]!)}\n`);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  process.stdout.write(
    options.json ? `${JSON.stringify({ seed, canaries: results })}\n` : formatFigures(results),
  );
  return results.every(({ foundAfter }) => foundAfter !== null) ? exitOk : exitProblems;
}
