// `tidegate scenario run`: scenarios in virtual time, each case and seed a run of its own, over all cores.
import type { Complaint } from '../../../scenarios/language/reading.ts';
import type { Comparison } from '../../../scenarios/runner/compare.ts';
import type { ScenarioResult } from '../../../scenarios/runner/report.ts';
import type { CommandInput } from '../command.ts';
import { exitEnvironment, exitInconclusive, exitOk, exitProblems } from '../exit-codes.ts';
import { clusterWords, openClusterPool } from '../k3s/run-on.ts';
import { demandWritable, writeOutput } from '../output-file.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import { listenForInterrupt } from '../simulate/interrupt.ts';
import { createPool, type Pool } from '../simulate/pool.ts';
import { productVersion } from '../version.ts';
import { type AnnotationPlace, annotate } from './annotations.ts';
import { examineScenarios, type ScenarioFailure } from './failures.ts';
import { toHtml } from './html.ts';
import { toJunit } from './junit.ts';
import { isRemembered, readLastFailed, rememberFailed } from './last-failed.ts';
import {
  formatComparison,
  formatFailure,
  formatJudged,
  formatRepeated,
  formatResult,
  formatSecondLook,
  formatSums,
  type Sums,
  sumsOf,
} from './lines.ts';
import { keepLiveFailures } from './live-failures.ts';
import { jobsOn, parseScenarioOptions, type RunnableBackend, type ScenarioOptions } from './options.ts';
import { type Job, runAll } from './run-all.ts';
import { secondLook } from './second-look.ts';
import { refuseComplaints, type Selected, selectScenarios } from './selection.ts';
import { runAtChanges } from './watch.ts';

const labelOf = ({ selected, index }: Job): string => selected.parsed.cases[index]!.label;

function jobsOf(selected: readonly Selected[], options: ScenarioOptions): readonly Job[] {
  const all = selected.flatMap((one) =>
    one.parsed.cases.flatMap((_, index) => options.seeds.map((seed) => ({ selected: one, index, seed }))),
  );
  if (!options.lastFailed) return all;
  const failed = readLastFailed();
  return all.filter((job) => isRemembered(failed, { file: job.selected.file.file, label: labelOf(job) }));
}

