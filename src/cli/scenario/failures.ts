// What is done with a scenario that failed: confirmed, shrunk, written as a trace and as a page, and told in a few lines.

import { join } from 'node:path';
import type { BackendName } from '../../../scenarios/runner/backend.ts';
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import type { FoundViolation } from '../../../sim/history/report.ts';
import type { Shrunk } from '../../../sim/history/shrink/shrink.ts';
import { sha256Hex } from '../../base/hash.ts';
import { writeOutput } from '../output-file.ts';
import { isConfirmed, shrinkPlan, writeTraceOf } from '../simulate/failing.ts';
import type { Pool } from '../simulate/pool.ts';
import { failuresFolder, readTraceFile } from '../simulate/trace-files.ts';
import { causeOf } from './cause.ts';

/** Failures that one command shrinks; the others wait for the next. */
export const failuresMax = 8;
export const storyLinesMax = 10;

export interface ScenarioFailure {
  readonly backend: BackendName;
  readonly file: string;
  readonly name: string;
  readonly label: string;
  readonly seed: number;
  /** A few digits that `replay` knows the trace by. */
  readonly handle: string;
  readonly property: string;
  readonly propertyName: string;
  readonly message: string;
  /** Numbered lines of what led there. */
  readonly story: readonly string[];
  /** null where the same plan need not become the same run. */
  readonly confirmed: boolean | null;
  /** Whose doing it is; '' where nobody can say. */
  readonly cause: string;
  /** '' where nothing was shrunk. */
  readonly shrunk: string;
  readonly trace: string;
  readonly replay: string;
  readonly rerun: string;
  readonly view: string;
}

interface Met {
  readonly run: ScenarioRun;
  readonly violation: FoundViolation;
}

/** Of each scenario the first run of each defect. */
function distinct(results: readonly ScenarioResult[]): readonly Met[] {
  return results.flatMap(({ runs }) => {
    const seen = new Set<string>();
    return runs.flatMap((run) =>
      run.violations
        .filter(({ signature }) => !seen.has(signature) && seen.add(signature))
        .map((violation) => ({ run, violation })),
    );
  });
}

const countOf = ({ timeline }: Plan, kind: 'fault' | 'request'): number =>
  timeline.filter((entry) => entry.do === kind).length;

function describeShrinking(before: Plan, { plan, runs }: Shrunk): string {
  const part = (kind: 'fault' | 'request'): string =>
    `${countOf(before, kind)} -> ${countOf(plan, kind)} ${kind}s`;
  return `${part('request')}, ${part('fault')}, after ${runs} runs`;
}

/** `npx tidegate scenario run FILE --set a=b --seeds 7`. */
export function rerunLine({ file, label, seed, backend }: ScenarioRun, canary: Canary | null): string {
  const set = label === '' ? '' : ` --set ${label.split(' ').join(' --set ')}`;
  const on = backend === 'sim' ? '' : ` --on ${backend}`;
  return `npx tidegate scenario run ${file}${set} --seeds ${seed}${on}${canary === null ? '' : ` --canary ${canary.name}`}`;
}

function showShrinking(runs: number, entries: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kshrinking: ${entries} entries after ${runs} runs`);
}

async function examine(pool: Pool, { run, violation }: Met, canary: Canary | null): Promise<ScenarioFailure> {
  const { property, message } = violation;
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  const { witnessRows } = await import('../../../sim/trace/explain.ts');
  const { toPage } = await import('../../../sim/trace/view/page.ts');
  const plan = run.plan!;
  const confirmed = await isConfirmed(pool, plan, violation, run.hash);
  const shrunk: Shrunk = confirmed
    ? await shrinkPlan(pool, plan, violation, showShrinking)
    : { plan, violation, runs: 0 };
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const handle = sha256Hex(`${property} ${JSON.stringify(shrunk.plan)}`).slice(0, 8);
  const trace = join(failuresFolder, `${handle}.jsonl.gz`);
  const label = `${run.file}${run.label === '' ? '' : ` ${run.label}`} seed ${run.seed}`;
  const origin = { label, entriesBefore: plan.timeline.length, shrinkRuns: shrunk.runs, canary };
  await writeTraceOf(pool, shrunk, origin, trace);
  const read = await readTraceFile(trace);
  const view = join(failuresFolder, `${handle}.html`);
  writeOutput(view, toPage(read));
  const rows = witnessRows(read).slice(-storyLinesMax);
  return {
    backend: run.backend,
    file: run.file,
    name: run.name,
    label: run.label,
    seed: run.seed,
    handle,
    property,
    propertyName: findProperty(property)?.name ?? 'no exception is thrown',
    message,
    story: rows.map((row, index) => `${String(index + 1).padStart(2)}  ${row}`),
    confirmed,
    cause: await causeOf(pool, run, property),
    shrunk: describeShrinking(plan, shrunk),
    trace,
    replay: `npx tidegate replay ${handle}${canary === null ? '' : ` --canary ${canary.name}`}`,
    rerun: rerunLine(run, canary),
    view,
  };
}

export async function examineScenarios(
  pool: Pool,
  results: readonly ScenarioResult[],
  canary: Canary | null,
): Promise<readonly ScenarioFailure[]> {
  const failures: ScenarioFailure[] = [];
  for (const met of distinct(results).slice(0, failuresMax)) failures.push(await examine(pool, met, canary));
  return failures;
}
