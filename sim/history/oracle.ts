// The differential oracle: histories that must come to the same are run, and what they came to is compared. It needs no
// word about what is right, and so finds what no property thought of.
import type { Judgement, PropertyType, Violation } from '../properties/property.ts';
import { scratchPlan, spoiltPlan } from './detours.ts';
import { isRolledOut } from './early-end.ts';
import { compareOutcomes, outcomeOf } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { History } from './run.ts';

export interface Comparison {
  readonly id: string;
  readonly name: string;
  readonly promise: string;
  readonly type: PropertyType;
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

const route: Comparison = {
  id: 'D1',
  name: 'the way does not matter',
  promise:
    'After whatever happened, gateways and statuses are as if the final objects had been created in an empty cluster.',
  type: 'liveness',
  derive: (history) => (isOver(history) ? [scratchPlan(history)] : []),
  judge: (history, others) => compareAll([history, ...others], 'not as from scratch'),
};

const repair: Comparison = {
  id: 'D2',
  name: 'mistakes leave nothing behind',
  promise: 'Objects that are spoilt and set right again leave gateways and statuses as if nothing had been.',
  type: 'liveness',
  derive: (history) => (isOver(history) ? [scratchPlan(history), spoiltPlan(history)] : []),
  judge: (_history, others) => compareAll(others, 'not as before the mistakes'),
};

/** Faults that keep events from a controller that a later one makes superfluous. */
const unseen: ReadonlySet<string> = new Set(['unseen-events']);

const superseded: Comparison = {
  id: 'P46',
  name: 'what came between does not matter',
  promise: 'A controller that never hears of states in between comes to the same as one that hears of all.',
  type: 'liveness',
  derive(history) {
    const { plan, evidence } = history;
    if (!evidence.faults.some(({ fault, hits }) => unseen.has(fault) && hits > 0) || !isOver(history))
      return [];
    const timeline = plan.timeline.filter((entry) => entry.do !== 'fault' || !unseen.has(entry.fault));
    return [{ ...plan, timeline }];
  },
  judge: (history, others) => compareAll([history, ...others], 'not as with all events'),
};

export const comparisons: readonly Comparison[] = [route, repair, superseded];
