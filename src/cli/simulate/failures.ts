// What a campaign does with the violations that it met: one trace for each defect, with what a person needs to go on.

import { join } from 'node:path';
import type { Plan } from '../../../sim/history/plan.ts';
import type { FoundViolation, HistoryReport } from '../../../sim/history/report.ts';
import type { Shrunk } from '../../../sim/history/shrink/shrink.ts';
import { writeOutput } from '../output-file.ts';
import { isConfirmed, shrinkPlan, traceName, writeTraceOf } from './failing.ts';
import type { SimulateOptions } from './options.ts';
import type { Pool } from './pool.ts';
import type { Failure } from './summary.ts';

/** Defects that one campaign shrinks; the others wait for the next. */
const failuresMax = 5;

interface Met {
  readonly report: HistoryReport;
  readonly plan: Plan;
  readonly violation: FoundViolation;
}

/** The first history of each signature. */
function distinct(reports: readonly HistoryReport[]): readonly Met[] {
  const seen = new Set<string>();
  return reports.flatMap((report) =>
    report.violations
      .filter(({ signature }) => !seen.has(signature) && seen.add(signature))
      .map((violation) => ({ report, plan: report.plan!, violation })),
  );
}

function showShrinking(runs: number, entries: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kshrinking: ${entries} entries after ${runs} runs`);
}

/** A plan as the corpus keeps it: what it once violated, and what is expected of it now is nothing. */
export function savePlan(folder: string, name: string, { plan, violation }: Shrunk, origin: string): string {
  const path = join(folder, `${name}.json`);
  const { property, message } = violation;
  writeOutput(path, `${JSON.stringify({ origin, property, message, plan }, null, 1)}\n`);
  return path;
}

async function examine(pool: Pool, met: Met, options: SimulateOptions): Promise<Failure> {
  const { report, plan, violation } = met;
  const { property, message } = violation;
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  const confirmed = await isConfirmed(pool, plan, violation, report.hash);
  const shrunk: Shrunk = confirmed
    ? await shrinkPlan(pool, plan, violation, showShrinking)
    : { plan, violation, runs: 0 };
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const name = traceName(property, report.label, options.canary);
  const trace = join(options.traces, `${name}.jsonl.gz`);
  const entries = plan.timeline.length;
  const origin = {
    label: report.label,
    entriesBefore: entries,
    shrinkRuns: shrunk.runs,
    canary: options.canary,
  };
  const replay = await writeTraceOf(pool, shrunk, origin, trace);
  if (options.save !== null) savePlan(options.save, name, shrunk, report.label);
  return {
    property,
    name: findProperty(property)?.name ?? 'no exception is thrown',
    message,
    label: report.label,
    confirmed,
    entries,
    shrunkEntries: shrunk.plan.timeline.length,
    shrinkRuns: shrunk.runs,
    trace,
    replay,
  };
}

export async function examineFailures(
  pool: Pool,
  reports: readonly HistoryReport[],
  options: SimulateOptions,
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const met of distinct(reports).slice(0, failuresMax)) failures.push(await examine(pool, met, options));
  return failures;
}
