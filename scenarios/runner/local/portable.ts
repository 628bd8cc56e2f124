// A plan of the simulator as real processes can carry it out: without the faults and figures that they cannot have, and later by
// the time that they need to start.
import { defaultKnobs, type Knobs, type Plan, type TimelineEntry } from '../../../sim/history/plan.ts';
import { isFree, whyNoFault } from './capabilities.ts';

export interface Portable {
  readonly plan: Plan;
  /** What was left out, and why: one sentence for each kind of thing. */
  readonly leftOut: readonly string[];
}

function portableKnobs(knobs: Knobs): { readonly knobs: Knobs; readonly changed: readonly string[] } {
  const changed: string[] = [];
  // Plans from before there were all of them lack some.
  const all: Knobs = { ...defaultKnobs, ...knobs };
  const made: Record<string, unknown> = { ...all };
  for (const name of Object.keys(defaultKnobs) as (keyof Knobs)[])
    if (all[name] !== defaultKnobs[name] && !isFree(name)) {
      made[name] = defaultKnobs[name];
      changed.push(name);
    }
  // Options take whole seconds.
  made['keepaliveTimeoutMs'] = Math.max(1, Math.round(all.keepaliveTimeoutMs / 1000)) * 1000;
  if (all.recoverAfterMs > 0)
    made['recoverAfterMs'] = Math.max(1, Math.round(all.recoverAfterMs / 1000)) * 1000;
  return { knobs: made as unknown as Knobs, changed };
}

export function portablePlan(plan: Plan): Portable {
  const { knobs, changed } = portableKnobs(plan.knobs);
  const reasons: Map<string, number> = new Map();
  const timeline = plan.timeline.filter((entry) => {
    const why = entry.do === 'fault' ? whyNoFault(entry, plan.world) : '';
    if (why !== '') {
      const reason = `fault ${(entry as { readonly fault: string }).fault}: ${why}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return why === '';
  });
  return {
    plan: { ...plan, knobs, strategy: { name: 'uniform' }, timeline },
    leftOut: [
      ...[...reasons].map(([reason, count]) => (count === 1 ? reason : `${count} times ${reason}`)),
      ...(changed.length === 0 ? [] : [`figures as usual: ${changed.join(', ')}`]),
    ],
  };
}

/** Everything so much later. */
export function delayed(plan: Plan, byMs: number): Plan {
  const later = (entry: TimelineEntry): TimelineEntry =>
    entry.do === 'fault'
      ? { ...entry, atMs: entry.atMs + byMs, untilMs: entry.untilMs + byMs }
      : { ...entry, atMs: entry.atMs + byMs };
  return {
    ...plan,
    timeline: plan.timeline.map(later),
    healMs: plan.healMs + byMs,
    endMs: plan.endMs + byMs,
  };
}
