// What a person reads of scenarios that were run: a line for each, more for those that failed, and a sum.
import type { BackendName } from '../../../scenarios/runner/backend.ts';
import type { Comparison, Difference } from '../../../scenarios/runner/compare.ts';
import type { JudgedAlone } from '../../../scenarios/runner/judged-alone.ts';
import type { ScenarioResult, ScenarioRun, Verdict } from '../../../scenarios/runner/report.ts';
import type { ScenarioFailure } from './failures.ts';

const marks: Readonly<Record<Verdict, string>> = {
  ok: 'ok          ',
  violated: 'VIOLATED    ',
  inconclusive: 'inconclusive',
  unsupported: 'unsupported ',
};

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
const named = (count: string, one: string, many = `${one}s`): string =>
  `${count} ${count === '1' ? one : many}`;
const counted = (count: number, one: string, many = `${one}s`): string => named(grouped(count), one, many);

/** Slowest of the runs; '' where nothing was answered. */
function slowestOf({ runs }: ScenarioResult, of: (run: ScenarioRun) => number): string {
  const slowest = Math.max(...runs.map(of));
  return slowest < 0 ? '' : `${slowest.toFixed(0)} ms`;
}

const notJudgedBecause = (run: ScenarioRun | undefined): string =>
  run === undefined || run.backend === 'sim'
    ? 'sim, whose time is modelled'
    : `${run.backend}, where nobody takes down what it is about`;

/** The figures of a scenario, as text. */
export interface ScenarioRow {
  readonly runs: string;
  readonly properties: string;
  readonly requests: string;
  readonly p50: string;
  readonly p99: string;
  readonly changes: string;
  /** '1 of 2': those that met something. */
  readonly faults: string;
  /** Why the verdict is what it is, and what was not judged. */
  readonly remarks: readonly string[];
}

