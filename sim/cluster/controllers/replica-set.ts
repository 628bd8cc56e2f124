// ReplicaSet: exactly `replicas` active pods, and the counts that Deployments decide by.
import type { ClusterStore } from '../store-api.ts';
import { formatTime } from '../timestamp.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  ownerKeys,
  ownKey,
  writeStatus,
} from './controller.ts';
import { asPod, asWorkload, controllerOf, type Pod, type Workload } from './kinds.ts';
import { createPod, deletePod, ownedPods } from './pod-control.ts';
import { isActive, isAvailable, isReady, nextAvailableMs, withCondition } from './pod-state.ts';
import { splitKey } from './queue.ts';
import { matchesLabels, matchesSelector } from './selector.ts';
import { chooseVictims } from './victim-ranking.ts';

const resource = 'replicasets.apps';
/** Pods created or deleted in one go; the rest follows in the next. */
const burstReplicas = 500;

export function startReplicaSetController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'replica-set', sync);
  frame.watch(resource, ownKey);
  const owners = ownerKeys('ReplicaSet');
  frame.watch('pods', (object, previous) => {
    if (controllerOf(object) !== undefined) return owners(object, previous);
    return adoptersOf(ports.store, asPod(object));
  });
  return frame;
}

/** An orphan pod may belong to any ReplicaSet that selects it. */
function adoptersOf(store: ClusterStore, pod: Pod): readonly string[] {
  const namespace = pod.metadata.namespace ?? '';
  return store
    .list(resource, { namespace })
    .filter((object) => matchesSelector(asWorkload(object).spec.selector, pod.metadata.labels))
    .map((object) => `${namespace}/${object.metadata.name}`);
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get(resource, namespace, name);
  if (object === null) return null;
  const set = asWorkload(object);
  const pods = ownedPods(frame.store, set, set.spec.selector).filter(isActive);
  const failure = set.metadata.deletionTimestamp === undefined ? manageReplicas(frame, set, pods) : null;
  const current = ownedPods(frame.store, set, undefined).filter(isActive);
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const waitMs = nextAvailableMs(current, minReadySeconds, frame.clock.wallMs());
  if (waitMs !== null) frame.queue.addAfter(key, waitMs);
  return writeStatus(frame.store, resource, set, statusOf(frame, set, current, failure)) ?? failure;
}

function manageReplicas(frame: ControllerFrame, set: Workload, active: readonly Pod[]): string | null {
  const missing = (set.spec.replicas ?? 1) - active.length;
  for (let i = 0; i < Math.min(missing, burstReplicas); i++) {
    const created = createPod(frame, set, set.spec.template);
    if (!created.ok) return created.error.message;
  }
  if (missing >= 0) return missing > burstReplicas ? 'more pods follow' : null;
  const surplus = Math.min(-missing, burstReplicas);
  for (const pod of chooseVictims(active, surplus, frame.clock.wallMs())) {
    const error = deletePod(frame, set, pod);
    if (error !== null) return error;
  }
  return -missing > burstReplicas ? 'more deletions follow' : null;
}

function statusOf(
  frame: ControllerFrame,
  set: Workload,
  pods: readonly Pod[],
  failure: string | null,
): Readonly<Record<string, unknown>> {
  const nowMs = frame.clock.wallMs();
  const labels = set.spec.template.metadata?.labels ?? {};
  const kept = (set.status?.conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure');
  const reason = (set.spec.replicas ?? 1) > pods.length ? 'FailedCreate' : 'FailedDelete';
  const conditions =
    failure === null
      ? kept
      : withCondition(
          set.status?.conditions,
          { type: 'ReplicaFailure', status: 'True', reason, message: failure },
          formatTime(nowMs),
        );
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) => matchesLabels(labels, pod.metadata.labels)).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    observedGeneration: set.metadata.generation ?? 0,
  };
}
