// Runs the plan of a trace again: event by event against what the trace says, or on another build with a fresh verdict.
import { faults } from '../faults/catalogue.ts';
import { noExceptionId } from '../history/judge.ts';
import { type RunSurroundings, runHistory } from '../history/run.ts';
import type { EventLine, Trace, VerdictLine } from './format.ts';
import { recordRun } from './record.ts';
import { verdictLine } from './write.ts';

export interface Divergence {
  /** Number of the event at which the two part, counted from 1. */
  readonly event: number;
  /** Lines of either side; '' = it ended. */
  readonly traced: string;
  readonly replayed: string;
}

export interface Replay {
  /** null: all events, observations and checkpoints were the same. */
  readonly divergence: Divergence | null;
  readonly hash: string;
  readonly events: number;
  readonly verdict: VerdictLine;
}

const isEvent = (line: string): boolean => line.startsWith('{"type":"event"');

export function replay(trace: Pick<Trace, 'plan' | 'run'>, surroundings: RunSurroundings): Replay {
  let at = 0;
  let events = 0;
  let divergence: Divergence | null = null;
  const recorder = recordRun((line) => {
    if (divergence !== null) return;
    if (isEvent(line)) events++;
    const traced = trace.run[at++] ?? '';
    if (traced !== line) divergence = { event: events, traced, replayed: line };
  });
  const history = runHistory(trace.plan, { ...surroundings, recorder });
  if (divergence === null && at < trace.run.length)
    divergence = { event: events + 1, traced: trace.run[at]!, replayed: '' };
  return { divergence, hash: history.hash, events: history.events, verdict: verdictLine(history) };
}

export type Outcome =
  | { readonly answer: 'FIXED' }
  | { readonly answer: 'STILL FAILS'; readonly message: string }
  | { readonly answer: 'CHANGED'; readonly property: string; readonly message: string }
  | { readonly answer: 'NOT REACHED'; readonly reason: string };

/** Why a run without violation proves nothing; null when it does. */
function notReached(trace: Trace, verdict: VerdictLine): string | null {
  const { property } = trace.manifest;
  const held = property === noExceptionId ? 1 : new Map(verdict.premises).get(property);
  if (held === undefined) return `this build has no property ${property}`;
  if (held === 0) return `the premise of ${property} did not hold once`;
  const hits = new Map(verdict.faults.map(([id, , count]) => [id, count]));
  for (const [id, name, before] of trace.verdict.faults)
    if (before > 0 && (hits.get(id) ?? 0) === 0) return `the fault ${id} (${name}) met nothing this time`;
  return null;
}

/** What another build makes of the trace's plan. */
export function classify(trace: Trace, verdict: VerdictLine): Outcome {
  const { property } = trace.manifest;
  const same = verdict.violations.find((violation) => violation.property === property);
  if (same !== undefined) return { answer: 'STILL FAILS', message: same.message };
  const other = verdict.violations[0];
  if (other !== undefined) return { answer: 'CHANGED', property: other.property, message: other.message };
  const reason = notReached(trace, verdict);
  return reason === null ? { answer: 'FIXED' } : { answer: 'NOT REACHED', reason };
}

/** Names of faults in the plan that this build has not. */
export function unknownFaults({ plan }: Trace): readonly string[] {
  const known = new Set(faults.map(({ name }) => name));
  const named = plan.timeline.map((entry) => (entry.do === 'fault' ? entry.fault : ''));
  return [...new Set(named)].filter((name) => name !== '' && !known.has(name));
}

/** The line of an event as one short sentence. */
export function describeLine(line: string): string {
  if (line === '') return 'nothing more';
  const event = JSON.parse(line) as EventLine;
  if (event.type !== 'event') return line;
  return `${event.lane} at ${event.at} us, caused by event ${event.cause}`;
}
