// The heart of the API server: one version counter, one table per kind, one stream of changes. No rules about content.

import { deepFreeze } from './json.ts';
import type { ResourceDefinition } from './resource.ts';
import { resourceNameOf } from './resource.ts';
import type { ChangeListener, ChangeType, StoredObject } from './store-api.ts';
import { type Change, createStoreTable, keyOf, type StoreTable } from './store-table.ts';

export interface Store {
  /** A kind in one version; objects are stored in the version that says so. */
  define(definition: ResourceDefinition): void;
  undefine(resource: string): void;
  /** In the stored version. */
  definition(resource: string): ResourceDefinition | null;
  /** Every served version. */
  definitions(): readonly ResourceDefinition[];
  served(group: string, version: string, plural: string): ResourceDefinition | null;
  table(resource: string): StoreTable;
  get(resource: string, namespace: string | undefined, name: string): StoredObject | null;
  /** Stamps the next version, freezes, records, and tells the listeners. */
  commit(
    resource: string,
    type: ChangeType,
    object: StoredObject,
    previous: StoredObject | null,
  ): StoredObject;
  subscribe(resource: string, listener: (change: Change) => void): () => void;
  readonly version: number;
}

interface Subscription {
  readonly since: number;
  readonly listener: (change: Change) => void;
}

export function createStore(): Store {
  const definitions = new Map<string, ResourceDefinition>();
  const served = new Map<string, ResourceDefinition>();
  const tables = new Map<string, StoreTable>();
  const subscriptions = new Map<string, Set<Subscription>>();
  const undelivered: { resource: string; change: Change }[] = [];
  let delivering = false;
  let version = 0;

  const deliver = (): void => {
    if (delivering) return;
    delivering = true;
    try {
      for (let next = undelivered.shift(); next !== undefined; next = undelivered.shift()) {
        const { resource, change } = next;
        for (const subscription of [...(subscriptions.get(resource) ?? [])]) {
          const live = subscriptions.get(resource)?.has(subscription) === true;
          if (live && change.version > subscription.since) subscription.listener(change);
        }
      }
    } finally {
      delivering = false;
    }
  };
  const table = (resource: string): StoreTable => {
    let found = tables.get(resource);
    if (found === undefined) {
      found = createStoreTable();
      // A kind that appears later has no history before its first moment.
      found.compact(version);
      tables.set(resource, found);
    }
    return found;
  };

  return {
    define(definition) {
      if (definition.storage !== false) definitions.set(resourceNameOf(definition), definition);
      served.set(`${definition.group}/${definition.version}/${definition.plural}`, definition);
    },
    undefine(resource) {
      definitions.delete(resource);
      for (const [key, definition] of served) if (resourceNameOf(definition) === resource) served.delete(key);
    },
    definition: (resource) => definitions.get(resource) ?? null,
    definitions: () => [...served.values()],
    served: (group, version, plural) => served.get(`${group}/${version}/${plural}`) ?? null,
    table,
    get: (resource, namespace, name) => table(resource).get(keyOf(namespace, name)) ?? null,
    commit(resource, type, object, previous) {
      version++;
      const { apiVersion, kind, metadata: given, ...rest } = object;
      const metadata = { ...given, resourceVersion: String(version) };
      // In this order, so that lists can leave kind and version out by cutting the front of the bytes.
      const stored: StoredObject = deepFreeze({ apiVersion, kind, metadata, ...rest });
      const change: Change = { version, type, object: stored, previous };
      table(resource).record(change);
      undelivered.push({ resource, change });
      deliver();
      return stored;
    },
    subscribe(resource, listener) {
      let set = subscriptions.get(resource);
      if (set === undefined) {
        set = new Set();
        subscriptions.set(resource, set);
      }
      const subscription = { since: version, listener };
      set.add(subscription);
      return () => set.delete(subscription);
    },
    get version() {
      return version;
    },
  };
}

/** In the words of the store's in-process users. */
export function subscribeChanges(store: Store, resource: string, listener: ChangeListener): () => void {
  return store.subscribe(resource, (change) => listener(change.type, change.object, change.previous));
}
