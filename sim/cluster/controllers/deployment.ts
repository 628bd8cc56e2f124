// Deployment: rolls from one ReplicaSet to the next within its bounds, keeps revisions, and tells how far it is.
import { sameJson } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
  ownerKeys,
  ownKey,
  writeStatus,
} from './controller.ts';
import {
  compareAge,
  desiredReplicasOf,
  findNewSet,
  hashLabel,
  maxReplicasOf,
  ownedSets,
  replicaSets,
  revisionAnnotation,
  revisionOf,
  setAnnotations,
  sizeAnnotations,
  templateHash,
  templateText,
} from './deployment-revision.ts';
import { type RolloutFacts, rolloutStatus } from './deployment-status.ts';
import { asPod, asWorkload, controllerOf, controllerReference, type Workload } from './kinds.ts';
import { isTerminal } from './pod-state.ts';
import { splitKey } from './queue.ts';
import {
  newSetReplicas,
  type RollingBounds,
  rollingBounds,
  shareScaling,
  shrinkOldSets,
} from './rolling-arithmetic.ts';

const resource = 'deployments.apps';

/** One look at a Deployment; `sets` is replaced as the sync writes. */
interface Rollout {
  readonly frame: ControllerFrame;
  readonly deployment: Workload;
  readonly bounds: RollingBounds;
  sets: readonly Workload[];
  newSet: Workload | null;
  newSetChange: RolloutFacts['newSetChange'];
  collisionCount: number;
  failure: string | null;
}

export function startDeploymentController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'deployment', sync);
  frame.watch(resource, ownKey);
  frame.watch(replicaSets, ownerKeys('Deployment'));
  // A Recreate rollout waits for the last old pod to be gone.
  frame.watch('pods', (object) => {
    const owner = controllerOf(object);
    if (owner?.kind !== 'ReplicaSet') return [];
    const set = ports.store.get(replicaSets, object.metadata.namespace, owner.name);
    const deployment = set === null ? undefined : controllerOf(set);
    if (deployment === undefined) return [];
    const key = { metadata: { namespace: object.metadata.namespace, name: deployment.name } };
    const found = ports.store.get(resource, key.metadata.namespace, deployment.name);
    return found !== null && isRecreate(asWorkload(found)) ? ownKey({ ...found }) : [];
  });
  return frame;
}

function strategyOf(deployment: Workload): Readonly<Record<string, unknown>> {
  return (deployment.spec['strategy'] ?? {}) as Readonly<Record<string, unknown>>;
}

function isRecreate(deployment: Workload): boolean {
  return strategyOf(deployment)['type'] === 'Recreate';
}

function boundsOf(deployment: Workload): RollingBounds {
  const replicas = deployment.spec.replicas ?? 1;
  if (isRecreate(deployment)) return { maxSurge: 0, maxUnavailable: 0 };
  const rolling = (strategyOf(deployment)['rollingUpdate'] ?? {}) as Readonly<Record<string, unknown>>;
  return rollingBounds(replicas, rolling['maxSurge'], rolling['maxUnavailable']);
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get(resource, namespace, name);
  if (object === null) return null;
  const deployment = asWorkload(object);
  const sets = ownedSets(frame.store, deployment);
  const rollout: Rollout = {
    frame,
    deployment,
    bounds: boundsOf(deployment),
    sets,
    newSet: findNewSet(deployment, sets),
    newSetChange: 'none',
    collisionCount: deployment.status?.collisionCount ?? 0,
    failure: null,
  };
  if (deployment.metadata.deletionTimestamp === undefined) {
    if (deployment.spec['paused'] === true || isScalingEvent(rollout)) {
      adoptRevision(rollout, false);
      scale(rollout);
    } else if (isRecreate(deployment)) recreate(rollout);
    else roll(rollout);
    removeOldRevisions(rollout);
  }
  return finish(rollout, key);
}

function finish(rollout: Rollout, key: string): string | null {
  const { frame, deployment } = rollout;
  const fresh = frame.store.get(resource, deployment.metadata.namespace, deployment.metadata.name);
  if (fresh === null || fresh.metadata.uid !== deployment.metadata.uid) return null;
  const { status, againMs } = rolloutStatus({
    deployment: { ...asWorkload(fresh), spec: deployment.spec, metadata: deployment.metadata },
    newSet: rollout.newSet,
    sets: ownedSets(frame.store, deployment),
    maxUnavailable: rollout.bounds.maxUnavailable,
    nowMs: frame.clock.wallMs(),
    newSetChange: rollout.newSetChange,
    failure: rollout.failure,
    collisionCount: rollout.collisionCount,
  });
  if (againMs !== null) frame.queue.addAfter(key, againMs);
  return writeStatus(frame.store, resource, fresh, status) ?? rollout.failure;
}