/** For whom sees no scenario end: a line for each tenth where nobody can watch a line change. */
function showProgress(done: number, all: number, prints: boolean, backend: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${all} runs on ${backend}`);
  else if (prints && Math.floor((done * 10) / all) > Math.floor(((done - 1) * 10) / all))
    process.stderr.write(`${done} of ${all} runs on ${backend}\n`);
}

interface Outcome {
  readonly backend: RunnableBackend;
  readonly results: readonly ScenarioResult[];
  readonly complaints: readonly Complaint[];
  readonly failures: readonly ScenarioFailure[];
  readonly wallMs: number;
}

interface Whole {
  readonly outcomes: readonly Outcome[];
  /** The second look at cases that only one backend judges. */
  readonly again: readonly Outcome[];
  readonly comparisons: readonly Comparison[];
}

/** At the line of a manifest where that is the cause, else at the scenario. */
function placeOf(scenario: string, name: string, property: string, cause: string): AnnotationPlace {
  const manifest = /^MANIFEST (\S+):(\d+),/.exec(cause);
  const [file, line] = manifest === null ? [scenario, 1] : [manifest[1]!, Number(manifest[2])];
  return { file, line, column: 1, title: `${name} (${property})` };
}

function annotateResults(results: readonly ScenarioResult[], failures: readonly ScenarioFailure[]): void {
  for (const { file, name, property, message, rerun, cause } of failures)
    annotate('error', placeOf(file, name, property, cause), [message, cause, rerun].join('\n'));
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

function list(selected: readonly Selected[], isJson: boolean): number {
  if (isJson) {
    const listed = selected.map(({ file, parsed: { name, promise, cases } }) => {
      return { file: file.file, name, promise, cases: cases.map(({ label }) => label) };
    });
    process.stdout.write(`${JSON.stringify({ scenarios: listed })}\n`);
    return exitOk;
  }
  for (const { file, parsed } of selected) {
    const { name, promise, cases } = parsed;
    process.stdout.write(`${file.file}  ${name}\n    ${promise}\n`);
    for (const { label } of cases) if (label !== '') process.stdout.write(`    ${label}\n`);
  }
  return exitOk;
}

const plain = (results: readonly ScenarioResult[]): readonly unknown[] =>
  results.map((result) => ({ ...result, runs: result.runs.map(({ plan: _, ...run }) => run) }));

const asJson = ({ backend, results, failures, wallMs }: Outcome): object => ({
  backend,
  sums: sumsOf(results),
  scenarios: plain(results),
  failures,
  wallMs: Math.round(wallMs),
});

function printJson({ outcomes, again, comparisons }: Whole): void {
  const [first, ...others] = outcomes.map(asJson);
  const compared = { backends: [first, ...others], again: again.map(asJson), comparisons };
  process.stdout.write(`${JSON.stringify(others.length === 0 ? first : compared)}\n`);
}

async function print(whole: Whole, { json, showsJudged }: ScenarioOptions): Promise<void> {
  if (json) return printJson(whole);
  const { outcomes, again, comparisons } = whole;
  const { properties } = await import('../../../sim/properties/catalogue.ts');
  for (const { failures } of [...outcomes, ...again])
    for (const failure of failures) process.stdout.write(`\n${formatFailure(failure)}`);
  if (showsJudged)
    for (const { backend, results } of outcomes)
      process.stdout.write(`\njudged on ${backend}\n${formatJudged(results, properties)}`);
  for (const { results, wallMs, backend } of outcomes)
    process.stdout.write(formatSums(sumsOf(results), wallMs / 1000, backend));
  for (const { results, wallMs, backend } of again)
    process.stdout.write(`once more: ${formatSums(sumsOf(results), wallMs / 1000, backend)}`);
  for (const comparison of comparisons) process.stdout.write(formatComparison(comparison));
}

async function runOn(
  input: CommandInput,
  backend: RunnableBackend,
  jobs: readonly Job[],
  options: ScenarioOptions,
  interrupt: { readonly happened: boolean },
  onPool: (pool: Pool) => void,
): Promise<Outcome> {
  const startMs = performance.now();
  const threads = Math.min(jobsOn(backend, options), jobs.length);
  const pool =
    backend === 'k3s'
      ? await openClusterPool(input, threads)
      : createPool({ jobs: threads, crds: readDefinitions(), canary: options.canary, scenarios: backend });
  onPool(pool);
  const tell = (result: ScenarioResult): void => {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    if (!options.json) process.stdout.write(formatResult(result));
  };
  const showDone = (done: number, all: number): void => showProgress(done, all, options.json, backend);
  try {
    const { results, complaints, traces, repeated } = await runAll(
      pool,
      jobs,
      () => interrupt.happened,
      showDone,
      tell,
    );
    if (repeated > 0) process.stderr.write(formatRepeated(repeated));
    if (complaints.length > 0) return { backend, results, complaints, failures: [], wallMs: 0 };
    const failures =
      backend === 'sim'
        ? await examineScenarios(pool, results, options.canary)
        : await keepLiveFailures(
            results,
            traces,
            options.canary,
            backend === 'k3s' ? clusterWords(input) : '',
          );
    return { backend, results, complaints, failures, wallMs: performance.now() - startMs };
  } finally {
    await pool.close();
  }
}

async function compareAll(
  outcomes: readonly Outcome[],
  again: readonly Outcome[],
): Promise<readonly Comparison[]> {
  const { compareResults } = await import('../../../scenarios/runner/compare.ts');
  const [first, ...others] = outcomes;
  const further = again.flatMap(({ results }) => results.flatMap(({ runs }) => runs));
  return others.map((other) =>
    compareResults([first!.backend, other.backend], first!.results, other.results, further),
  );
}

/** The worst of all backends; scenarios that go differently on two of them are a violation of what the fast one is for. */
function codeOf(
  outcomes: readonly Outcome[],
  comparisons: readonly Comparison[],
  options: ScenarioOptions,
): number {
  const codes = outcomes.map(({ results }) => exitCodeOf(sumsOf(results), options));
  const differs = comparisons.some(({ verdictDifferences }) => verdictDifferences > 0);
  if (differs || codes.includes(exitProblems)) return exitProblems;
  return codes.find((code) => code !== exitOk) ?? exitOk;
}

export function runScenarios(input: CommandInput, given: readonly string[]): Promise<number> {
  const paths = given.length === 0 ? ['scenarios'] : given;
  if (input.options['watch'] !== true) return runOnce(input, paths);
  return runAtChanges(paths, () => runOnce(input, paths));
}

async function runOnce(input: CommandInput, paths: readonly string[]): Promise<number> {
  const options = await parseScenarioOptions(input, paths);
  const selected = await selectScenarios(options.paths, options.filter, options.settings);
  if (options.lists) return list(selected, options.json);
  const jobs = jobsOf(selected, options);
  if (jobs.length === 0) {
    process.stderr.write(
      options.lastFailed ? 'nothing of this failed the last time\n' : 'no scenario is chosen\n',
    );
    return exitInconclusive;
  }
  for (const file of [options.junit, options.html]) if (file !== null) demandWritable(file);
  let running: Pool | null = null;
  const interrupt = listenForInterrupt(() => running?.interrupt());
  const outcomes: Outcome[] = [];
  const again: Outcome[] = [];
  const runEach = async (
    backend: RunnableBackend,
    chosen: readonly Job[],
    into: Outcome[],
  ): Promise<void> => {
    if (interrupt.happened) return;
    const outcome = await runOn(input, backend, chosen, options, interrupt, (pool) => {
      running = pool;
    });
    await refuseComplaints(outcome.complaints);
    into.push(outcome);
  };
  for (const backend of options.backends) await runEach(backend, jobs, outcomes);
  const doubtful = interrupt.happened ? [] : await secondLook(outcomes, jobs);
  if (doubtful.length > 0) {
    process.stderr.write(formatSecondLook(doubtful.length));
    await runEach('sim', doubtful, again);
  }
  interrupt.endListening();
  const results = [...outcomes, ...again].flatMap((outcome) => outcome.results);
  const failures = [...outcomes, ...again].flatMap((outcome) => outcome.failures);
  rememberFailed(results);
  annotateResults(results, failures);
  const comparisons = await compareAll(outcomes, again);
  if (options.html !== null)
    writeOutput(options.html, toHtml([...outcomes, ...again], comparisons, productVersion()));
  await print({ outcomes, again, comparisons }, options);
  if (options.junit !== null) writeOutput(options.junit, toJunit(results, failures));
  const code = codeOf([...outcomes, ...again], comparisons, options);
  return interrupt.happened && code !== exitProblems ? interrupt.exitCode : code;
}
