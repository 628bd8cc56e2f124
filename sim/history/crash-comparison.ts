// P45: a crash of a controller around one of its writes costs nothing but time. Two histories of the same plan, the second
// with a crash: what they came to is the same, and so is what we created and deleted on the way; only updates may repeat.
import { canonicalJson } from '../../src/base/order.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { Judgement, Violation } from '../properties/property.ts';
import { compareOutcomes, outcomeOf } from './outcome.ts';
import type { History } from './run.ts';

interface EventLike extends KubeObject {
  readonly involvedObject?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
  readonly reason?: string;
  readonly message?: string;
}

const component = 'tidegate';

/** An Event by what it says; its name follows from the uid of its object. */
function eventKey(object: EventLike): string {
  const { involvedObject: about = {}, reason, message } = object;
  return `event ${canonicalJson([about.kind, about.namespace, about.name, reason, message])}`;
}

/** 'ADDED event …' to how often: what controllers of ours created and deleted. */
export function updateSummary({ evidence }: History): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { resource, type, object } of evidence.store) {
    const isOurs =
      resource === 'events' &&
      (object as { source?: { component?: string } }).source?.component === component;
    if (!isOurs || type === 'MODIFIED') continue;
    const key = `${type} ${eventKey(object)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** `calm`: the same plan without the crash. */
export function compareCrash(calm: History, crashed: History): Judgement {
  const hit = crashed.evidence.faults.some(({ hits }) => hits > 0);
  if (!hit || calm.exception !== null || crashed.exception !== null) return { premises: 0, violations: [] };
  const violations: Violation[] = [];
  const blame = (message: string): void =>
    void violations.push({ atUs: crashed.endUs, message, witnesses: [] });
  const lines = compareOutcomes(outcomeOf(crashed), outcomeOf(calm));
  if (lines.length > 0) blame(`not as without the crash: ${lines.join('; ')}`);
  const [before, after] = [updateSummary(calm), updateSummary(crashed)];
  for (const [key, count] of after)
    if (count > (before.get(key) ?? 0) && before.has(key))
      blame(`${key} ${count} times instead of ${before.get(key)}`);
  return { premises: 1, violations };
}
