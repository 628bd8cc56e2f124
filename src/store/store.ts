// What the controller knows of the cluster: apply(event) says whether anything that matters changed, snapshot() gives it all.
import { sameJson } from '../base/order.ts';
import { type EndpointSlice, serviceKeyOf } from '../kube/endpoint-slice.ts';
import { findWatchedKind, type TableName, type WatchedKind, watchedKinds } from '../kube/kinds.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import { type KubeObject, referenceTo } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import type { Snapshot, SnapshotTables } from '../kube/snapshot.ts';
import { SortedTable } from './sorted-table.ts';

export type StoreEvent =
  | { readonly type: 'upsert'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject }
  /** The whole content of one kind, after a list. */
  | {
      readonly type: 'replaceKind';
      readonly apiVersion: string;
      readonly kind: string;
      readonly objects: readonly KubeObject[];
      /** resourceVersion of the list; '' = nobody serves the kind, so nothing of it has been seen. */
      readonly revision: string;
    }
  /** A bookmark: nothing changed up to this revision. */
  | {
      readonly type: 'bookmark';
      readonly apiVersion: string;
      readonly kind: string;
      readonly revision: string;
    };

export interface Store {
  /** True when a translation of the next snapshot could differ from one of the last. */
  apply(event: StoreEvent): boolean;
  snapshot(): Snapshot;
}

interface Stored {
  readonly object: DecodedObject | null;
  readonly problem: Problem | null;
}

function decodeStored(kind: WatchedKind, raw: KubeObject): Stored {
  const decoded = kind.decode(raw);
  if (decoded.ok) {
    return { object: decoded.value, problem: null };
  }
  const { field, message } = decoded.error;
  const reference = { ...referenceTo(raw), apiVersion: kind.apiVersion, kind: kind.kind };
  const problem: Problem = {
    object: reference,
    field,
    reason: 'InvalidObject',
    message: `${field === '' ? 'The object' : 'It'} ${message}. The object is ignored until it is corrected.`,
  };
  return { object: null, problem };
}

/** The slices of each Service, copied on write. */
class SliceIndex {
  #lists = new Map<string, readonly EndpointSlice[]>();
  #isShared = false;

