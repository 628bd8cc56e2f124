// Where the time of a change goes: the stamps of the gateway's process beside what the bench saw.
import type { Measured } from './measure.ts';

export type Stamp = readonly [stage: string, atMs: number];

/** In order; each stage ends at its stamp. */
export const stageNames = ['arrived', 'round', 'translated', 'taken', 'swapped'] as const;

const stageTitles: Readonly<Record<(typeof stageNames)[number], string>> = {
  arrived: 'watch: from the write sent to the event read',
  round: 'pace',
  translated: 'snapshot and translate',
  taken: 'delta, push, check',
  swapped: 'swap of the worker',
};

/** Durations by stage. A change whose stamps are not complete, because two fell into one round, is left out. */
export function stagesOf(
  changes: readonly Measured[],
  stamps: readonly Stamp[],
): ReadonlyMap<string, readonly number[]> {
  const durations = new Map<string, number[]>(Object.values(stageTitles).map((title) => [title, []]));
  const last = 'first request that shows it';
  durations.set(last, []);
  for (const { sentMs, seenMs } of changes) {
    let from = sentMs;
    const found: number[] = [];
    for (const name of stageNames) {
      const stamp = stamps.find(([stage, atMs]) => stage === name && atMs >= from && atMs <= seenMs + 50);
      if (stamp === undefined) break;
      found.push(stamp[1] - from);
      from = stamp[1];
    }
    if (found.length < stageNames.length) continue;
    for (const [i, name] of stageNames.entries()) durations.get(stageTitles[name])!.push(found[i]!);
    durations.get(last)!.push(Math.max(0, seenMs - from));
  }
  return durations;
}
