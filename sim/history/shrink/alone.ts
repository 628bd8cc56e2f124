// Shrinks on the spot, one plan after the other, for who has no threads.
import type { Plan } from '../plan.ts';
import type { FoundViolation } from '../report.ts';
import type { Answer } from './search.ts';
import { type ShrinkOptions, type Shrunk, shrink } from './shrink.ts';

/** `fails` says how a plan fails in the way that is looked for, or null. */
export function shrinkAlone(
  plan: Plan,
  violation: FoundViolation,
  options: ShrinkOptions,
  fails: (plan: Plan) => FoundViolation | null,
): Shrunk {
  const search = shrink(plan, violation, options);
  for (let step = search.next(); ; ) {
    if (step.done) return step.value;
    let answer: Answer | null = null;
    for (const [index, candidate] of step.value.entries()) {
      const found = fails(candidate);
      if (found === null) continue;
      answer = { index, violation: found };
      break;
    }
    step = search.next(answer);
  }
}
