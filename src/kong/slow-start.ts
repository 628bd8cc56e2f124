// Slow start: what Kong does not have. An upstream asks for it by a tag, which every Kong accepts and hands back as it was.
import { parseDurationMs } from '../base/duration.ts';
import type { Upstream } from './entity.ts';

export const slowStartTagPrefix = 'tidegate-slow-start=';
export const slowStartMsMin = 1_000;
export const slowStartMsMax = 900_000;

/** null: no duration, or one that is too short or too long. */
export function readSlowStartMs(text: string): number | null {
  const read = parseDurationMs(text);
  return read.ok && read.value >= slowStartMsMin && read.value <= slowStartMsMax ? read.value : null;
}

export function slowStartTag(text: string): string {
  return `${slowStartTagPrefix}${text}`;
}

/** What the tag says; null: there is none. */
export function slowStartText({ tags }: Pick<Upstream, 'tags'>): string | null {
  const tag = tags?.find((each) => each.startsWith(slowStartTagPrefix));
  return tag === undefined ? null : tag.slice(slowStartTagPrefix.length);
}

/** Algorithms that can give a target less than its share; the others decide by what a request is. */
const rampedAlgorithms: ReadonlySet<string> = new Set(['round-robin', 'least-connections', 'latency']);

export function allowsSlowStart(algorithm: string): boolean {
  return rampedAlgorithms.has(algorithm);
}

/** The time in which a newcomer gets to its full share; 0: at once. */
export function slowStartMs(upstream: Upstream): number {
  const text = slowStartText(upstream);
  return text === null || !allowsSlowStart(upstream.algorithm) ? 0 : (readSlowStartMs(text) ?? 0);
}
