// What a run left behind, told in the time in which the machine let processes run: the same things in the same order, without
// the time that went by while they waited for a core. What is late only by the clock on the wall is in time there.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import type { Collected } from '../backend.ts';

/** Fields of the evidence that are moments; -1 in them is none. What else ends in Us is a length. */
const moments: ReadonlySet<string> = new Set([
  'sentUs',
  'doneUs',
  'connectedUs',
  'atUs',
  'headUs',
  'endUs',
  'heardUs',
  'wholeUs',
  'goneUs',
  'askedUs',
  'toldUs',
  'fromUs',
  'toUs',
]);

type Told = (us: number) => number;

function inTime<R extends object>(record: R, told: Told): R {
  const changed: Record<string, number> = {};
  for (const [name, value] of Object.entries(record))
    if (moments.has(name) && value > 0) changed[name] = told(value as number);
  return { ...record, ...changed };
}

/** When all had started stays as it was, which is later there: starting is what takes cores most. */
export function onMachineTime(collected: Collected, told: Told): Collected {
  const { evidence, plan, endUs } = collected;
  const { sometimes, ...lists } = evidence;
  const parts = Object.entries(lists).map(([part, records]) => [
    part,
    (records as readonly object[]).map((record) => inTime(record, told)),
  ]);
  return {
    ...collected,
    evidence: { ...Object.fromEntries(parts), sometimes } as Evidence,
    plan: { ...plan, healMs: told(plan.healMs * 1000) / 1000 },
    endUs: told(endUs),
  };
}