  change(old: EndpointSlice | null, next: EndpointSlice | null): void {
    if (old === null && next === null) return;
    if (this.#isShared) {
      this.#lists = new Map(this.#lists);
      this.#isShared = false;
    }
    const oldKey = old === null ? null : serviceKeyOf(old);
    const nextKey = next === null ? null : serviceKeyOf(next);
    if (old !== null && oldKey !== null) {
      const rest = (this.#lists.get(oldKey) ?? []).filter((slice) => slice !== old);
      if (rest.length === 0) this.#lists.delete(oldKey);
      else this.#lists.set(oldKey, rest);
    }
    if (next !== null && nextKey !== null) {
      const list = [...(this.#lists.get(nextKey) ?? []), next];
      // By name alone: which slice of a Service is older means nothing.
      list.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      this.#lists.set(nextKey, list);
    }
  }

  share(): ReadonlyMap<string, readonly EndpointSlice[]> {
    this.#isShared = true;
    return this.#lists;
  }
}

interface KindState {
  readonly kind: WatchedKind;
  readonly stored: Map<string, Stored>;
  readonly table: SortedTable<DecodedObject>;
}

function keyOf(raw: KubeObject): string {
  const namespace = raw.metadata?.namespace ?? '';
  const name = String(raw.metadata?.name ?? '');
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The last change that an event tells of: itself, or the newest object of a list that tells nothing else new. */
function changeOf(event: StoreEvent, changed: boolean): string | null {
  if (event.type === 'bookmark') return null;
  if (event.type !== 'replaceKind') return event.object.metadata?.resourceVersion ?? null;
  if (changed) return event.revision;
  let newest = '';
  for (const { metadata } of event.objects) newest = laterOf(newest, metadata?.resourceVersion ?? '');
  return newest === '' ? null : newest;
}

/** Of two resourceVersions: decimal numbers of any length, '' before all of them. */
function laterOf(a: string, b: string): string {
  return a.length > b.length || (a.length === b.length && a >= b) ? a : b;
}

function revisionName(kind: WatchedKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

export function createStore(): Store {
  const states = new Map<WatchedKind, KindState>();
  for (const kind of watchedKinds) states.set(kind, { kind, stored: new Map(), table: new SortedTable() });
  const slices = new SliceIndex();
  const revision: Record<string, string> = {};
  const changes: Record<string, string> = {};
  let problems: readonly Problem[] = [];
  let last: Snapshot | null = null;

  function refreshProblems(): void {
    const all: Problem[] = [];
    for (const state of states.values())
      for (const stored of state.stored.values()) if (stored.problem !== null) all.push(stored.problem);
    problems = all.sort((a, b) => {
      const left = `${a.object.kind}/${a.object.namespace}/${a.object.name}`;
      const right = `${b.object.kind}/${b.object.namespace}/${b.object.name}`;
      return left < right ? -1 : 1;
    });
  }

  /** `next` null: gone. */
  function put(state: KindState, key: string, next: Stored | null): boolean {
    const old = state.stored.get(key) ?? null;
    if (old === null && next === null) return false;
    if (old !== null && next !== null && sameJson(old, next)) return false;
    if (next === null) state.stored.delete(key);
    else state.stored.set(key, next);
    if (old?.object) state.table.remove(old.object);
    if (next?.object) state.table.insert(next.object);
    if (state.kind.table === 'endpointSlices')
      slices.change(
        (old?.object ?? null) as EndpointSlice | null,
        (next?.object ?? null) as EndpointSlice | null,
      );
    if ((old?.problem ?? null) !== null || (next?.problem ?? null) !== null) refreshProblems();
    return true;
  }

  function replace(state: KindState, objects: readonly KubeObject[]): boolean {
    const kept = new Set<string>();
    let changed = false;
    for (const raw of objects) {
      const key = keyOf(raw);
      kept.add(key);
      if (put(state, key, decodeStored(state.kind, raw))) changed = true;
    }
    for (const key of [...state.stored.keys()]) if (!kept.has(key) && put(state, key, null)) changed = true;
    return changed;
  }

  function applyToKind(state: KindState, event: StoreEvent): boolean {
    switch (event.type) {
      case 'upsert':
        return put(state, keyOf(event.object), decodeStored(state.kind, event.object));
      case 'delete':
        return put(state, keyOf(event.object), null);
      case 'replaceKind':
        return replace(state, event.objects);
      case 'bookmark':
        return false;
    }
  }

  return {
    apply(event) {
      const named = event.type === 'upsert' || event.type === 'delete' ? event.object : event;
      const kind = findWatchedKind(named.apiVersion, named.kind);
      if (kind === null) return false;
      const seen = 'revision' in event ? event.revision : event.object.metadata?.resourceVersion;
      const name = revisionName(kind);
      const changed = applyToKind(states.get(kind)!, event);
      if (seen === '') {
        delete revision[name];
        delete changes[name];
      } else if (seen !== undefined) {
        // A kind may be followed namespace by namespace, in no order. Only a whole list can say that a cluster has gone back.
        const least = event.type === 'replaceKind' ? '' : (revision[name] ?? '');
        revision[name] = laterOf(seen, least);
        const version = changeOf(event, changed);
        if (version !== null) changes[name] = laterOf(version, least === '' ? '' : (changes[name] ?? ''));
      }
      if (changed) last = null;
      return changed;
    },
    snapshot() {
      if (last !== null) return { ...last, revision: { ...revision }, changes: { ...changes } };
      const tables = {} as Record<TableName, readonly DecodedObject[]>;
      for (const { kind, table } of states.values()) tables[kind.table] = table.share();
      last = {
        ...(tables as SnapshotTables),
        slicesByService: slices.share(),
        undecodable: problems,
        revision: { ...revision },
        changes: { ...changes },
      };
      return last;
    },
  };
}
