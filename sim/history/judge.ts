// Judges a history by every property, and says in one value what came of it.
import { properties } from '../properties/catalogue.ts';
import type { Property, Violation } from '../properties/property.ts';
import { circumstancesOf } from './circumstances.ts';
import type { History } from './run.ts';

export interface Finding {
  /** Id of the property. */
  readonly property: string;
  readonly violation: Violation;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Id of each property to how often its premise held. */
  readonly premises: ReadonlyMap<string, number>;
}

/** An exception that ended the run counts against this one. */
export const noExceptionId = 'P00';

export function judge(history: History, judged: readonly Property[] = properties): Verdict {
  const { plan, endUs, endedEarly, objects } = history;
  const circumstances = circumstancesOf(plan, endUs, endedEarly, objects);
  const findings: Finding[] = [];
  const premises = new Map<string, number>();
  if (history.exception !== null)
    findings.push({
      property: noExceptionId,
      violation: { atUs: 0, message: history.exception, witnesses: [] },
    });
  for (const property of judged) {
    const judgement = property.judge(history.evidence, circumstances);
    premises.set(property.id, judgement.premises);
    for (const violation of judgement.violations) findings.push({ property: property.id, violation });
  }
  return { findings, premises };
}
