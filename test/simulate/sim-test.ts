// Histories as vitest tests: `simTest('no request is lost', plans(), { properties: ['P08'], runs: 50 })`. What fails is
// shrunk and written down as a trace, and the test's message says how to go on.
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { judgedProperties, judgePlan, violationsOf } from '../../sim/history/campaign.ts';
import { judge } from '../../sim/history/judge.ts';
import type { Plan } from '../../sim/history/plan.ts';
import type { FoundViolation } from '../../sim/history/report.ts';
import { type RunSurroundings, runHistory } from '../../sim/history/run.ts';
import { shrinkAlone } from '../../sim/history/shrink/alone.ts';
import { findProperty } from '../../sim/properties/catalogue.ts';
import { writeTrace } from '../../sim/trace/write.ts';
import { buildIdentity } from '../../src/cli/simulate/build.ts';
import { readDefinitions } from '../../src/cli/simulate/definitions.ts';
import { traceName } from '../../src/cli/simulate/failing.ts';
import { writeTraceFile } from '../../src/cli/simulate/trace-files.ts';
import { productVersion } from '../../src/cli/version.ts';

export interface SimTestOptions {
  /** Ids or names; default: all. */
  readonly properties?: readonly string[];
  /** Histories of an arbitrary; a plan is one. */
  readonly runs?: number;
  readonly seed?: number;
  /** Properties whose premise must have held, so that the test says something. */
  readonly exercises?: readonly string[];
  readonly shrinkRunsMax?: number;
  /** Where traces go. */
  readonly traces?: string;
  readonly timeoutMs?: number;
}

const surroundings: RunSurroundings = { crds: readDefinitions() as RunSurroundings['crds'] };

function isPlan(source: Plan | fc.Arbitrary<Plan>): source is Plan {
  return 'timeline' in source;
}

/** What a person needs who sees the test fail. */
function explain(plan: Plan, violation: FoundViolation, label: string, options: SimTestOptions): string {
  const { property, signature, message } = violation;
  const known = findProperty(property);
  const shrunk = shrinkAlone(
    plan,
    violation,
    { runsMax: options.shrinkRunsMax ?? 100, isSafety: known?.type !== 'liveness' },
    (candidate) =>
      judgePlan(candidate, property, surroundings).violations.find(
        (found) => found.signature === signature,
      ) ?? null,
  );
  const head = {
    product: productVersion(),
    node: process.versions.node,
    build: buildIdentity(null),
    canary: null,
    promise: known?.promise ?? 'No exception is thrown.',
    origin: label,
    entriesBefore: plan.timeline.length,
    shrinkRuns: shrunk.runs,
  };
  const path = join(options.traces ?? '.tidegate/traces', `${traceName(property, label, null)}.jsonl.gz`);
  writeTraceFile(path, writeTrace(shrunk.plan, shrunk.violation, head, surroundings));
  return [
    `violated ${property}: ${known?.name ?? 'no exception is thrown'}`,
    `  ${message}`,
    `  ${label}: a plan of ${plan.timeline.length} entries, ${shrunk.plan.timeline.length} after shrinking (${shrunk.runs} runs)`,
    `  trace   ${path}`,
    `  replay  npx tidegate replay ${path}`,
  ].join('\n');
}

/** Runs and judges; throws with everything that helps. */
export function checkHistories(
  name: string,
  source: Plan | fc.Arbitrary<Plan>,
  options: SimTestOptions = {},
): void {
  const { seed = 1, runs = 20, exercises = [] } = options;
  const judged = judgedProperties(options.properties ?? null);
  const plans = isPlan(source) ? [source] : fc.sample(source, { seed, numRuns: runs });
  const held: Map<string, number> = new Map();
  for (const [index, plan] of plans.entries()) {
    const verdict = judge(runHistory(plan, surroundings), judged);
    for (const [id, count] of verdict.premises) held.set(id, (held.get(id) ?? 0) + count);
    const [violation] = violationsOf(verdict);
    const label = isPlan(source) ? name : `${name}, seed ${seed} number ${index}`;
    if (violation !== undefined) throw new Error(explain(plan, violation, label, options));
  }
  const vacuous = exercises.filter((id) => (held.get(id) ?? 0) === 0);
  if (vacuous.length > 0) throw new Error(`the premise of ${vacuous.join(', ')} did not hold once`);
}

export function simTest(name: string, source: Plan | fc.Arbitrary<Plan>, options: SimTestOptions = {}): void {
  test(name, { timeout: options.timeoutMs ?? 120_000 }, () => checkHistories(name, source, options));
}
