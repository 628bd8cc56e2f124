// StatefulSet: pods with fixed names, made in order, updated from the highest ordinal down.
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
import { asWorkload, type Pod, type Workload } from './kinds.ts';
import { createPod, deletePod, ownedPods } from './pod-control.ts';
import { isAvailable, isReady, isTerminal, nextAvailableMs } from './pod-state.ts';
import { splitKey } from './queue.ts';

const resource = 'statefulsets.apps';
const revisionLabel = 'controller-revision-hash';

export function startStatefulSetController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'stateful-set', sync);
  frame.watch(resource, ownKey);
  frame.watch('pods', ownerKeys('StatefulSet'));
  return frame;
}

function ordinalOf(set: Workload, pod: Pod): number {
  const suffix = pod.metadata.name.slice(set.metadata.name.length + 1);
  return /^\d{1,9}$/.test(suffix) ? Number(suffix) : -1;
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get(resource, namespace, name);
  if (object === null) return null;
  const set = asWorkload(object);
  const hash = templateHash(set.spec.template, 0);
  const revision = `${name}-${hash}`;
  const failure =
    set.metadata.deletionTimestamp === undefined
      ? (record(frame, set, hash) ?? act(frame, set, revision))
      : null;
  const pods = ownedPods(frame.store, set, undefined);
  const waitMs = nextAvailableMs(pods, set.spec.minReadySeconds ?? 0, frame.clock.wallMs());
  if (waitMs !== null) frame.queue.addAfter(key, waitMs);
  return writeStatus(frame.store, resource, set, statusOf(frame, set, pods, revision)) ?? failure;
}

function record(frame: ControllerFrame, set: Workload, hash: string): string | null {
  const inUse = new Set(
    ownedPods(frame.store, set, undefined).map((pod) =>
      (pod.metadata.labels?.[revisionLabel] ?? '').slice(set.metadata.name.length + 1),
    ),
  );
  return recordRevision(frame, { owner: set, hash, hashLabel: 'controller.kubernetes.io/hash', inUse });
}

/** One step: in order, each pod waits until all before it are ready (`Parallel` does not wait). */
function act(frame: ControllerFrame, set: Workload, revision: string): string | null {
  const replicas = set.spec.replicas ?? 1;
  const start = Number((set.spec['ordinals'] as { start?: number } | undefined)?.start ?? 0);
  const ordered = set.spec['podManagementPolicy'] !== 'Parallel';
  const pods = ownedPods(frame.store, set, set.spec.selector);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  for (let ordinal = start; ordinal < start + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) {
      const name = `${set.metadata.name}-${ordinal}`;
      const labels = {
        [revisionLabel]: revision,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      };
      const spec = { hostname: name, subdomain: String(set.spec['serviceName'] ?? '') };
      const created = createPod(frame, set, set.spec.template, { name, labels, spec });
      if (!created.ok) return created.error.reason === 'AlreadyExists' ? null : created.error.message;
      if (ordered) return null;
      continue;
    }
    if (isTerminal(pod) && pod.metadata.deletionTimestamp === undefined) return deletePod(frame, set, pod);
    const settled = isReady(pod) && pod.metadata.deletionTimestamp === undefined;
    if (ordered && !settled) return null;
  }
  const surplus = pods
    .filter((pod) => ordinalOf(set, pod) >= start + replicas || ordinalOf(set, pod) < start)
    .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
  for (const pod of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) {
      const error = deletePod(frame, set, pod);
      if (error !== null) return error;
    }
    if (ordered) return null;
  }
  return surplus.length > 0 ? null : update(frame, set, pods, revision);
}

function update(
  frame: ControllerFrame,
  set: Workload,
  pods: readonly Pod[],
  revision: string,
): string | null {
  const strategy = (set.spec['updateStrategy'] ?? {}) as {
    type?: string;
    rollingUpdate?: { partition?: number };
  };
  if (strategy.type === 'OnDelete') return null;
  const partition = strategy.rollingUpdate?.partition ?? 0;
  for (const pod of [...pods].sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))) {
    if (ordinalOf(set, pod) < partition || pod.metadata.deletionTimestamp !== undefined) return null;
    if (pod.metadata.labels?.[revisionLabel] !== revision) return deletePod(frame, set, pod);
    if (!isReady(pod)) return null;
  }
  return null;
}

function statusOf(
  frame: ControllerFrame,
  set: Workload,
  pods: readonly Pod[],
  revision: string,
): Readonly<Record<string, unknown>> {
  const alive = pods.filter((pod) => !isTerminal(pod));
  const updated = alive.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length;
  const before = set.status?.['currentRevision'];
  const finished = updated === alive.length && alive.length === (set.spec.replicas ?? 1);
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: alive.length,
    readyReplicas: alive.filter(isReady).length,
    availableReplicas: alive.filter((pod) => isAvailable(pod, minReadySeconds, frame.clock.wallMs())).length,
    currentReplicas: finished ? updated : alive.length - updated,
    updatedReplicas: updated,
    currentRevision: finished || before === undefined ? revision : before,
    updateRevision: revision,
    collisionCount: 0,
  };
}
