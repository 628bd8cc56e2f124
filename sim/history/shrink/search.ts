// How a smaller plan is looked for: as a dialogue. The search names alternatives in the order of preference, whoever can
// run plans answers which is the first that still fails, and the search goes on from there. Several alternatives can so be
// run at once, while the result depends on the answers alone, never on who was faster.
import type { Plan } from '../plan.ts';
import type { FoundViolation } from '../report.ts';

export interface Answer {
  /** The first of the alternatives that still fails in the same way. */
  readonly index: number;
  readonly violation: FoundViolation;
}

/** Yields alternatives, is told an answer or null. */
export type Search<Value> = Generator<readonly Plan[], Value, Answer | null>;

/** The best plan so far and how it fails. */
export interface Best {
  plan: Plan;
  violation: FoundViolation;
  /** Plans run so far, as one after the other would have run them. */
  runs: number;
  readonly runsMax: number;
  /** Texts of the plans that are known not to fail. */
  readonly rejected: Set<string>;
}

/** Tries them in order; true when one became the best. */
export function* tryAll(best: Best, alternatives: readonly Plan[]): Search<boolean> {
  return (yield* tryFirst(best, alternatives)) >= 0;
}

/** Index of the alternative that became the best, or -1. What was tried before is not tried again. */
export function* tryFirst(best: Best, alternatives: readonly Plan[]): Search<number> {
  const current = JSON.stringify(best.plan);
  const texts = alternatives.map((plan) => JSON.stringify(plan));
  const fresh = alternatives
    .map((_, index) => index)
    .filter((index) => texts[index] !== current && !best.rejected.has(texts[index]!))
    .filter((index, at, all) => all.findIndex((other) => texts[other] === texts[index]) === at)
    .slice(0, best.runsMax - best.runs);
  if (fresh.length === 0) return -1;
  const answer = yield fresh.map((index) => alternatives[index]!);
  best.runs += answer === null ? fresh.length : answer.index + 1;
  for (const index of answer === null ? fresh : fresh.slice(0, answer.index))
    best.rejected.add(texts[index]!);
  if (answer === null) return -1;
  const accepted = fresh[answer.index]!;
  best.plan = alternatives[accepted]!;
  best.violation = answer.violation;
  return accepted;
}

/**
 * Leaves out as many items as it can, in ever smaller pieces, until none can be left out alone. `of` reads the items from a
 * plan, `keep` makes the plan that has only these.
 */
export function* minimize<Item>(
  best: Best,
  of: (plan: Plan) => readonly Item[],
  keep: (plan: Plan, items: readonly Item[]) => Plan,
): Search<void> {
  const count = of(best.plan).length;
  if (count === 0) return;
  if (count > 1 && (yield* tryAll(best, [keep(best.plan, [])]))) return;
  let size = Math.ceil(count / 2);
  for (;;) {
    const isSmaller = yield* removePieces(best, of, keep, size);
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isSmaller) return;
  }
}

/** One pass over pieces of `size`; true when one was left out. */
function* removePieces<Item>(
  best: Best,
  of: (plan: Plan) => readonly Item[],
  keep: (plan: Plan, items: readonly Item[]) => Plan,
  size: number,
): Search<boolean> {
  let isSmaller = false;
  for (let from = 0; ; ) {
    const { plan } = best;
    const items = of(plan);
    const starts: number[] = [];
    for (let start = from; start < items.length; start += size) starts.push(start);
    const without = starts.map((start) =>
      keep(
        plan,
        items.filter((_, index) => index < start || index >= start + size),
      ),
    );
    const index = yield* tryFirst(best, without);
    if (index < 0) return isSmaller;
    isSmaller = true;
    from = starts[index]!;
  }
}
