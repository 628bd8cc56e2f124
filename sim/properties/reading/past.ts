// The store as it was, by key: objects of one resource as of any version.
import type { KubeObject } from '../../../src/kube/object.ts';
import type { StoreChange } from '../../evidence/evidence.ts';
import { createStoreIndex } from '../../evidence/store-index.ts';

export type Objects = ReadonlyMap<string, KubeObject>;

export interface Past {
  /** Every change of a resource, in the order of versions. */
  changes(resource: string): readonly StoreChange[];
  /** Objects by 'namespace/name' (name alone where there is no namespace) after that version. */
  at(resource: string, version: number): Objects;
  /** The version of the store at a time. */
  versionAt(atUs: number): number;
  /** The last change of a resource up to a version; null when there was none. */
  lastChange(resource: string, version: number): StoreChange | null;
}

export function keyOf({ metadata }: KubeObject): string {
  const { namespace, name } = metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Number of items for which `isBefore` holds; it holds for a beginning of them. */
export function countBefore<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const keyed = new WeakMap<readonly KubeObject[], Objects>();

function byKey(objects: readonly KubeObject[]): Objects {
  let found = keyed.get(objects);
  if (found === undefined) {
    found = new Map(objects.map((object) => [keyOf(object), object]));
    keyed.set(objects, found);
  }
  return found;
}

export function createPast(store: readonly StoreChange[]): Past {
  const index = createStoreIndex(store);
  return {
    changes: (resource) => index.changes(resource),
    at: (resource, version) => byKey(index.atVersion(version).get(resource)),
    versionAt(atUs) {
      const count = countBefore(store, (change) => change.atUs <= atUs);
      return count === 0 ? 0 : store[count - 1]!.version;
    },
    lastChange(resource, version) {
      const changes = index.changes(resource);
      return changes[countBefore(changes, (change) => change.version <= version) - 1] ?? null;
    },
  };
}
