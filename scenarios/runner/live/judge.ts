// Judges what a live backend left behind by the same properties as a history, as far as it was taken down.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { circumstancesOf } from '../../../sim/history/circumstances.ts';
import type { Finding, Verdict } from '../../../sim/history/judge.ts';
import { properties } from '../../../sim/properties/catalogue.ts';
import type { Sometimes } from '../../language/promises.ts';
import type { Collected, LiveBackend, Recorded } from '../backend.ts';
import { countOf } from '../figures.ts';

/** What a property meets that asks for a part of the evidence that nobody has taken down. */
class NotRecorded extends Error {
  readonly part: string;

  constructor(part: string) {
    super(`nobody takes down ${part} here`);
    this.part = part;
  }
}

/** The same evidence, in which nothing can be taken for empty that was never looked at. */
function guarded(evidence: Evidence, records: Recorded): Evidence {
  const parts = Object.keys(evidence) as (keyof Evidence)[];
  const made = {};
  for (const part of parts)
    Object.defineProperty(made, part, {
      enumerable: true,
      get() {
        if (!records.has(part)) throw new NotRecorded(part);
        return evidence[part];
      },
    });
  return made as Evidence;
}

/** Whether the condition only reads what was taken down, so that its count says something. */
export function isCountable(condition: Sometimes, evidence: Evidence, records: Recorded): boolean {
  try {
    countOf(condition, guarded(evidence, records));
    return true;
  } catch (error) {
    if (!(error instanceof NotRecorded)) throw error;
    return false;
  }
}

export interface LiveVerdict extends Verdict {
  readonly unjudged: readonly (readonly [property: string, part: string])[];
}

export function judgeLive(
  collected: Collected,
  { records, leavesOut }: Pick<LiveBackend, 'records' | 'leavesOut'>,
): LiveVerdict {
  const { evidence, plan, endUs, startedUs, endedEarly, objects } = collected;
  const circumstances = {
    ...circumstancesOf(plan, endUs, endedEarly, objects),
    startedUs,
    ...(collected.bootUs === undefined ? {} : { bootUs: collected.bootUs }),
  };
  const seen = guarded(evidence, records);
  const findings: Finding[] = [];
  const premises: Map<string, number> = new Map();
  const unjudged: (readonly [string, string])[] = [];
  for (const property of properties) {
    const lacking = leavesOut.get(property.id);
    if (lacking !== undefined) {
      unjudged.push([property.id, lacking]);
      continue;
    }
    try {
      const judgement = property.judge(seen, circumstances);
      premises.set(property.id, judgement.premises);
      for (const violation of judgement.violations) findings.push({ property: property.id, violation });
    } catch (error) {
      if (!(error instanceof NotRecorded)) throw error;
      unjudged.push([property.id, error.part]);
    }
  }
  return { findings, premises, unjudged };
}
