// Which resource an owner reference points at, for built-in kinds and for custom ones as they appear.

import { resourceNameOf } from '../resource.ts';
import { builtInDefinitions } from '../resources/built-in.ts';
import type { ClusterStore, StoredObject } from '../store-api.ts';

export interface KnownKind {
  readonly resource: string;
  readonly namespaced: boolean;
}

export interface KindDirectory {
  find(apiVersion: string, kind: string): KnownKind | null;
  all(): readonly KnownKind[];
  stop(): void;
}

const customResources = 'customresourcedefinitions.apiextensions.k8s.io';

/** `onKind` is called for each kind, also for those that come later. */
export function createKindDirectory(store: ClusterStore, onKind: (kind: KnownKind) => void): KindDirectory {
  const byResource = new Map<string, KnownKind>();
  const byKind = new Map<string, KnownKind>();

  function add(group: string, kind: string, known: KnownKind): void {
    byKind.set(`${group}/${kind}`, known);
    if (byResource.has(known.resource)) return;
    byResource.set(known.resource, known);
    onKind(known);
  }

  function addCustom(object: StoredObject): void {
    const names = object.spec?.['names'] as { readonly kind?: string } | undefined;
    const known = { resource: object.metadata.name, namespaced: object.spec?.['scope'] === 'Namespaced' };
    add(String(object.spec?.['group'] ?? ''), names?.kind ?? '', known);
  }

  for (const definition of builtInDefinitions()) {
    const known = { resource: resourceNameOf(definition), namespaced: definition.namespaced };
    add(definition.group, definition.kind, known);
  }
  const unsubscribe = store.subscribe(customResources, (type, object) => {
    if (type !== 'DELETED') addCustom(object);
  });
  for (const object of store.list(customResources)) addCustom(object);
  return {
    find: (apiVersion, kind) => {
      const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
      return byKind.get(`${group}/${kind}`) ?? null;
    },
    all: () => [...byResource.values()],
    stop: unsubscribe,
  };
}
