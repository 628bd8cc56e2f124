// The objects of the cluster as they were at any moment of a run, out of the log of its changes. Made once for a history
// and only as far as somebody asks.
import type { KubeObject } from '../../src/kube/object.ts';
import type { StoreChange } from './evidence.ts';

/** The objects at one moment, by resource; a stamp for each resource, which is equal where its objects are. */
export interface ClusterView {
  get(resource: string): readonly KubeObject[];
  stamp(resource: string): number;
}

export interface StoreIndex {
  /** Changes of one resource, in order. */
  changes(resource: string): readonly StoreChange[];
  /** After everything that had happened by then. */
  at(us: number): ClusterView;
  /**
   * Each of the resources at some moment of the time, of its own: who watches them hears of one sooner than of another. Of
   * others there is nothing. null: more than anybody would look through.
   */
  mixes(resources: readonly string[], fromUs: number, toUs: number): readonly ClusterView[] | null;
  /** After the change with this version. */
  atVersion(version: number): ClusterView;
  /** What a controller had seen: JSON of {resource: version}, as configs carry it. */
  seen(revision: string): ClusterView;
  /**
   * Whether a resource has lost its last object after that revision and before `us`: its definition may have been gone, and
   * then a controller holds nothing of it without a newer version.
   */
  mayBeGone(resource: string, revision: string, us: number): boolean;
}

interface Shelf {
  readonly changes: StoreChange[];
  /** Objects after the change of the same index; filled up to what was asked for. */
  readonly states: (readonly KubeObject[])[];
}

const nothing: readonly KubeObject[] = [];
const mixesMax = 256;

const isSame = (a: KubeObject, b: KubeObject): boolean =>
  a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

function apply(objects: readonly KubeObject[], { type, object }: StoreChange): readonly KubeObject[] {
  const others = objects.filter((other) => !isSame(other, object));
  if (type !== 'DELETED') others.push(object);
  return others;
}

/** How many of the changes are not after `limit`. */
function countUntil(
  changes: readonly StoreChange[],
  measure: (change: StoreChange) => number,
  limit: number,
): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (measure(changes[middle]!) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const versionOf = ({ version }: StoreChange): number => version;
const timeOf = ({ atUs }: StoreChange): number => atUs;

export function createStoreIndex(store: readonly StoreChange[]): StoreIndex {
  const shelves: Map<string, Shelf> = new Map();
  for (const change of store) {
    const shelf = shelves.get(change.resource);
    if (shelf === undefined) shelves.set(change.resource, { changes: [change], states: [] });
    else shelf.changes.push(change);
  }

  /** After so many changes. */
  const stateAfter = (resource: string, count: number): readonly KubeObject[] => {
    const shelf = shelves.get(resource);
    if (shelf === undefined || count === 0) return nothing;
    const { changes, states } = shelf;
    while (states.length < count) states.push(apply(states.at(-1) ?? nothing, changes[states.length]!));
    return states[count - 1]!;
  };

  const viewOf = (countOf: (resource: string) => number): ClusterView => ({
    get: (resource) => stateAfter(resource, countOf(resource)),
    stamp: countOf,
  });

  const changesOf = (resource: string): readonly StoreChange[] => shelves.get(resource)?.changes ?? [];
  const seen: Map<string, ClusterView> = new Map();
  return {
    changes: changesOf,
    mayBeGone(resource, revision, us) {
      const changes = changesOf(resource);
      const { [resource]: version = '-1' } = JSON.parse(revision) as Readonly<Record<string, string>>;
      const from = countUntil(changes, versionOf, Number(version));
      const to = countUntil(changes, timeOf, us);
      for (let count = from + 1; count <= to; count++)
        if (stateAfter(resource, count).length === 0) return true;
      return false;
    },
    mixes(resources, fromUs, toUs) {
      let mixes: readonly ReadonlyMap<string, number>[] = [new Map()];
      for (const resource of resources) {
        const first = countUntil(changesOf(resource), timeOf, fromUs);
        const last = countUntil(changesOf(resource), timeOf, toUs);
        if (mixes.length * (last - first + 1) > mixesMax) return null;
        const counts = Array.from({ length: last - first + 1 }, (_, index) => first + index);
        mixes = mixes.flatMap((mix) => counts.map((count) => new Map([...mix, [resource, count]])));
      }
      return mixes.map((mix) => viewOf((resource) => mix.get(resource) ?? 0));
    },
    at: (us) => viewOf((resource) => countUntil(changesOf(resource), timeOf, us)),
    atVersion: (version) => viewOf((resource) => countUntil(changesOf(resource), versionOf, version)),
    seen(revision) {
      let view = seen.get(revision);
      if (view === undefined) {
        const versions = JSON.parse(revision) as Readonly<Record<string, string>>;
        view = viewOf((resource) =>
          countUntil(changesOf(resource), versionOf, Number(versions[resource] ?? -1)),
        );
        seen.set(revision, view);
      }
      return view;
    },
  };
}
