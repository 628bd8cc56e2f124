// The differential oracle: histories that must come to the same are run, and what they came to is compared. It needs no
// word about what is right, and so finds what no property thought of.
import {
  crashCostsTime,
  mistakesLeaveNothing,
  sameFromScratch,
  unseenStates,
} from '../properties/compared.ts';
import type { Judgement, Property, Violation } from '../properties/property.ts';
import { compareCrash } from './crash-comparison.ts';
import { scratchPlan, spoiltPlan } from './detours.ts';
import { isRolledOut } from './early-end.ts';
import type { Verdict } from './judge.ts';
import { compareOutcomes, outcomeOf } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { History } from './run.ts';

export interface Comparison {
  readonly property: Property;
  /** Plans to run beside the history; none: it has nothing to be compared with. */
  derive(history: History): readonly Plan[];
  /** `others`: histories of those plans, in their order. */
  judge(history: History, others: readonly History[]): Judgement;
}

/** Nothing goes on any more, so that it can be said what a history came to. */
function isOver({ objects, exception }: History): boolean {
  return exception === null && (objects.get('deployments.apps') ?? []).every(isRolledOut);
}

function compareAll(histories: readonly History[], what: string): Judgement {
  if (histories.length < 2 || !histories.every(isOver)) return { premises: 0, violations: [] };
  const [first, ...others] = histories;
  const outcome = outcomeOf(first!);
  const violations = others.flatMap((other): readonly Violation[] => {
    const lines = compareOutcomes(outcome, outcomeOf(other));
    if (lines.length === 0) return [];
    return [{ atUs: first!.endUs, message: `${what}: ${lines.join('; ')}`, witnesses: [] }];
  });
  return { premises: others.length, violations };
}

/** The plan without faults of some names; none where these met nothing. */
function withoutFaults({ plan, evidence }: History, names: ReadonlySet<string>): readonly Plan[] {
  if (!evidence.faults.some(({ fault, hits }) => names.has(fault) && hits > 0)) return [];
  const timeline = plan.timeline.filter((entry) => entry.do !== 'fault' || !names.has(entry.fault));
  return [{ ...plan, timeline }];
}

/** Faults that keep events from a controller that a later one makes superfluous. */
const hidesEvents: ReadonlySet<string> = new Set(['unseen-events']);
const endsControllers: ReadonlySet<string> = new Set(['crash-controller', 'controller-error']);

export const comparisons: readonly Comparison[] = [
  {
    property: sameFromScratch,
    derive: (history) => (isOver(history) ? [scratchPlan(history)] : []),
    judge: (history, others) => compareAll([history, ...others], 'not as from scratch'),
  },
  {
    property: mistakesLeaveNothing,
    derive: (history) => (isOver(history) ? [scratchPlan(history), spoiltPlan(history)] : []),
    judge: (_history, others) => compareAll(others, 'not as before the mistakes'),
  },
  {
    property: crashCostsTime,
    derive: (history) => (isOver(history) ? withoutFaults(history, endsControllers) : []),
    judge: (history, [calm]) =>
      calm === undefined || !isOver(calm) ? { premises: 0, violations: [] } : compareCrash(calm, history),
  },
  {
    property: unseenStates,
    derive: (history) => (isOver(history) ? withoutFaults(history, hidesEvents) : []),
    judge: (history, others) => compareAll([history, ...others], 'not as with all events'),
  },
];

/** The verdict with what other histories add to it. Equal plans are run once. */
export function compareWithOthers(
  history: History,
  verdict: Verdict,
  judged: readonly Property[],
  run: (plan: Plan) => History,
): Verdict {
  const known = new Map<string, History>();
  const runOnce = (plan: Plan): History => {
    const key = JSON.stringify(plan);
    const made = known.get(key) ?? run(plan);
    known.set(key, made);
    return made;
  };
  const premises = new Map(verdict.premises);
  const findings = [...verdict.findings];
  for (const { property, derive, judge } of comparisons) {
    if (!judged.includes(property)) continue;
    const judgement = judge(history, derive(history).map(runOnce));
    premises.set(property.id, judgement.premises);
    for (const violation of judgement.violations) findings.push({ property: property.id, violation });
  }
  return { findings, premises };
}
