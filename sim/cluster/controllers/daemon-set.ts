// DaemonSet: one pod on every node that fits, replaced one by one when the template changes.
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  ownerKeys,
  ownKey,
  writeStatus,
} from './controller.ts';
import { recordRevision } from './controller-revisions.ts';
import { templateHash } from './deployment-revision.ts';
import { asWorkload, type Pod, type Toleration, type Workload } from './kinds.ts';
import { createPod, deletePod, ownedPods } from './pod-control.ts';
import { isAvailable, isReady, isTerminal, nextAvailableMs } from './pod-state.ts';
import { keyOf, splitKey } from './queue.ts';
import { resolveShare } from './rolling-arithmetic.ts';
import { matchesLabels } from './selector.ts';

const resource = 'daemonsets.apps';
const revisionLabel = 'controller-revision-hash';
/** Daemons stay on nodes that are lost or cordoned. */
const ownTolerations: readonly Toleration[] = ['not-ready', 'unreachable', 'unschedulable'].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
}));

export function startDaemonSetController(ports: ControllerPorts): Controller {
  const frame: ControllerFrame = createFrame(ports, 'daemon-set', sync);
  frame.watch(resource, ownKey);
  frame.watch('pods', ownerKeys('DaemonSet'));
  frame.watch('nodes', (_node, previous) => (previous === null ? ports.store.list(resource).map(keyOf) : []));
  return frame;
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get(resource, namespace, name);
  if (object === null) return null;
  const set = asWorkload(object);
  const revision = templateHash(set.spec.template, 0);
  const nodes = frame.store
    .list('nodes')
    .filter((node) => matchesLabels(set.spec.template.spec.nodeSelector ?? {}, node.metadata.labels))
    .map((node) => node.metadata.name);
  const failure =
    set.metadata.deletionTimestamp === undefined
      ? (record(frame, set, revision) ?? act(frame, set, nodes, revision))
      : null;
  const pods = ownedPods(frame.store, set, undefined).filter((pod) => !isTerminal(pod));
  const waitMs = nextAvailableMs(pods, set.spec.minReadySeconds ?? 0, frame.clock.wallMs());
  if (waitMs !== null) frame.queue.addAfter(key, waitMs);
  return writeStatus(frame.store, resource, set, statusOf(frame, set, pods, nodes, revision)) ?? failure;
}

function record(frame: ControllerFrame, set: Workload, hash: string): string | null {
  const pods = ownedPods(frame.store, set, undefined);
  const inUse = new Set(pods.map((pod) => pod.metadata.labels?.[revisionLabel] ?? ''));
  return recordRevision(frame, { owner: set, hash, hashLabel: revisionLabel, inUse });
}

function act(
  frame: ControllerFrame,
  set: Workload,
  nodes: readonly string[],
  revision: string,
): string | null {
  const pods = ownedPods(frame.store, set, set.spec.selector);
  const taken = new Set<string>();
  for (const pod of pods) {
    const node = pod.spec.nodeName ?? '';
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    const unwanted = !nodes.includes(node) || isTerminal(pod) || taken.has(node);
    if (!unwanted || leaving) taken.add(node);
    else {
      const error = deletePod(frame, set, pod);
      if (error !== null) return error;
    }
  }
  for (const nodeName of nodes) {
    if (taken.has(nodeName)) continue;
    const tolerations = [...(set.spec.template.spec.tolerations ?? []), ...ownTolerations];
    const labels = { [revisionLabel]: revision };
    const created = createPod(frame, set, set.spec.template, { labels, spec: { nodeName, tolerations } });
    if (!created.ok) return created.error.message;
  }
  return update(frame, set, pods, nodes, revision);
}

function update(
  frame: ControllerFrame,
  set: Workload,
  pods: readonly Pod[],
  nodes: readonly string[],
  revision: string,
): string | null {
  const strategy = (set.spec['updateStrategy'] ?? {}) as {
    type?: string;
    rollingUpdate?: { maxUnavailable?: unknown };
  };
  if (strategy.type === 'OnDelete') return null;
  const allowed = Math.max(1, resolveShare(strategy.rollingUpdate?.maxUnavailable ?? 1, nodes.length, 'up'));
  const serving = pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  let spare = allowed - (nodes.length - serving.length);
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.metadata.labels?.[revisionLabel] === revision)
      continue;
    if (isReady(pod) && spare-- <= 0) continue;
    const error = deletePod(frame, set, pod);
    if (error !== null) return error;
  }
  return null;
}

function statusOf(
  frame: ControllerFrame,
  set: Workload,
  pods: readonly Pod[],
  nodes: readonly string[],
  revision: string,
): Readonly<Record<string, unknown>> {
  const nowMs = frame.clock.wallMs();
  const placed = pods.filter((pod) => nodes.includes(pod.spec.nodeName ?? ''));
  const available = placed.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: new Set(placed.map((pod) => pod.spec.nodeName)).size,
    numberMisscheduled: pods.length - placed.length,
    numberReady: placed.filter(isReady).length,
    updatedNumberScheduled: placed.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length,
    numberAvailable: available,
    ...(nodes.length > available ? { numberUnavailable: nodes.length - available } : {}),
  };
}