/** The wanted count changed since a set was last sized: growth is shared before the rollout goes on. */
function isScalingEvent(rollout: Rollout): boolean {
  const replicas = rollout.deployment.spec.replicas ?? 1;
  return rollout.sets.some((set) => {
    const desired = desiredReplicasOf(set);
    return (set.spec.replicas ?? 0) > 0 && desired !== null && desired !== replicas;
  });
}

function oldSetsOf(rollout: Rollout): readonly Workload[] {
  return rollout.sets.filter((set) => set.metadata.uid !== rollout.newSet?.metadata.uid);
}

function replace(rollout: Rollout, object: StoredObject): void {
  const set = asWorkload(object);
  rollout.sets = [...rollout.sets.filter((other) => other.metadata.uid !== set.metadata.uid), set].sort(
    compareAge,
  );
  if (rollout.newSet === null || rollout.newSet.metadata.uid === set.metadata.uid) rollout.newSet = set;
}

/** Numbers the current set one above all others, and makes it if it is missing and may be made. */
function adoptRevision(rollout: Rollout, create: boolean): void {
  const { deployment, newSet } = rollout;
  const revision = oldSetsOf(rollout).reduce((most, set) => Math.max(most, revisionOf(set)), 0) + 1;
  if (newSet !== null) {
    const annotations = setAnnotations(deployment, newSet, revision);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    const stale =
      !sameJson(annotations, newSet.metadata.annotations ?? {}) ||
      (newSet.spec.minReadySeconds ?? 0) !== minReadySeconds;
    if (stale) {
      const moved = revision > revisionOf(newSet);
      write(rollout, newSet, { metadata: { annotations }, spec: { minReadySeconds } });
      if (moved) rollout.newSetChange = 'found';
    }
  } else if (create) createNewSet(rollout, revision);
  const current = rollout.newSet;
  if (current !== null) annotateRevision(rollout, String(revisionOf(current)));
}

function annotateRevision(rollout: Rollout, revision: string): void {
  const { deployment, frame } = rollout;
  if (deployment.metadata.annotations?.[revisionAnnotation] === revision) return;
  const { namespace, name } = deployment.metadata;
  const patch = { metadata: { annotations: { [revisionAnnotation]: revision } } };
  const result = frame.store.mergePatch(resource, namespace, name, patch);
  if (!result.ok) rollout.failure = failureText(result.error);
}

