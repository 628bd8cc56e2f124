// Nodes whose lease is not renewed become NotReady and tainted; what does not tolerate that for long is evicted.

import type { StoredObject } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
} from './controller.ts';
import type { Toleration } from './kinds.ts';
import { asPod, type Condition, type Pod } from './kinds.ts';
import { conditionOf, withCondition } from './pod-state.ts';

const leases = 'leases.coordination.k8s.io';
const leaseNamespace = 'kube-node-lease';
const graceMsDefault = 50_000;
const checkMsMax = 5000;
const tolerationSecondsDefault = 300;
const unreachable = 'node.kubernetes.io/unreachable';

interface Taint {
  readonly key: string;
  readonly effect: string;
}

/** The record's own time is not trusted: what counts is when this controller last saw the lease change. */
export function startNodeHealthController(
  ports: ControllerPorts,
  options: { readonly nodeGraceMs?: number } = {},
): Controller {
  const graceMs = options.nodeGraceMs ?? graceMsDefault;
  const checkMs = Math.min(checkMsMax, Math.floor(graceMs / 4));
  const seen = new Map<string, { readonly version: string; readonly atUs: number }>();
  const lostAtUs = new Map<string, number>();
  const frame: ControllerFrame = createFrame(ports, 'node-health', (key) => check(key));
  frame.watch('nodes', (object, previous) => (previous === null ? [object.metadata.name] : []));

  function check(name: string): string | null {
    const node = frame.store.get('nodes', undefined, name);
    if (node === null) {
      seen.delete(name);
      lostAtUs.delete(name);
      return null;
    }
    frame.queue.addAfter(name, checkMs);
    const nowUs = frame.clock.monotonicUs();
    const version = frame.store.get(leases, leaseNamespace, name)?.metadata.resourceVersion ?? '';
    const last = seen.get(name);
    if (last === undefined || last.version !== version) seen.set(name, { version, atUs: nowUs });
    const silentMs = (nowUs - seen.get(name)!.atUs) / 1000;
    if (silentMs <= graceMs) {
      lostAtUs.delete(name);
      return setTaint(node, false);
    }
    if (!lostAtUs.has(name)) lostAtUs.set(name, nowUs);
    return markLost(node) ?? setTaint(node, true) ?? evict(name, (nowUs - lostAtUs.get(name)!) / 1000);
  }

  function setTaint(node: StoredObject, wanted: boolean): string | null {
    const taints = (node.spec?.['taints'] ?? []) as readonly Taint[];
    if (taints.some((taint) => taint.key === unreachable) === wanted) return null;
    const others = taints.filter((taint) => taint.key !== unreachable);
    const added = ['NoSchedule', 'NoExecute'].map((effect) => ({ key: unreachable, effect }));
    const next = wanted ? [...others, ...added] : others;
    const patch = { spec: { taints: next.length === 0 ? null : next } };
    const result = frame.store.mergePatch('nodes', undefined, node.metadata.name, patch);
    return result.ok ? null : failureText(result.error);
  }

  function markLost(node: StoredObject): string | null {
    const conditions = (node.status?.['conditions'] ?? []) as readonly Condition[];
    if (conditionOf(conditions, 'Ready')?.status === 'Unknown') return null;
    const now = formatTime(frame.clock.wallMs());
    const message = 'Kubelet stopped posting node status.';
    const ready: Condition = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message };
    const status = { ...node.status, conditions: withCondition(conditions, ready, now) };
    const result = frame.store.updateStatus('nodes', { ...node, status });
    if (!result.ok) return failureText(result.error);
    frame.events.normal(node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    for (const pod of podsOn(node.metadata.name)) {
      if (conditionOf(pod.status?.conditions, 'Ready')?.status !== 'True') continue;
      const unready: Condition = { type: 'Ready', status: 'False', reason: 'NodeNotReady' };
      const podConditions = withCondition(pod.status?.conditions, unready, now);
      frame.store.updateStatus('pods', { ...pod, status: { ...pod.status, conditions: podConditions } });
    }
    return null;
  }

  function podsOn(name: string): readonly Pod[] {
    return frame.store
      .list('pods')
      .map(asPod)
      .filter((pod) => pod.spec.nodeName === name);
  }

  function evict(name: string, lostMs: number): string | null {
    for (const pod of podsOn(name)) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const seconds = toleratedSeconds(pod.spec.tolerations);
      if (seconds === null || lostMs < seconds * 1000) continue;
      frame.events.normal(
        pod,
        'TaintManagerEviction',
        `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
      );
      const error = deleteObject(frame.store, 'pods', pod);
      if (error !== null) return error;
    }
    return null;
  }

  return frame;
}

/** How long a pod stays on a lost node; null: for ever. Pods that say nothing get the usual five minutes. */
export function toleratedSeconds(tolerations: readonly Toleration[] | undefined): number | null {
  const matching = (tolerations ?? []).filter((toleration) => {
    const key = toleration.key === unreachable || (toleration.key ?? '') === '';
    return (
      key &&
      (toleration.effect === undefined || toleration.effect === '' || toleration.effect === 'NoExecute')
    );
  });
  if (matching.length === 0) return tolerationSecondsDefault;
  const limits = matching.flatMap((toleration) => toleration.tolerationSeconds ?? []);
  return limits.length === 0 ? null : Math.max(0, Math.min(...limits));
}
