// Why a plan fails: which of its entries it needs, how much their times matter, what led to the moment of the violation, and
// what everybody had seen by then.

import type { Plan, TimelineEntry } from '../history/plan.ts';
import { keepEntries } from '../history/shrink/parts.ts';
import type { EventLine, Trace } from './format.ts';
import { storyRows } from './view/text.ts';

/** The plan without one of its entries. */
export function without(plan: Plan, id: string): Plan {
  return keepEntries(plan, (entry) => entry.id !== id);
}

/** The plan with one entry so much earlier or later. */
export function shifted(plan: Plan, id: string, byMs: number): Plan {
  const move = (entry: TimelineEntry): TimelineEntry => {
    if (entry.id !== id) return entry;
    const atMs = Math.max(0, entry.atMs + byMs);
    if (entry.do !== 'fault') return { ...entry, atMs };
    return { ...entry, atMs, untilMs: Math.min(plan.healMs, Math.max(atMs, entry.untilMs + byMs)) };
  };
  return { ...plan, timeline: plan.timeline.map(move) };
}

/** The events that led to the last one before the violation, the latest first. */
export function causesOf({ run, verdict, manifest }: Trace, most: number): readonly string[] {
  const atUs = verdict.violations.find(({ property }) => property === manifest.property)?.atUs ?? 0;
  const events: Map<number, EventLine> = new Map();
  let last: EventLine | null = null;
  for (const line of run) {
    if (!line.startsWith('{"type":"event"')) continue;
    const event = JSON.parse(line) as EventLine;
    events.set(event.n, event);
    if (event.at <= atUs) last = event;
  }
  const chain: string[] = [];
  for (let at: EventLine | null = last; at !== null && chain.length < most; at = events.get(at.cause) ?? null)
    chain.push(`${(at.at / 1_000_000).toFixed(6)} ${at.lane}`);
  return chain;
}

/** Lines of the story that speak of the witnesses or of faults, up to the violation. */
export function witnessRows(trace: Trace): readonly string[] {
  const violation = trace.verdict.violations.find(({ property }) => property === trace.manifest.property);
  const witnesses = violation?.witnesses ?? [];
  return storyRows(trace, false)
    .filter(({ at }) => at <= (violation?.atUs ?? 0))
    .filter(({ lane, text }) => {
      const words = `${lane} ${text}`.split(/[\s,:;()]+/);
      return lane === 'faults' || lane === 'operator' || witnesses.some((name) => words.includes(name));
    })
    .map(({ at, lane, text }) => `${(at / 1_000_000).toFixed(6)} ${lane}: ${text}`);
}

/** What the store had and what each gateway and worker had last taken when it happened. */
export function knowledgeOf({ store, story, verdict, manifest }: Trace): readonly string[] {
  const atUs = verdict.violations.find(({ property }) => property === manifest.property)?.atUs ?? 0;
  const version = store.filter(({ at }) => at <= atUs).at(-1)?.version ?? 0;
  const last: Map<string, string> = new Map();
  for (const { at, lane, kind, text } of story)
    if (at <= atUs && (kind === 'config' || kind === 'swap' || kind === 'life'))
      last.set(`${lane} ${kind}`, `${lane}: ${text}`);
  return [
    `the store was at version ${version}`,
    ...[...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text),
  ];
}
