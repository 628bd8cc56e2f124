// What controllers ask of a pod: is it active, ready, available, and since when.

import { parseTimeMs } from '../timestamp.ts';
import type { Condition, Pod } from './kinds.ts';

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts towards replicas: neither ended nor on its way out. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';
}

export function readySinceMs(pod: Pod): number | null {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? (parseTimeMs(ready.lastTransitionTime) ?? 0) : null;
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const sinceMs = readySinceMs(pod);
  if (sinceMs === null) return false;
  return minReadySeconds === 0 || sinceMs + minReadySeconds * 1000 <= nowMs;
}

/** Milliseconds until the next ready pod becomes available, or null when none is waiting. */
export function nextAvailableMs(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | null {
  let nextMs: number | null = null;
  if (minReadySeconds === 0) return null;
  for (const pod of pods) {
    const sinceMs = readySinceMs(pod);
    if (sinceMs === null) continue;
    const leftMs = sinceMs + minReadySeconds * 1000 - nowMs;
    if (leftMs > 0 && (nextMs === null || leftMs < nextMs)) nextMs = leftMs;
  }
  return nextMs;
}

/** The list with one condition set; its transition time moves only when the status does. Equal content: same list. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: Condition,
  now: string,
): readonly Condition[] {
  const current = conditionOf(conditions, next.type);
  if (
    current !== undefined &&
    current.status === next.status &&
    current.reason === next.reason &&
    current.message === next.message
  ) {
    return conditions!;
  }
  const lastTransitionTime =
    current !== undefined && current.status === next.status ? (current.lastTransitionTime ?? now) : now;
  const stamped: Condition = { ...next, lastTransitionTime };
  if (current === undefined) return [...(conditions ?? []), stamped];
  return conditions!.map((condition) => (condition === current ? stamped : condition));
}
