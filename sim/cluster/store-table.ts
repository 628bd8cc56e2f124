// The objects of one kind in order, and the changes that led there: what lists, paging and watches from the past read.
import { compareStrings } from '../../src/base/order.ts';
import type { ChangeType, StoredObject } from './store-api.ts';

export interface Change {
  readonly version: number;
  readonly type: ChangeType;
  /** For DELETED the last state, stamped with the version of the deletion. */
  readonly object: StoredObject;
  readonly previous: StoredObject | null;
}

/** Changes kept per kind for watches that resume; older ones are compacted away by themselves. */
const historyChangesMax = 20_000;

/** NUL sorts before every character that a name may hold, so keys sort by namespace, then name. */
export function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}\0${name}`;
}

function keyOfObject(object: StoredObject): string {
  return keyOf(object.metadata.namespace, object.metadata.name);
}

export interface StoreTable {
  get(key: string): StoredObject | undefined;
  /** In order of namespace and name; undefined = all namespaces. */
  list(namespace: string | undefined): readonly StoredObject[];
  /** As it was right after `version`; null when the history no longer reaches back. */
  listAt(namespace: string | undefined, version: number): readonly StoredObject[] | null;
  record(change: Change): void;
  /** In order; null when some have been compacted away. */
  changesAfter(version: number): readonly Change[] | null;
  /** Forgets changes up to and including this version. */
  compact(version: number): void;
  /** Changes after this version are all known. */
  readonly floor: number;
}

/** First index whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareStrings(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAfter(history: readonly Change[], version: number): number {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (history[middle]!.version <= version) low = middle + 1;
    else high = middle;
  }
  return low;
}

function namespaceRange(keys: readonly string[], namespace: string | undefined): readonly [number, number] {
  if (namespace === undefined) return [0, keys.length];
  return [lowerBound(keys, `${namespace}\0`), lowerBound(keys, `${namespace}\u0001`)];
}

export function createStoreTable(): StoreTable {
  const objects = new Map<string, StoredObject>();
  const keys: string[] = [];
  let history: Change[] = [];
  let floor = 0;

  const put = (object: StoredObject): void => {
    const key = keyOfObject(object);
    if (!objects.has(key)) keys.splice(lowerBound(keys, key), 0, key);
    objects.set(key, object);
  };
  const remove = (object: StoredObject): void => {
    const key = keyOfObject(object);
    if (objects.delete(key)) keys.splice(lowerBound(keys, key), 1);
  };
  const compact = (version: number): void => {
    if (version <= floor) return;
    floor = version;
    history = history.slice(firstAfter(history, version));
  };

  return {
    get: (key) => objects.get(key),
    list(namespace) {
      const [start, end] = namespaceRange(keys, namespace);
      const found: StoredObject[] = new Array(end - start);
      for (let i = start; i < end; i++) found[i - start] = objects.get(keys[i]!)!;
      return found;
    },
    listAt(namespace, version) {
      if (version < floor) return null;
      const state = new Map(objects);
      for (let i = history.length - 1; i >= 0 && history[i]!.version > version; i--) {
        const { object, previous } = history[i]!;
        if (previous === null) state.delete(keyOfObject(object));
        else state.set(keyOfObject(previous), previous);
      }
      return [...state.keys()]
        .sort(compareStrings)
        .map((key) => state.get(key)!)
        .filter((object) => namespace === undefined || object.metadata.namespace === namespace);
    },
    record(change) {
      if (change.type === 'DELETED') remove(change.object);
      else put(change.object);
      history.push(change);
      if (history.length > historyChangesMax) compact(history[historyChangesMax >> 2]!.version);
    },
    changesAfter(version) {
      return version < floor ? null : history.slice(firstAfter(history, version));
    },
    compact,
    get floor() {
      return floor;
    },
  };
}
