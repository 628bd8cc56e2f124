// `tidegate replay --explain`: runs variations of a failing plan and says what they show.
import type { Plan } from '../../../sim/history/plan.ts';
import type { Trace } from '../../../sim/trace/format.ts';
import type { Pool } from './pool.ts';

/** Entries whose times are looked at; requests in the end are the judges, not the causes. */
const timedEntriesMax = 4;
const reachMs = 2_048;
const causesMax = 12;

type Fails = (plan: Plan) => Promise<boolean>;

/** Largest shift towards `direction` that still fails, if failing is all of one piece: eleven runs. */
async function reach(fails: Fails, shift: (byMs: number) => Plan, direction: 1 | -1): Promise<number> {
  let reached = 0;
  for (let step = reachMs / 2; step >= 1; step /= 2)
    if (await fails(shift(direction * (reached + step)))) reached += step;
  return reached;
}

async function explainEntries({ plan }: Trace, fails: Fails): Promise<readonly string[]> {
  const { without, shifted } = await import('../../../sim/trace/explain.ts');
  const needed = await Promise.all(plan.timeline.map(async ({ id }) => !(await fails(without(plan, id)))));
  const lines = plan.timeline.map(({ id }, index) =>
    needed[index] ? `${id} is needed: without it nothing is violated` : `${id} is not needed`,
  );
  const timed = plan.timeline.filter((entry, index) => entry.do !== 'request' && needed[index]);
  for (const { id, atMs } of timed.slice(0, timedEntriesMax)) {
    const shift = (byMs: number): Plan => shifted(plan, id, byMs);
    const [earlier, later] = await Promise.all([reach(fails, shift, -1), reach(fails, shift, 1)]);
    const whole = (ms: number): string => (ms >= reachMs - 1 ? 'or more' : '');
    lines.push(
      `${id} fails from ${Math.max(0, atMs - earlier)} ms ${whole(earlier)} to ${atMs + later} ms ${whole(later)}`.trimEnd(),
    );
  }
  return lines;
}

export async function explain(pool: Pool, trace: Trace): Promise<readonly string[]> {
  const { causesOf, knowledgeOf, witnessRows } = await import('../../../sim/trace/explain.ts');
  const { property, signature } = trace.manifest;
  const fails: Fails = async (plan) => {
    const { violations } = await pool.run({ do: 'judge', plan, property });
    return violations.some((violation) => violation.signature === signature);
  };
  const section = (title: string, lines: readonly string[]): readonly string[] => [
    '',
    title,
    ...lines.map((line) => `  ${line}`),
  ];
  return [
    ...section('what the plan needs', await explainEntries(trace, fails)),
    ...section('what led there', witnessRows(trace)),
    ...section('who knew what', knowledgeOf(trace)),
    ...section('causes, the latest first', causesOf(trace, causesMax)),
  ];
}
