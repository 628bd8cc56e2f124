// What ReplicaSet, StatefulSet, DaemonSet and Job share: finding their pods (with adoption) and creating new ones.
import type { Result } from '../../../src/base/result.ts';
import type { ApiFailure, ClusterStore, StoredObject } from '../store-api.ts';
import type { ControllerFrame } from './controller.ts';
import {
  asPod,
  controllerOf,
  controllerReference,
  type LabelSelector,
  type Pod,
  type PodTemplate,
} from './kinds.ts';
import { isActive } from './pod-state.ts';
import { matchesSelector } from './selector.ts';

type Owner = Pick<StoredObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Pods whose controller is `owner`, by uid; active orphans that match the selector are adopted on the way. */
export function ownedPods(
  store: ClusterStore,
  owner: Owner,
  selector: LabelSelector | undefined,
): readonly Pod[] {
  const owned: Pod[] = [];
  const namespace = owner.metadata.namespace;
  for (const object of store.list('pods', { namespace })) {
    const pod = asPod(object);
    const controller = controllerOf(pod);
    if (controller !== undefined) {
      if (controller.uid === owner.metadata.uid) owned.push(pod);
      continue;
    }
    const wanted = owner.metadata.deletionTimestamp === undefined && isActive(pod);
    if (!wanted || !matchesSelector(selector, pod.metadata.labels)) continue;
    const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(owner)];
    const adopted = store.mergePatch('pods', namespace, pod.metadata.name, { metadata: { ownerReferences } });
    if (adopted.ok) owned.push(asPod(adopted.value));
  }
  return owned;
}

export interface NewPod {
  /** Exact name; without it the server makes one from the owner's. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Creates one pod from a template and tells about it in an Event, as the pod control of the real controllers does. */
export function createPod(
  frame: Pick<ControllerFrame, 'store' | 'events'>,
  owner: Owner,
  template: PodTemplate,
  extra: NewPod = {},
): Result<StoredObject, ApiFailure> {
  const prefix = owner.metadata.name.length > 240 ? owner.metadata.name.slice(0, 240) : owner.metadata.name;
  const name = extra.name === undefined ? { generateName: `${prefix}-` } : { name: extra.name };
  const result = frame.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, ...extra.labels },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(owner)],
    } as unknown as StoredObject['metadata'],
    spec: { ...template.spec, ...extra.spec },
  });
  if (result.ok) {
    frame.events.normal(owner, 'SuccessfulCreate', `Created pod: ${result.value.metadata.name}`);
  } else if (result.error.reason !== 'AlreadyExists') {
    frame.events.warning(owner, 'FailedCreate', `Error creating: ${result.error.message}`);
  }
  return result;
}

export function deletePod(
  frame: Pick<ControllerFrame, 'store' | 'events'>,
  owner: Owner,
  pod: Pod,
): string | null {
  const { namespace, name, uid } = pod.metadata;
  const result = frame.store.delete('pods', namespace, name, { uid });
  if (result.ok) frame.events.normal(owner, 'SuccessfulDelete', `Deleted pod: ${name}`);
  else if (result.error.reason !== 'NotFound' && result.error.reason !== 'Conflict')
    return result.error.message;
  return null;
}
