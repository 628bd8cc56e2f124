// All objects at one moment, immutable, in canonical order: creation time, namespace, name.
import { compareStrings } from '../base/order.ts';
import type { EndpointSlice } from './endpoint-slice.ts';
import type { KindTables, TableName } from './kinds.ts';
import type { DecodedObject } from './metadata.ts';
import type { Problem } from './problem.ts';

export type SnapshotTables = { readonly [T in TableName]: readonly KindTables[T][] };

export interface Snapshot extends SnapshotTables {
  /** 'namespace/name' of a Service to its slices; each list keeps its identity until one of its slices changes. */
  readonly slicesByService: ReadonlyMap<string, readonly EndpointSlice[]>;
  /** Objects that could not be read at all. */
  readonly undecodable: readonly Problem[];
  /** What this snapshot has seen: resource name (plural.group) to resourceVersion. */
  readonly revision: Readonly<Record<string, string>>;
  /** The last change of each kind that it has seen; of a kind that a list brought, the list's. */
  readonly changes: Readonly<Record<string, string>>;
}

/** The order in which the older of two objects wins. */
export function compareObjects(a: DecodedObject, b: DecodedObject): number {
  return (
    compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compareStrings(a.metadata.namespace, b.metadata.namespace) ||
    compareStrings(a.metadata.name, b.metadata.name)
  );
}

/** 'namespace/name', or the name alone for cluster-scoped objects. */
export function objectKey(object: DecodedObject): string {
  const { namespace, name } = object.metadata;
  return namespace === '' ? name : `${namespace}/${name}`;
}

const indexes = new WeakMap<readonly DecodedObject[], ReadonlyMap<string, DecodedObject>>();

/** The objects of one table by key; kept with the (immutable) table. */
export function indexByKey<T extends DecodedObject>(table: readonly T[]): ReadonlyMap<string, T> {
  let index = indexes.get(table);
  if (index === undefined) {
    index = new Map(table.map((object) => [objectKey(object), object]));
    indexes.set(table, index);
  }
  return index as ReadonlyMap<string, T>;
}