function createNewSet(rollout: Rollout, revision: number): void {
  const { frame, deployment } = rollout;
  const { template, selector } = deployment.spec;
  const hash = templateHash(template, rollout.collisionCount);
  const total = rollout.sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const wanted = deployment.spec.replicas ?? 1;
  const replicas = isRecreate(deployment)
    ? wanted
    : newSetReplicas(wanted, rollout.bounds.maxSurge, 0, total);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const name = `${deployment.metadata.name}-${hash}`;
  const result = frame.store.create(replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: {
        ...setAnnotations(deployment, null, revision),
        ...sizeAnnotations(wanted, wanted + rollout.bounds.maxSurge),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(deployment.spec.minReadySeconds === undefined
        ? {}
        : { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
  if (result.ok) {
    replace(rollout, result.value);
    rollout.newSetChange = 'created';
    if (replicas > 0) announce(rollout, name, 'up', 0, replicas);
    return;
  }
  const taken =
    result.error.reason === 'AlreadyExists'
      ? frame.store.get(replicaSets, deployment.metadata.namespace, name)
      : null;
  if (taken !== null && templateText(asWorkload(taken).spec.template) !== templateText(template))
    rollout.collisionCount++;
  else if (result.error.reason !== 'AlreadyExists') rollout.newSetChange = 'failed';
  rollout.failure = failureText(result.error);
}

function write(rollout: Rollout, set: Workload, patch: Readonly<Record<string, unknown>>): boolean {
  const { namespace, name } = set.metadata;
  const result = rollout.frame.store.mergePatch(replicaSets, namespace, name, patch);
  if (result.ok) replace(rollout, result.value);
  else rollout.failure = failureText(result.error);
  return result.ok;
}

function announce(rollout: Rollout, name: string, direction: 'up' | 'down', from: number, to: number): void {
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
  rollout.frame.events.normal(rollout.deployment, 'ScalingReplicaSet', message);
}

/** Resizes one set and notes the size the whole Deployment had then. True when something changed. */
function resize(rollout: Rollout, set: Workload, replicas: number): boolean {
  const from = set.spec.replicas ?? 0;
  const wanted = rollout.deployment.spec.replicas ?? 1;
  const annotations = sizeAnnotations(wanted, wanted + rollout.bounds.maxSurge);
  const stale = desiredReplicasOf(set) !== wanted || maxReplicasOf(set) !== wanted + rollout.bounds.maxSurge;
  if (from === replicas && !stale) return false;
  const patch =
    from === replicas ? { metadata: { annotations } } : { metadata: { annotations }, spec: { replicas } };
  if (!write(rollout, set, patch)) return false;
  if (from !== replicas)
    announce(rollout, set.metadata.name, replicas > from ? 'up' : 'down', from, replicas);
  return from !== replicas;
}

function isSaturated(deployment: Workload, set: Workload | null): boolean {
  const replicas = deployment.spec.replicas ?? 1;
  return (
    set !== null &&
    set.spec.replicas === replicas &&
    desiredReplicasOf(set) === replicas &&
    (set.status?.availableReplicas ?? 0) === replicas
  );
}

function scale(rollout: Rollout): void {
  const { deployment, newSet } = rollout;
  const replicas = deployment.spec.replicas ?? 1;
  const active = rollout.sets.filter((set) => (set.spec.replicas ?? 0) > 0);
  const only = active.length > 1 ? null : (active[0] ?? newSet ?? rollout.sets.at(-1) ?? null);
  if (only !== null) {
    resize(rollout, only, replicas);
    return;
  }
  if (isSaturated(deployment, newSet)) {
    for (const set of oldSetsOf(rollout)) if ((set.spec.replicas ?? 0) > 0) resize(rollout, set, 0);
    return;
  }
  if (isRecreate(deployment) || active.length === 0) return;
  const total = active.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const growing = (replicas > 0 ? replicas + rollout.bounds.maxSurge : 0) > total;
  const ordered = [...active].sort(
    (a, b) =>
      (b.spec.replicas ?? 0) - (a.spec.replicas ?? 0) || (growing ? -compareAge(a, b) : compareAge(a, b)),
  );
  const before = deployment.status?.replicas ?? replicas;
  const shares = ordered.map((set) => ({
    replicas: set.spec.replicas ?? 0,
    maxReplicas: maxReplicasOf(set) ?? before,
  }));
  const sizes = shareScaling(replicas, rollout.bounds.maxSurge, shares);
  for (const [i, set] of ordered.entries()) resize(rollout, set, sizes[i]!);
}

function roll(rollout: Rollout): void {
  adoptRevision(rollout, true);
  const { deployment, bounds, newSet } = rollout;
  if (newSet === null || rollout.failure !== null) return;
  const replicas = deployment.spec.replicas ?? 1;
  const current = newSet.spec.replicas ?? 0;
  const total = rollout.sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const wanted = current > replicas ? replicas : newSetReplicas(replicas, bounds.maxSurge, current, total);
  if (resize(rollout, newSet, wanted)) return;
  const old = oldSetsOf(rollout).filter((set) => (set.spec.replicas ?? 0) > 0);
  const sizes = shrinkOldSets(replicas, bounds.maxUnavailable, sizeOf(newSet), old.map(sizeOf));
  if (sizes !== null) for (const [i, set] of old.entries()) resize(rollout, set, sizes[i]!);
}

function sizeOf(set: Workload): { readonly replicas: number; readonly available: number } {
  return { replicas: set.spec.replicas ?? 0, available: set.status?.availableReplicas ?? 0 };
}

/** All old pods go, and only when the last one is really gone the new ones come. */
function recreate(rollout: Rollout): void {
  adoptRevision(rollout, false);
  const old = oldSetsOf(rollout);
  let acted = false;
  for (const set of old) if ((set.spec.replicas ?? 0) > 0) acted = resize(rollout, set, 0) || acted;
  if (acted) return;
  const oldUids = new Set(old.map((set) => set.metadata.uid));
  const remaining = rollout.frame.store
    .list('pods', { namespace: rollout.deployment.metadata.namespace })
    .some((pod) => oldUids.has(controllerOf(pod)?.uid) && !isTerminal(asPod(pod)));
  if (remaining) return;
  adoptRevision(rollout, true);
  if (rollout.newSet !== null) resize(rollout, rollout.newSet, rollout.deployment.spec.replicas ?? 1);
}

/** Keeps `revisionHistoryLimit` empty old sets for `kubectl rollout undo`. */
function removeOldRevisions(rollout: Rollout): void {
  const { deployment, frame } = rollout;
  const limit = deployment.spec['revisionHistoryLimit'];
  const kept = typeof limit === 'number' ? limit : 10;
  const old = oldSetsOf(rollout).filter((set) => set.metadata.deletionTimestamp === undefined);
  const surplus = old.length - kept;
  if (surplus <= 0 || !isSaturated(deployment, rollout.newSet)) return;
  const byRevision = [...old].sort((a, b) => revisionOf(a) - revisionOf(b) || compareAge(a, b));
  for (const set of byRevision.slice(0, surplus)) {
    const observed = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
    if ((set.spec.replicas ?? 0) !== 0 || (set.status?.replicas ?? 0) !== 0 || !observed) continue;
    const error = deleteObject(frame.store, replicaSets, set);
    if (error !== null) rollout.failure = error;
  }
}
