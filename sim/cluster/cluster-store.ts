// The store as the cluster's own controllers see it: synchronous calls by resource name, over the same rules as the HTTP front.
import { fail, ok } from '../../src/base/result.ts';
import { failures } from './failure.ts';
import { deepFreeze } from './json.ts';
import { mergePatch } from './patch/merge-patch.ts';
import type { ResourceDefinition } from './resource.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { subscribeChanges } from './store.ts';
import type { ApiFailure, ClusterStore, StoredObject } from './store-api.ts';
import {
  createObject,
  deleteObject,
  replaceObject,
  type WriteCore,
  type WriteOptions,
  type WriteResult,
} from './store-writes.ts';

export function createClusterStore(core: WriteCore): ClusterStore {
  const { store } = core;
  const unknown = (): { readonly ok: false; readonly error: ApiFailure } => fail(failures.pathNotFound());
  const withDefinition = (
    resource: string,
    run: (definition: ResourceDefinition) => WriteResult,
  ): WriteResult => {
    const definition = store.definition(resource);
    return definition === null ? unknown() : run(definition);
  };
  const replace = (resource: string, object: StoredObject, options: WriteOptions): WriteResult =>
    withDefinition(resource, (definition) =>
      replaceObject(
        core,
        definition,
        object.metadata.namespace,
        object.metadata.name,
        () => ok(deepFreeze(object)),
        options,
      ),
    );

  return {
    get: (resource, namespace, name) => store.get(resource, namespace, name),
    list(resource, options = {}) {
      const all = store.table(resource).list(options.namespace);
      if (options.labelSelector === undefined && options.fieldSelector === undefined) return all;
      const labels = parseLabelSelector(options.labelSelector);
      const selectable = store.definition(resource)?.selectableFields ?? [];
      const fields = parseFieldSelector(options.fieldSelector, selectable);
      if (!labels.ok || !fields.ok) return [];
      return all.filter((object) => labels.value(object) && fields.value(object));
    },
    create: (resource, object) =>
      withDefinition(resource, (definition) => createObject(core, definition, object)),
    update: (resource, object) => replace(resource, object, {}),
    updateStatus: (resource, object) => replace(resource, object, { subresource: 'status' }),
    mergePatch: (resource, namespace, name, patch, subresource) =>
      withDefinition(resource, (definition) =>
        replaceObject(
          core,
          definition,
          namespace,
          name,
          (current) => ok(mergePatch(current, patch) as StoredObject),
          subresource === undefined ? {} : { subresource },
        ),
      ),
    delete: (resource, namespace, name, options) =>
      withDefinition(resource, (definition) => deleteObject(core, definition, namespace, name, options)),
    subscribe: (resource, listener) => subscribeChanges(store, resource, listener),
    get resourceVersion() {
      return store.version;
    },
  };
}
