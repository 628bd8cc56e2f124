// `tidegate scenario run`: scenarios in virtual time, each case and seed a run of its own, over all cores.
import type { Complaint } from '../../../scenarios/language/reading.ts';
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { CommandInput } from '../command.ts';
import { exitEnvironment, exitInconclusive, exitInterrupted, exitOk, exitProblems } from '../exit-codes.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import { listenForInterrupt } from '../simulate/interrupt.ts';
import { createPool, type Pool } from '../simulate/pool.ts';
import { annotate } from './annotations.ts';
import { examineScenarios, type ScenarioFailure } from './failures.ts';
import { toJunit, writeJunit } from './junit.ts';
import { isRemembered, readLastFailed, rememberFailed } from './last-failed.ts';
import { formatFailure, formatJudged, formatResult, formatSums, type Sums, sumsOf } from './lines.ts';
import { parseScenarioOptions, type ScenarioOptions } from './options.ts';
import { refuseComplaints, type Selected, selectScenarios } from './selection.ts';

interface Job {
  readonly selected: Selected;
  readonly index: number;
  readonly seed: number;
}

const labelOf = ({ selected, index }: Job): string => selected.parsed.cases[index]!.label;

function jobsOf(selected: readonly Selected[], options: ScenarioOptions): readonly Job[] {
  const all = selected.flatMap((one) =>
    one.parsed.cases.flatMap((_, index) => options.seeds.map((seed) => ({ selected: one, index, seed }))),
  );
  if (!options.lastFailed) return all;
  const failed = readLastFailed();
  return all.filter((job) => isRemembered(failed, { file: job.selected.file.file, label: labelOf(job) }));
}

function showProgress(done: number, all: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${all} runs`);
}

interface Outcome {
  readonly results: readonly ScenarioResult[];
  readonly complaints: readonly Complaint[];
}

async function runAll(
  pool: Pool,
  jobs: readonly Job[],
  isOver: () => boolean,
  onResult: (result: ScenarioResult) => void,
): Promise<Outcome> {
  const { resultOf } = await import('../../../scenarios/runner/report.ts');
  const complaints: Complaint[] = [];
  const results: ScenarioResult[] = [];
  let done = 0;
  const answers = jobs.map(async ({ selected, index, seed }): Promise<ScenarioRun | null> => {
    if (isOver()) return null;
    const { file, text } = selected.file;
    const task = {
      do: 'scenario',
      file,
      text,
      settings: selected.settings,
      index,
      seed,
      keepsPlan: false,
    } as const;
    const answer = await pool.run(task);
    complaints.push(...answer.complaints);
    showProgress(++done, jobs.length);
    return answer.run;
  });
  const byScenario = Map.groupBy(jobs.keys(), (position) => jobs[position]!.selected);
  for (const positions of byScenario.values()) {
    const runs = await Promise.all(positions.map((position) => answers[position]!));
    const own = runs.filter((run) => run !== null);
    if (own.length === 0) continue;
    const result = resultOf(own);
    results.push(result);
    onResult(result);
  }
  return { results, complaints };
}

function annotateResults(results: readonly ScenarioResult[], failures: readonly ScenarioFailure[]): void {
  for (const { file, name, property, message, rerun } of failures)
    annotate('error', { file, line: 1, column: 1, title: `${name} (${property})` }, `${message}\n${rerun}`);
  for (const { file, name, verdict, why } of results)
    if (verdict === 'inconclusive' || verdict === 'unsupported')
      annotate('warning', { file, line: 1, column: 1, title: `${name}: ${verdict}` }, why);
}

function exitCodeOf(sums: Sums, options: ScenarioOptions): number {
  if (sums.violated > 0) return exitProblems;
  if (sums.unsupported > 0 && options.failsOnUnsupported) return exitEnvironment;
  if (sums.inconclusive > 0 || sums.ok === 0) return exitInconclusive;
  return exitOk;
}

function list(selected: readonly Selected[]): number {
  for (const { file, parsed } of selected) {
    const { name, promise, cases } = parsed;
    process.stdout.write(`${file.file}  ${name}\n    ${promise}\n`);
    for (const { label } of cases) if (label !== '') process.stdout.write(`    ${label}\n`);
  }
  return exitOk;
}

async function print(
  outcome: Outcome,
  failures: readonly ScenarioFailure[],
  options: ScenarioOptions,
  wallMs: number,
): Promise<void> {
  const { results } = outcome;
  const sums = sumsOf(results);
  if (options.json) {
    const plain = results.map((result) => ({
      ...result,
      runs: result.runs.map(({ plan: _, ...run }) => run),
    }));
    process.stdout.write(
      `${JSON.stringify({ sums, scenarios: plain, failures, wallMs: Math.round(wallMs) })}\n`,
    );
    return;
  }
  for (const failure of failures) process.stdout.write(`\n${formatFailure(failure)}`);
  if (options.showsJudged) {
    const { properties } = await import('../../../sim/properties/catalogue.ts');
    process.stdout.write(formatJudged(results, properties));
  }
  process.stdout.write(formatSums(sums, wallMs / 1000));
}

export async function runScenarios(input: CommandInput, paths: readonly string[]): Promise<number> {
  const options = await parseScenarioOptions(input, paths.length === 0 ? ['scenarios'] : paths);
  const selected = await selectScenarios(options.paths, options.filter, options.settings);
  if (options.lists) return list(selected);
  const jobs = jobsOf(selected, options);
  if (jobs.length === 0) {
    process.stderr.write('no scenario is chosen\n');
    return exitInconclusive;
  }
  const startMs = performance.now();
  const interrupt = listenForInterrupt();
  const threads = Math.min(options.jobs, jobs.length);
  const pool = createPool({
    jobs: threads,
    crds: readDefinitions(),
    canary: options.canary,
    scenarios: true,
  });
  const tell = (result: ScenarioResult): void => {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    if (!options.json) process.stdout.write(formatResult(result));
  };
  const outcome = await runAll(pool, jobs, () => interrupt.happened, tell);
  interrupt.endListening();
  if (outcome.complaints.length > 0) await pool.close();
  await refuseComplaints(outcome.complaints);
  const failures = await examineScenarios(pool, outcome.results, options.canary);
  await pool.close();
  rememberFailed(outcome.results);
  annotateResults(outcome.results, failures);
  const wallMs = performance.now() - startMs;
  if (options.junit !== null) writeJunit(options.junit, toJunit(outcome.results, failures));
  await print(outcome, failures, options, wallMs);
  const code = exitCodeOf(sumsOf(outcome.results), options);
  return interrupt.happened && code !== exitProblems ? exitInterrupted : code;
}
