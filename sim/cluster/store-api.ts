// The core of the simulated API server as in-process code sees it: synchronous, every call one transaction. The HTTP
// front and the cluster's own controllers are its two kinds of callers. Objects are deeply frozen, never clone them.

import type { Result } from '../../src/base/result.ts';
import type { KubeObject } from '../../src/kube/object.ts';

/** 'pods', 'deployments.apps', 'ingresses.networking.k8s.io': plural, then the group if there is one. */
export type ResourceName = string;

export interface StoredObject extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** metav1.Status of a failed call. */
export interface ApiFailure {
  readonly code: number;
  /** 'NotFound', 'AlreadyExists', 'Conflict', 'Invalid', 'BadRequest', 'Forbidden', 'Gone', 'Expired', ... */
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Of the Status: where a list whose token has expired can go on. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface ListOptions {
  /** Undefined: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly uid?: string;
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type ChangeListener = (type: ChangeType, object: StoredObject, previous: StoredObject | null) => void;

export interface ClusterStore {
  get(resource: ResourceName, namespace: string | undefined, name: string): StoredObject | null;
  /** Sorted by namespace and name. */
  list(resource: ResourceName, options?: ListOptions): readonly StoredObject[];
  /** Assigns uid, creationTimestamp, generation, resourceVersion, generateName; runs defaulting and validation. */
  create(resource: ResourceName, object: StoredObject): Result<StoredObject, ApiFailure>;
  /** Optimistic lock when metadata.resourceVersion is set. Ignores changes of status where it is a subresource. */
  update(resource: ResourceName, object: StoredObject): Result<StoredObject, ApiFailure>;
  updateStatus(resource: ResourceName, object: StoredObject): Result<StoredObject, ApiFailure>;
  /** RFC 7386 on the whole object (subresource 'status' restricts it to status). */
  mergePatch(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    patch: Readonly<Record<string, unknown>>,
    subresource?: 'status',
  ): Result<StoredObject, ApiFailure>;
  delete(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Result<StoredObject, ApiFailure>;
  /** Called after each committed change, in resourceVersion order, never inside the committing call's own listeners. */
  subscribe(resource: ResourceName, listener: ChangeListener): () => void;
  /** Resource version of the last commit. */
  readonly resourceVersion: number;
}
