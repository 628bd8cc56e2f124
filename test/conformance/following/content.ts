// What a follower holds of one kind, made comparable with the store: the same members whatever client has read them.
import type { ClusterStore } from '../../../sim/cluster/store-api.ts';
import { resourceName } from '../../../src/watch/kind.ts';
import { type KindName, kinds } from './script.ts';

/** Objects by 'namespace/name'. */
export type Content = ReadonlyMap<string, unknown>;

interface Named {
  readonly metadata?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly resourceVersion?: string;
  };
}

export function contentKey(object: unknown): string {
  const { metadata } = object as Named;
  return `${metadata?.namespace}/${metadata?.name}`;
}

export function storedContent(store: ClusterStore, kind: KindName): Content {
  return new Map(store.list(resourceName(kinds[kind])).map((object) => [contentKey(object), object]));
}

/** Cheap, and enough to wait for: the same objects in the same versions. */
export function sameVersions(one: Content, other: Content): boolean {
  const versionOf = (object: unknown): unknown => (object as Named).metadata?.resourceVersion;
  if (one.size !== other.size) return false;
  for (const [key, object] of one) if (versionOf(object) !== versionOf(other.get(key))) return false;
  return true;
}

/**
 * Plain JSON without what clients add or leave out by design: kind and version of list items, managedFields where the reader
 * drops them, and the milliseconds that the official client's dates print.
 */
function plain(object: unknown, keepsOwners: boolean): unknown {
  const {
    apiVersion: _a,
    kind: _k,
    metadata,
    ...rest
  } = JSON.parse(
    JSON.stringify(object).replaceAll(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.000(Z)"/g, '"$1$2"'),
  ) as Record<string, unknown>;
  const { managedFields, ...kept } = metadata as Record<string, unknown>;
  return { metadata: keepsOwners ? { ...kept, managedFields } : kept, ...rest };
}

export function plainContent(content: Content, keepsOwners: boolean): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...content].map(([key, object]) => [key, plain(object, keepsOwners)]));
}
