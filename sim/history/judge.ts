// Judges a history by every property, and says in one value what came of it.
import { properties } from '../properties/catalogue.ts';
import type { Circumstances, Property, Violation } from '../properties/property.ts';
import type { Plan } from './plan.ts';
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

/** The exception that ended a run counts as a property of its own. */
export const noExceptionId = 'P00';

function circumstancesOf({ plan, objects }: History): Circumstances {
  const { world, knobs, healMs, endMs } = plan;
  return {
    mode: world.mode,
    gateways: world.gateways,
    workers: world.workers,
    controllers: world.controllers,
    healUs: healMs * 1000,
    endUs: endMs * 1000,
    freshUs: freshMs(plan) * 1000,
    keepaliveUs: knobs.keepaliveTimeoutMs * 1000,
    recoverUs: (endMs - healMs) * 1000,
    objects,
  };
}

/** Pace, lag of the watch cache, a round trip for each hop at its slowest, and room for what the hosts do in between. */
function freshMs({ knobs }: Plan): number {
  const hopMs = Math.ceil((knobs.linkLatencyUs + knobs.linkJitterUs) / 1000);
  return knobs.paceDelayMsMax + knobs.watchLagMsMax + 20 * hopMs + 500;
}

export function judge(history: History, judged: readonly Property[] = properties): Verdict {
  const circumstances = circumstancesOf(history);
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
