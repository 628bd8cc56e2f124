// What is done with a failing plan: confirmed in another thread, shrunk, and written down as a trace.
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import type { FoundViolation } from '../../../sim/history/report.ts';
import type { Answer } from '../../../sim/history/shrink/search.ts';
import type { Shrunk } from '../../../sim/history/shrink/shrink.ts';
import type { ManifestHead } from '../../../sim/trace/write.ts';
import { productVersion } from '../version.ts';
import { buildIdentity } from './build.ts';
import type { Pool } from './pool.ts';
import { writeTraceFile } from './trace-files.ts';

/** Plans that one shrinking runs at most. */
export const shrinkRunsMax = 200;

/** The first of the alternatives, in their order, that fails as `wanted` does; as many at once as there are threads. */
async function firstFailing(
  pool: Pool,
  alternatives: readonly Plan[],
  wanted: FoundViolation,
): Promise<Answer | null> {
  const { property, signature } = wanted;
  const running: Promise<FoundViolation | null>[] = [];
  const judge = async (plan: Plan): Promise<FoundViolation | null> => {
    const { violations } = await pool.run({ do: 'judge', plan, property });
    return violations.find((violation) => violation.signature === signature) ?? null;
  };
  for (const [index] of alternatives.entries()) {
    while (running.length < alternatives.length && running.length < index + pool.jobs) {
      const next = judge(alternatives[running.length]!);
      next.catch(() => undefined);
      running.push(next);
    }
    const violation = await running[index]!;
    if (violation !== null) return { index, violation };
  }
  return null;
}

export async function shrinkPlan(
  pool: Pool,
  plan: Plan,
  violation: FoundViolation,
  onRun: (runs: number, entries: number) => void,
): Promise<Shrunk> {
  const { shrink } = await import('../../../sim/history/shrink/shrink.ts');
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  const isSafety = findProperty(violation.property)?.type !== 'liveness';
  const search = shrink(plan, violation, { runsMax: shrinkRunsMax, isSafety });
  let runs = 0;
  let { length: entries } = plan.timeline;
  let step = search.next();
  while (!step.done) {
    const alternatives = step.value;
    const answer = await firstFailing(pool, alternatives, violation);
    runs += answer === null ? alternatives.length : answer.index + 1;
    if (answer !== null) entries = alternatives[answer.index]!.timeline.length;
    onRun(runs, entries);
    step = search.next(answer);
  }
  return step.value;
}

/** True when the plan fails in the same way, as the same run, in whichever thread is free. */
export async function isConfirmed(
  pool: Pool,
  plan: Plan,
  violation: FoundViolation,
  hash: string,
): Promise<boolean> {
  const again = await pool.run({ do: 'judge', plan, property: violation.property });
  return again.hash === hash && again.violations.some(({ signature }) => signature === violation.signature);
}

export interface TraceOrigin {
  readonly label: string;
  readonly entriesBefore: number;
  readonly shrinkRuns: number;
  readonly canary: Canary | null;
}

/** Writes what stands at the beginning of a trace about a property. */
export async function headWriter(): Promise<(property: string, origin: TraceOrigin) => ManifestHead> {
  const { findProperty } = await import('../../../sim/properties/catalogue.ts');
  return (property, { label, entriesBefore, shrinkRuns, canary }) => ({
    product: productVersion(),
    node: process.versions.node,
    build: buildIdentity(canary),
    canary: canary?.name ?? null,
    promise: findProperty(property)?.promise ?? 'No exception is thrown.',
    origin: label,
    entriesBefore,
    shrinkRuns,
  });
}

/** Writes the trace and answers the line that replays it. */
export async function writeTraceOf(
  pool: Pool,
  { plan, violation }: Pick<Shrunk, 'plan' | 'violation'>,
  origin: TraceOrigin,
  path: string,
): Promise<string> {
  const headOf = await headWriter();
  const head = headOf(violation.property, origin);
  writeTraceFile(path, await pool.run({ do: 'trace', plan, violation, head }));
  const option = origin.canary === null ? '' : ` --canary ${origin.canary.name}`;
  return `npx tidegate replay ${path}${option}`;
}

/** 'P12-seed-1-index-12', with the canary where there is one. */
export function traceName(property: string, label: string, canary: Canary | null): string {
  const parts = [property, ...(canary === null ? [] : [canary.name]), label];
  return parts.join('-').replace(/[^A-Za-z0-9.]+/g, '-');
}
