// Which pod goes first when a ReplicaSet shrinks (the order of the real controller's ActivePodsWithRanks).
import { compareStrings } from '../../../src/base/order.ts';
import { parseTimeMs } from '../timestamp.ts';
import type { Pod } from './kinds.ts';
import { isReady, readySinceMs } from './pod-state.ts';

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** controller.kubernetes.io/pod-deletion-cost: a 32-bit integer without leading plus or zeros; else it counts as 0. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  if (text === undefined || !/^(0|-?[1-9]\d{0,9})$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}

/** Ages are compared by order of magnitude, so that victims are spread among pods of about the same age. */
function logBucket(sinceMs: number | null, nowMs: number): number {
  if (sinceMs === null) return -1;
  const seconds = Math.floor((nowMs - sinceMs) / 1000);
  return seconds < 1 ? 0 : 32 - Math.clz32(Math.min(seconds, 0x7fffffff));
}

function restarts(pod: Pod): number {
  let most = 0;
  for (const status of pod.status?.containerStatuses ?? []) most = Math.max(most, status.restartCount);
  return most;
}

/** Negative: `a` goes first. `colocated` says how many active pods of the set share a pod's node. */
export function compareVictims(a: Pod, b: Pod, colocated: (pod: Pod) => number, nowMs: number): number {
  const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
  if (assigned !== 0) return assigned;
  const phase =
    (phaseRank[a.status?.phase ?? 'Pending'] ?? 1) - (phaseRank[b.status?.phase ?? 'Pending'] ?? 1);
  if (phase !== 0) return phase;
  const ready = Number(isReady(a)) - Number(isReady(b));
  if (ready !== 0) return ready;
  const cost = deletionCost(a) - deletionCost(b);
  if (cost !== 0) return cost;
  const crowd = colocated(b) - colocated(a);
  if (crowd !== 0) return crowd;
  const readyFor = logBucket(readySinceMs(a), nowMs) - logBucket(readySinceMs(b), nowMs);
  if (readyFor !== 0) return readyFor;
  const restarted = restarts(b) - restarts(a);
  if (restarted !== 0) return restarted;
  const aCreated = parseTimeMs(a.metadata.creationTimestamp) ?? nowMs;
  const bCreated = parseTimeMs(b.metadata.creationTimestamp) ?? nowMs;
  const age = logBucket(aCreated, nowMs) - logBucket(bCreated, nowMs);
  if (age !== 0) return age;
  return compareStrings(a.metadata.uid ?? '', b.metadata.uid ?? '');
}

/** The `count` pods to delete. */
export function chooseVictims(active: readonly Pod[], count: number, nowMs: number): readonly Pod[] {
  if (count >= active.length) return active;
  const perNode = new Map<string, number>();
  for (const pod of active)
    perNode.set(pod.spec.nodeName ?? '', (perNode.get(pod.spec.nodeName ?? '') ?? 0) + 1);
  const colocated = (pod: Pod) => (pod.spec.nodeName ? perNode.get(pod.spec.nodeName)! : 0);
  return [...active].sort((a, b) => compareVictims(a, b, colocated, nowMs)).slice(0, count);
}