export function rowOf(result: ScenarioResult): ScenarioRow {
  const { runs, why } = result;
  const sum = (of: (run: ScenarioRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const notJudged = [...new Set(runs.flatMap((run) => run.notJudged))];
  return {
    runs: grouped(runs.length),
    properties: grouped(new Set(runs.flatMap((run) => run.judged)).size),
    requests: grouped(sum(({ requests }) => requests)),
    p50: slowestOf(result, ({ p50Ms }) => p50Ms),
    p99: slowestOf(result, ({ p99Ms }) => p99Ms),
    changes: grouped(sum(({ changes }) => changes)),
    faults: `${sum(({ faults }) => faults[0])} of ${grouped(sum(({ faults }) => faults[1]))}`,
    remarks: [
      ...(why === '' ? [] : [why]),
      ...(notJudged.length === 0
        ? []
        : [`not judged on ${notJudgedBecause(runs[0])}: ${notJudged.join('; ')}`]),
    ],
  };
}

export function formatResult(result: ScenarioResult): string {
  const { verdict, name, runs } = result;
  const row = rowOf(result);
  const [first] = runs;
  const parts = [
    named(row.runs, 'run'),
    named(row.properties, 'property', 'properties'),
    named(row.requests, 'request'),
    ...(row.p50 === '' ? [] : [`p50 ${row.p50}, p99 ${row.p99}`]),
    named(row.changes, 'change'),
    `${row.faults} ${row.faults.endsWith(' of 1') ? 'fault' : 'faults'} met`,
  ];
  const where = first === undefined || first.backend === 'sim' ? '' : `${first.backend}  `;
  return [
    `${marks[verdict]}  ${where}${name}  (${parts.join(', ')})`,
    ...row.remarks.map((remark) => `              ${remark}`),
    '',
  ].join('\n');
}

export function formatFailure(failure: ScenarioFailure): string {
  const { name, label, handle, property, propertyName, message, story, seed, backend } = failure;
  const set = label === '' ? '' : ` --set ${label.split(' ').join(' --set ')}`;
  const where = backend === 'sim' ? '' : `  on ${backend}`;
  return [
    `x ${name}${set}  ${handle}  seed ${seed}${where}`,
    `  ${property} ${propertyName}`,
    `  ${message.split('\n').slice(0, 6).join('\n  ')}`,
    ...story.map((line) => `  ${line}`),
    ...(failure.confirmed !== false
      ? []
      : ['  NOT CONFIRMED: the same plan did not become the same run; this is a defect of the simulator']),
    ...(failure.cause === '' ? [] : [`  cause   ${failure.cause}`]),
    ...(failure.shrunk === '' ? [] : [`  shrunk  ${failure.shrunk}`]),
    `  rerun   ${failure.rerun}`,
    `  replay  ${failure.replay}`,
    `  view    ${failure.view}`,
    '',
  ].join('\n');
}

export interface Sums {
  readonly scenarios: number;
  readonly ok: number;
  readonly violated: number;
  readonly inconclusive: number;
  readonly unsupported: number;
  readonly runs: number;
  readonly requests: number;
  readonly simulatedSeconds: number;
  readonly properties: number;
}

export function sumsOf(results: readonly ScenarioResult[]): Sums {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const runs = results.flatMap((result) => result.runs);
  return {
    scenarios: results.length,
    ok: count('ok'),
    violated: count('violated'),
    inconclusive: count('inconclusive'),
    unsupported: count('unsupported'),
    runs: runs.length,
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    simulatedSeconds: Math.round(runs.reduce((sum, { simulatedMs }) => sum + simulatedMs, 0) / 1000),
    properties: new Set(runs.flatMap(({ judged }) => judged)).size,
  };
}

export function formatSums(sums: Sums, wallSeconds: number, backend: BackendName = 'sim'): string {
  const { scenarios, ok, violated, inconclusive, unsupported, runs, requests, simulatedSeconds, properties } =
    sums;
  return (
    `${counted(scenarios, 'scenario')} on ${backend}: ${ok} ok, ${violated} violated, ${inconclusive} inconclusive, ${unsupported} unsupported; ` +
    `${counted(runs, 'run')}, ${counted(requests, 'request')}, ${grouped(simulatedSeconds)} ${backend === 'sim' ? 'simulated seconds' : 'seconds of worlds'}, ` +
    `${properties} properties judged, in ${wallSeconds.toFixed(0)} s\n`
  );
}

/** Of runs that the machine's load left undecided. */
export const formatRepeated = (repeated: number): string =>
  `${counted(repeated, 'run')} ${repeated === 1 ? 'was' : 'were'} undecided beside others and ran again, one at a time\n`;

/** Of cases of which one backend judged what the other did not. */
export const formatSecondLook = (runs: number): string =>
  `one backend judged what the other did not: ${counted(runs, 'further run')} on sim to tell whether by chance\n`;

/** Property, what it promises, and how many scenarios and runs could have violated it. */
export function formatJudged(
  results: readonly ScenarioResult[],
  properties: readonly { readonly id: string; readonly name: string }[],
): string {
  const rows = properties.map(({ id, name }) => {
    const scenarios = results.filter(({ runs }) => runs.some(({ judged }) => judged.includes(id))).length;
    const runs = results.flatMap((result) => result.runs).filter(({ judged }) => judged.includes(id)).length;
    return `${id.padEnd(4)}  ${String(scenarios).padStart(9)}  ${String(runs).padStart(5)}  ${name}`;
  });
  return `${['id    scenarios   runs  property', ...rows].join('\n')}\n`;
}

/** 'P10 on sim alone, 5 of 5 runs' */
const formatAlone = ({ property, backend, met, runs }: JudgedAlone): string =>
  `${property} on ${backend} alone, ${met} of ${counted(runs, 'run')}`;

function formatDifference(
  { name, verdicts, alone }: Difference,
  [first, second]: Comparison['backends'],
): string {
  const chance = alone.filter(({ mayBeChance }) => mayBeChance);
  const judged = alone.filter(({ mayBeChance }) => !mayBeChance);
  const parts = [
    ...(verdicts[0] === 'ok' && verdicts[1] === 'ok'
      ? []
      : [`${verdicts[0]} on ${first}, ${verdicts[1]} on ${second}`]),
    ...(judged.length === 0 ? [] : [`judged ${judged.map(formatAlone).join(', ')}`]),
    ...(chance.length === 0 ? [] : [`perhaps by chance judged ${chance.map(formatAlone).join(', ')}`]),
  ];
  return `  ${name}: ${parts.join('; ')}`;
}

export function formatComparison(comparison: Comparison): string {
  const { backends, unseen, compared, unsupported, undecided, verdictDifferences, judgedDifferences } =
    comparison;
  return [
    `${backends.join(' and ')}: ${counted(compared, 'scenario')} compared, ${verdictDifferences} with another verdict, ` +
      `${judgedDifferences} with other properties judged, ${undecided} undecided; ${unsupported} not on both`,
    ...unseen.map(
      ({ property, backend, parts }) =>
        `  ${property} is not judged on ${backend}: nobody takes down ${parts}`,
    ),
    ...comparison.differences.map((one) => formatDifference(one, backends)),
    '',
  ].join('\n');
}
