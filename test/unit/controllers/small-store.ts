// The rules of ClusterStore that controllers lean on, and nothing else: no schemas, no defaulting.

import { formatTimestamp } from '../../../sim/cluster/controllers/timestamp.ts';
import type {
  ApiFailure,
  ChangeListener,
  ChangeType,
  ClusterStore,
  StoredObject,
} from '../../../sim/cluster/store-api.ts';
import { canonicalJson, compareStrings } from '../../../src/base/order.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { Clock } from '../../../src/ports/clock.ts';

type Json = Record<string, unknown>;

function merge(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result: Json = {
    ...(target !== null && typeof target === 'object' && !Array.isArray(target) ? (target as Json) : {}),
  };
  for (const [name, value] of Object.entries(patch as Json)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

function failure(
  code: number,
  reason: string,
  message: string,
): { readonly ok: false; readonly error: ApiFailure } {
  return fail({ code, reason, message });
}

export function createSmallStore(clock: Clock): ClusterStore {
  const objects = new Map<string, StoredObject>();
  const listeners: [string, ChangeListener][] = [];
  const changes: (() => void)[] = [];
  let delivering = false;
  let version = 0;
  let ids = 0;
  const keyOf = (resource: string, namespace: string | undefined, name: string) =>
    `${resource}|${namespace ?? ''}|${name}`;

  function emit(
    resource: string,
    type: ChangeType,
    object: StoredObject,
    previous: StoredObject | null,
  ): void {
    changes.push(() => {
      for (const [name, listener] of [...listeners]) if (name === resource) listener(type, object, previous);
    });
    if (delivering) return;
    delivering = true;
    for (let next = changes.shift(); next !== undefined; next = changes.shift()) next();
    delivering = false;
  }

  function put(
    resource: string,
    next: StoredObject,
    previous: StoredObject | null,
  ): Result<StoredObject, ApiFailure> {
    const key = keyOf(resource, next.metadata.namespace, next.metadata.name);
    const { resourceVersion: _next, ...metadata } = next.metadata;
    if (previous !== null) {
      const { resourceVersion: _previous, ...before } = previous.metadata;
      if (canonicalJson({ ...next, metadata }) === canonicalJson({ ...previous, metadata: before }))
        return ok(previous);
    }
    const specChanged = previous !== null && canonicalJson(previous.spec) !== canonicalJson(next.spec);
    const generation = (previous?.metadata.generation ?? 0) + (previous === null || specChanged ? 1 : 0);
    const stored = {
      ...next,
      metadata: { ...metadata, generation, resourceVersion: String(++version) },
    } as StoredObject;
    if (
      stored.metadata.deletionTimestamp !== undefined &&
      (stored.metadata.finalizers ?? []).length === 0 &&
      resource !== 'pods'
    ) {
      objects.delete(key);
      emit(resource, 'DELETED', stored, previous);
      return ok(stored);
    }
    objects.set(key, stored);
    emit(resource, previous === null ? 'ADDED' : 'MODIFIED', stored, previous);
    return ok(stored);
  }

  const store: ClusterStore = {
    get: (resource, namespace, name) => objects.get(keyOf(resource, namespace, name)) ?? null,
    list: (resource, options = {}) =>
      [...objects]
        .filter(([key]) => key.startsWith(`${resource}|`))
        .filter(
          ([, object]) => options.namespace === undefined || object.metadata.namespace === options.namespace,
        )
        .sort(([a], [b]) => compareStrings(a, b))
        .map(([, object]) => object),
    create(resource, object) {
      const generateName = (object.metadata as unknown as Json)['generateName'];
      const name = object.metadata.name ?? `${generateName}${(ids + 46656).toString(36)}`;
      if (objects.has(keyOf(resource, object.metadata.namespace, name)))
        return failure(409, 'AlreadyExists', `${name} already exists`);
      const metadata = {
        ...object.metadata,
        name,
        uid: `uid-${++ids}`,
        creationTimestamp: formatTimestamp(clock.wallMs()),
      };
      return put(resource, { ...object, metadata }, null);
    },
    update(resource, object) {
      const current = store.get(resource, object.metadata.namespace, object.metadata.name);
      if (current === null) return failure(404, 'NotFound', `${object.metadata.name} not found`);
      if (object.metadata.resourceVersion !== current.metadata.resourceVersion)
        return failure(409, 'Conflict', 'stale');
      return put(resource, { ...object, status: current.status }, current);
    },
    updateStatus(resource, object) {
      const current = store.get(resource, object.metadata.namespace, object.metadata.name);
      if (current === null) return failure(404, 'NotFound', `${object.metadata.name} not found`);
      if (object.metadata.resourceVersion !== current.metadata.resourceVersion)
        return failure(409, 'Conflict', 'stale');
      return put(resource, { ...current, status: object.status }, current);
    },
    mergePatch(resource, namespace, name, patch) {
      const current = store.get(resource, namespace, name);
      if (current === null) return failure(404, 'NotFound', `${name} not found`);
      return put(resource, merge(current, patch) as StoredObject, current);
    },
    delete(resource, namespace, name, options = {}) {
      const current = store.get(resource, namespace, name);
      if (current === null) return failure(404, 'NotFound', `${name} not found`);
      if (options.uid !== undefined && options.uid !== current.metadata.uid)
        return failure(409, 'Conflict', 'another uid');
      const grace =
        resource === 'pods'
          ? (options.gracePeriodSeconds ?? Number(current.spec?.['terminationGracePeriodSeconds'] ?? 30))
          : 0;
      const finalizers = [...(current.metadata.finalizers ?? [])];
      if (options.propagationPolicy === 'Foreground') finalizers.push('foregroundDeletion');
      if (options.propagationPolicy === 'Orphan') finalizers.push('orphan');
      if (finalizers.length > 0 || grace > 0) {
        const metadata = {
          ...current.metadata,
          finalizers,
          deletionTimestamp:
            current.metadata.deletionTimestamp ?? formatTimestamp(clock.wallMs() + grace * 1000),
          ...(resource === 'pods' ? { deletionGracePeriodSeconds: grace } : {}),
        };
        return put(resource, { ...current, metadata }, current);
      }
      objects.delete(keyOf(resource, namespace, name));
      version++;
      emit(resource, 'DELETED', current, current);
      return ok(current);
    },
    subscribe(resource, listener) {
      const entry: [string, ChangeListener] = [resource, listener];
      listeners.push(entry);
      return () => void listeners.splice(listeners.indexOf(entry), 1);
    },
    get resourceVersion() {
      return version;
    },
  };
  return store;
}
