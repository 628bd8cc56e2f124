// `tidegate simulate --on local`: the plans of the same seed, against real processes. What they cannot have is left out and said;
// the rest is judged by the same properties.
import { join } from 'node:path';
import type { HistoryReport } from '../../../sim/history/report.ts';
import { exitInconclusive, exitOk, exitProblems } from '../exit-codes.ts';
import { readDefinitions } from './definitions.ts';
import { traceName } from './failing.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { SimulateOptions } from './options.ts';
import { createPool } from './pool.ts';
import type { HostAnswer } from './task.ts';
import { writeTraceFile } from './trace-files.ts';

interface LiveFailure {
  readonly property: string;
  readonly message: string;
  readonly label: string;
  readonly trace: string;
  readonly replay: string;
}

interface LiveSummary {
  readonly backend: 'local';
  readonly verdict: 'ok' | 'violated' | 'inconclusive';
  readonly seed: number;
  readonly histories: number;
  readonly violated: number;
  /** Histories that might be violated, or not: where and why. */
  readonly undecided: readonly string[];
  readonly requests: number;
  readonly seconds: number;
  readonly faultsMet: number;
  /** Entries and figures that were left out, by why. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Ids of properties that some history could have violated. */
  readonly judged: readonly string[];
  readonly unjudged: readonly (readonly [property: string, part: string])[];
  readonly failures: readonly LiveFailure[];
  readonly wallMs: number;
}

/** Those that are asked for, or all. */
function isAsked({ campaign: { properties } }: SimulateOptions, property: string): boolean {
  return properties === null || properties.includes(property);
}

function failuresOf({ report, trace }: HostAnswer, options: SimulateOptions): readonly LiveFailure[] {
  const [violation] = report.violations.filter(({ property }) => isAsked(options, property));
  if (violation === undefined || trace === null) return [];
  const { property, message } = violation;
  const name = traceName(property, `${report.label} local`, options.canary);
  const path = join(options.traces, `${name}.jsonl.gz`);
  writeTraceFile(path, trace);
  const canary = options.canary === null ? '' : ` --canary ${options.canary.name}`;
  const replay = `npx tidegate replay ${path} --on local --repeat 5${canary}`;
  return [{ property, message, label: report.label, trace: path, replay }];
}

function countReasons(answers: readonly HostAnswer[]): Readonly<Record<string, number>> {
  const counts: Map<string, number> = new Map();
  for (const { leftOut } of answers)
    for (const text of leftOut) {
      const match = /^(\d+) times (.*)$/.exec(text);
      const [count, reason] = match === null ? [1, text] : [Number(match[1]), match[2]!];
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function summarize(
  answers: readonly HostAnswer[],
  failures: readonly LiveFailure[],
  { campaign }: SimulateOptions,
  wallMs: number,
): LiveSummary {
  const reports: readonly HistoryReport[] = answers.map(({ report }) => report);
  const sum = (of: (report: HistoryReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const judged = new Set(
    reports.flatMap(({ premises }) => premises.filter(([, held]) => held > 0).map(([id]) => id)),
  );
  const undecided = answers
    .filter(({ report, undecided: why }) => why !== '' && report.violations.length === 0)
    .map(({ report, undecided: why }) => `${report.label}: ${why}`);
  return {
    backend: 'local',
    verdict: failures.length > 0 ? 'violated' : undecided.length > 0 ? 'inconclusive' : 'ok',
    seed: campaign.seed,
    histories: reports.length,
    violated: failures.length,
    undecided,
    requests: sum(({ requests }) => requests),
    seconds: Math.round(sum(({ simulatedMs }) => simulatedMs) / 1000),
    faultsMet: sum(({ faults }) => faults.filter(([, hits]) => hits > 0).length),
    leftOut: countReasons(answers),
    judged: [...judged].sort(),
    unjudged: answers[0]?.unjudged ?? [],
    failures,
    wallMs: Math.round(wallMs),
  };
}

function format(summary: LiveSummary): string {
  const { histories, seed, violated, requests, seconds, faultsMet, judged, unjudged, leftOut } = summary;
  return [
    ...summary.failures.flatMap(({ property, message, label, trace, replay }) => [
      `VIOLATED ${property}: ${message.split('\n', 1)[0]}`,
      `  ${label}`,
      `  trace   ${trace}`,
      `  replay  ${replay}`,
    ]),
    ...summary.undecided.map((line) => `undecided ${line}`),
    ...Object.entries(leftOut).map(([reason, count]) => `left out ${count} times: ${reason}`),
    ...unjudged.map(([property, part]) => `not judged: ${property}, which needs ${part}`),
    `${summary.verdict}: ${histories} histories of seed ${seed} on local, ${violated} violated, ${summary.undecided.length} undecided; ${requests} requests, ` +
      `${seconds} seconds, ${faultsMet} faults met something, ${judged.length} properties could have been violated, ` +
      `in ${Math.round(summary.wallMs / 1000)} s`,
    '',
  ].join('\n');
}

export async function simulateOnLocal(options: SimulateOptions): Promise<number> {
  const { planAt } = await import('../../../sim/history/generate/plan-at.ts');
  const { seed, faults, manifests } = options.campaign;
  const startMs = performance.now();
  const untilMs = options.seconds === null ? Number.POSITIVE_INFINITY : startMs + options.seconds * 1000;
  const pool = createPool({
    jobs: options.jobs,
    crds: readDefinitions(),
    canary: options.canary,
    scenarios: 'local',
  });
  const interrupt = listenForInterrupt(() => pool.interrupt());
  process.stderr.write(`seed ${seed} on local, ${options.jobs} worlds side by side\n`);
  const answers: HostAnswer[] = [];
  const failures: LiveFailure[] = [];
  let next = 0;
  const isOver = (): boolean =>
    interrupt.happened ||
    next >= (options.runs ?? Number.POSITIVE_INFINITY) ||
    performance.now() >= untilMs ||
    (failures.length > 0 && !options.keepsGoing);
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const unit = next++;
      const source = { ...(faults === null ? {} : { faults }), ...(manifests === null ? {} : { manifests }) };
      const label = `seed ${seed} index ${unit}`;
      const answer = await pool.run({ do: 'host', plan: planAt(seed, unit, source), label });
      if (answer === null) return;
      answers.push(answer);
      failures.push(...failuresOf(answer, options));
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${answers.length} histories`);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  interrupt.endListening();
  await pool.close();
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const summary = summarize(answers, failures, options, performance.now() - startMs);
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : format(summary));
  if (summary.verdict === 'violated') return exitProblems;
  if (interrupt.happened) return interrupt.exitCode;
  return summary.verdict === 'inconclusive' ? exitInconclusive : exitOk;
}
