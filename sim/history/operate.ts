// The operator: carries out one planned change of an object through the store, as kubectl would through the API server.
import type { Result } from '../../src/base/result.ts';
import type { ApiFailure, ClusterStore, StoredObject } from '../cluster/store-api.ts';
import type { Operation } from './plan.ts';

/** What is refused (a name that is taken, an object that is gone) is an operator's mistake, not an error of the run. */
export function operate(store: ClusterStore, operation: Operation): Result<StoredObject, ApiFailure> {
  const { verb, resource, name, body } = operation;
  const namespace = operation.namespace === '' ? undefined : operation.namespace;
  switch (verb) {
    case 'create':
      return store.create(resource, body as unknown as StoredObject);
    case 'replace':
      return store.update(resource, body as unknown as StoredObject);
    case 'merge':
      return store.mergePatch(resource, namespace, name, body ?? {});
    case 'delete':
      return store.delete(resource, namespace, name);
  }
}
