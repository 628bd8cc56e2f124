// The scheduler: each pending pod goes to the fitting node with the fewest pods.
import { compareStrings } from '../../../src/base/order.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
  ownKey,
} from '../controllers/controller.ts';
import { asPod, type Pod, type Toleration } from '../controllers/kinds.ts';
import { conditionOf, isTerminal, withCondition } from '../controllers/pod-state.ts';
import { keyOf, splitKey } from '../controllers/queue.ts';
import { matchesLabels } from '../controllers/selector.ts';
import type { StoredObject } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export function taintsOf(node: StoredObject): readonly Taint[] {
  return (node.spec?.['taints'] ?? []) as readonly Taint[];
}

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect)
      return false;
    if (toleration.operator === 'Exists' && (toleration.key === undefined || toleration.key === ''))
      return true;
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
  });
}

export function startScheduler(ports: ControllerPorts): Controller {
  const load = createNodeLoad();
  const unschedulable = new Set<string>();
  const frame = createFrame(ports, 'scheduler', (key) => schedule(frame, load, unschedulable, key));
  frame.watch('pods', (object, previous) => {
    const pod = asPod(object);
    load.note(
      pod,
      frame.store.get('pods', pod.metadata.namespace, pod.metadata.name)?.metadata.uid !== pod.metadata.uid,
    );
    if (pod.spec.nodeName) return [];
    return previous === null || pod.metadata.deletionTimestamp !== undefined ? ownKey(object) : [];
  });
  frame.watch('nodes', () => [...unschedulable]);
  return frame;
}

/** Pods per node, by uid, so that a pod is never counted twice. */
function createNodeLoad() {
  const nodeOf = new Map<string, string>();
  const counts = new Map<string, number>();
  const add = (node: string, change: number) => counts.set(node, (counts.get(node) ?? 0) + change);
  return {
    note(pod: Pod, gone: boolean): void {
      const uid = pod.metadata.uid ?? '';
      const before = nodeOf.get(uid);
      const now = gone || isTerminal(pod) ? undefined : pod.spec.nodeName;
      if (before === now) return;
      if (before !== undefined) add(before, -1);
      nodeOf.delete(uid);
      if (now === undefined || now === '') return;
      nodeOf.set(uid, now);
      add(now, 1);
    },
    count: (node: string) => counts.get(node) ?? 0,
  };
}

function schedule(
  frame: ControllerFrame,
  load: ReturnType<typeof createNodeLoad>,
  unschedulable: Set<string>,
  key: string,
): string | null {
  const { namespace, name } = splitKey(key);
  unschedulable.delete(key);
  const object = frame.store.get('pods', namespace, name);
  if (object === null || asPod(object).spec.nodeName) return null;
  const pod = asPod(object);
  if (pod.metadata.deletionTimestamp !== undefined) {
    return deleteObject(frame.store, 'pods', pod, { gracePeriodSeconds: 0 });
  }
  const nodes = frame.store.list('nodes');
  const rejections = new Map<string, number>();
  const fitting = nodes.filter((node) => {
    const reason = rejection(pod, node);
    if (reason !== null) rejections.set(reason, (rejections.get(reason) ?? 0) + 1);
    return reason === null;
  });
  const best = [...fitting].sort(
    (a, b) =>
      load.count(a.metadata.name) - load.count(b.metadata.name) ||
      compareStrings(a.metadata.name, b.metadata.name),
  )[0];
  if (best === undefined) {
    unschedulable.add(key);
    return reportUnschedulable(frame, pod, nodes.length, rejections);
  }
  const bound = frame.store.mergePatch('pods', namespace, name, { spec: { nodeName: best.metadata.name } });
  if (!bound.ok) return bound.error.reason === 'NotFound' ? null : failureText(bound.error);
  load.note(asPod(bound.value), false);
  frame.events.normal(pod, 'Scheduled', `Successfully assigned ${keyOf(pod)} to ${best.metadata.name}`);
  return setScheduled(frame, asPod(bound.value), 'True', undefined, undefined);
}

/** Why a node does not fit, in the words of the real scheduler, or null. */
function rejection(pod: Pod, node: StoredObject): string | null {
  if (node.spec?.['unschedulable'] === true) return 'node(s) were unschedulable';
  if (!matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const taint = taintsOf(node).find(
    (candidate) => candidate.effect !== 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, candidate),
  );
  return taint === undefined ? null : `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

function reportUnschedulable(
  frame: ControllerFrame,
  pod: Pod,
  nodeCount: number,
  rejections: ReadonlyMap<string, number>,
): string | null {
  const reasons = [...rejections].map(([reason, count]) => `${count} ${reason}`).sort();
  const message =
    nodeCount === 0
      ? 'no nodes available to schedule pods'
      : `0/${nodeCount} nodes are available: ${reasons.join(', ')}.`;
  frame.events.warning(pod, 'FailedScheduling', message);
  return setScheduled(frame, pod, 'False', 'Unschedulable', message);
}

function setScheduled(
  frame: ControllerFrame,
  pod: Pod,
  status: 'True' | 'False',
  reason: string | undefined,
  message: string | undefined,
): string | null {
  const now = formatTime(frame.clock.wallMs());
  const next = {
    type: 'PodScheduled',
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
  const conditions = withCondition(pod.status?.conditions, next, now);
  if (
    conditionOf(pod.status?.conditions, 'PodScheduled') !== undefined &&
    conditions === pod.status?.conditions
  ) {
    return null;
  }
  const result = frame.store.updateStatus('pods', {
    ...pod,
    status: { ...pod.status, phase: pod.status?.phase ?? 'Pending', conditions },
  });
  if (result.ok || result.error.reason === 'NotFound') return null;
  return failureText(result.error);
}
