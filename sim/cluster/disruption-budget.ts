// How many pods of a PodDisruptionBudget may be disrupted at this moment.
import { arrayOf, at, recordOf, textAt } from './json.ts';
import { labelSelectorMatches } from './selectors.ts';
import type { ClusterStore, StoredObject } from './store-api.ts';

export interface Budget {
  readonly expectedPods: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly disruptionsAllowed: number;
}

type Objects = Pick<ClusterStore, 'get' | 'list'>;

export function selects(budget: StoredObject, pod: StoredObject): boolean {
  return (
    budget.metadata.namespace === pod.metadata.namespace &&
    labelSelectorMatches(budget.spec?.['selector'] ?? null, pod.metadata.labels)
  );
}

export function isHealthy(pod: StoredObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return arrayOf(at(pod, 'status', 'conditions')).some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
}

const resources: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
};

/** The one that keeps the pod's number: the Deployment of its ReplicaSet, or what owns it otherwise. */
function scaledBy(store: Objects, object: StoredObject): StoredObject | null {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const resource = owner === undefined ? undefined : resources[owner.kind];
  if (owner === undefined || resource === undefined) return null;
  const found = store.get(resource, object.metadata.namespace, owner.name);
  if (found === null || found.metadata.uid !== owner.uid) return null;
  return scaledBy(store, found) ?? found;
}

function expectedOf(store: Objects, pods: readonly StoredObject[]): number {
  const owners = new Map<string, number>();
  let alone = 0;
  for (const pod of pods) {
    const owner = scaledBy(store, pod);
    if (owner === null) alone++;
    else owners.set(owner.metadata.uid ?? '', Number(owner.spec?.['replicas'] ?? 1));
  }
  return [...owners.values()].reduce((sum, count) => sum + count, alone);
}

/** '50%' of all, rounded up, or a plain number. */
function share(value: unknown, total: number): number {
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value) : null;
  return percent === null ? Number(value) : Math.ceil((Number(percent[1]) * total) / 100);
}

export function budgetOf(store: Objects, budget: StoredObject): Budget {
  const { namespace = '' } = budget.metadata;
  const pods = store
    .list('pods', { namespace })
    .filter(
      (pod) => selects(budget, pod) && !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase')),
    );
  const { minAvailable, maxUnavailable } = recordOf(budget.spec);
  const currentHealthy = pods.filter(isHealthy).length;
  let expectedPods = pods.length;
  let desiredHealthy = 0;
  if (maxUnavailable !== undefined) {
    expectedPods = expectedOf(store, pods);
    desiredHealthy = Math.max(0, expectedPods - share(maxUnavailable, expectedPods));
  } else if (minAvailable !== undefined) {
    if (typeof minAvailable === 'string') expectedPods = expectedOf(store, pods);
    desiredHealthy = share(minAvailable, expectedPods);
  }
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  return { expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed };
}
