// What one front of the API server has seen of each kind: the store as it is, or as it was a moment ago. Lists of "any"
// version, lists of "not older than" and all watches read it; writes and consistent reads go to the store itself.
import { compareStrings } from '../../src/base/order.ts';
import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { Store } from './store.ts';
import type { StoredObject } from './store-api.ts';
import { type Change, keyOf } from './store-table.ts';

export interface WatchCache {
  /** All that the store committed up to this version is in. */
  version(resource: string): number;
  list(resource: string, namespace: string | undefined): readonly StoredObject[];
  get(resource: string, namespace: string | undefined, name: string): StoredObject | null;
  /** Changes in order, as they get in. */
  subscribe(resource: string, listener: (change: Change) => void): () => void;
  /** Runs once when this version is in, later than now; never where it does not come. What it returns forgets it. */
  whenReached(resource: string, version: number, run: () => void): () => void;
}

/** Milliseconds that a change takes to get in; 0 = at once. */
export type CacheLag = (resource: string, change: Change) => number;

export interface LaggingCache extends WatchCache {
  /** Changes of this kind, or of all kinds where it is '', get in so much later until the returned call, which lets all in. */
  delay(resource: string, extraMs: number): () => void;
  stop(): void;
}

interface Waiter {
  readonly version: number;
  readonly run: () => void;
}

/** One kind. */
interface Follower {
  readonly listeners: Set<(change: Change) => void>;
  readonly waiters: Set<Waiter>;
  /** Committed, not yet in. */
  late: { readonly change: Change; dueUs: number }[];
  timer: Timer | null;
}

interface Delay {
  readonly resource: string;
  readonly extraMs: number;
}

export function createWatchCache(store: Store, clock: Clock, lag: CacheLag): LaggingCache {
  const followers: Map<string, Follower> = new Map();
  const delays: Set<Delay> = new Set();
  const unsubscribes: (() => void)[] = [];

  const followed = (resource: string): Follower => {
    const known = followers.get(resource);
    if (known !== undefined) return known;
    const made: Follower = { listeners: new Set(), waiters: new Set(), late: [], timer: null };
    followers.set(resource, made);
    unsubscribes.push(store.subscribe(resource, (change) => take(resource, made, change)));
    return made;
  };
  const version = (resource: string): number => {
    const first = followed(resource).late[0];
    return first === undefined ? store.version : first.change.version - 1;
  };
  const take = (resource: string, follower: Follower, change: Change): void => {
    let lagMs = lag(resource, change);
    for (const delay of delays)
      if (delay.resource === '' || delay.resource === resource) lagMs += delay.extraMs;
    if (lagMs === 0 && follower.late.length === 0) {
      tell(resource, follower, change);
      return;
    }
    const dueUs = Math.max(follower.late.at(-1)?.dueUs ?? 0, clock.monotonicUs() + lagMs * 1000);
    follower.late.push({ change, dueUs });
    if (follower.timer === null) arm(resource, follower);
  };
  const tell = (resource: string, follower: Follower, change: Change): void => {
    for (const listener of [...follower.listeners]) if (follower.listeners.has(listener)) listener(change);
    const reached = version(resource);
    for (const waiter of [...follower.waiters]) {
      if (waiter.version > reached || !follower.waiters.delete(waiter)) continue;
      waiter.run();
    }
  };
  const arm = (resource: string, follower: Follower): void => {
    follower.timer?.cancel();
    const first = follower.late[0];
    if (first === undefined) {
      follower.timer = null;
      return;
    }
    const delayMs = Math.ceil((first.dueUs - clock.monotonicUs()) / 1000);
    follower.timer = clock.after(Math.max(0, delayMs), () => letIn(resource, follower));
  };
  const letIn = (resource: string, follower: Follower): void => {
    const nowUs = clock.monotonicUs();
    for (;;) {
      const first = follower.late[0];
      if (first === undefined || first.dueUs > nowUs) break;
      follower.late.shift();
      tell(resource, follower, first.change);
    }
    arm(resource, follower);
  };

  return {
    version,
    list(resource, namespace) {
      const current = store.table(resource).list(namespace);
      const { late } = followed(resource);
      return late.length === 0 ? current : without(current, late, namespace);
    },
    get(resource, namespace, name) {
      const { late } = followed(resource);
      const key = keyOf(namespace, name);
      const first = late.find(({ change }) => keyOfObject(change.object) === key);
      return first === undefined ? store.get(resource, namespace, name) : first.change.previous;
    },
    subscribe(resource, listener) {
      const { listeners } = followed(resource);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenReached(resource, wanted, run) {
      const { waiters } = followed(resource);
      const waiter = { version: wanted, run };
      waiters.add(waiter);
      return () => waiters.delete(waiter);
    },
    delay(resource, extraMs) {
      const delay = { resource, extraMs };
      delays.add(delay);
      return () => {
        if (!delays.delete(delay)) return;
        const nowUs = clock.monotonicUs();
        for (const [name, follower] of followers) {
          if (resource !== '' && name !== resource) continue;
          for (const late of follower.late) late.dueUs = nowUs;
          arm(name, follower);
        }
      };
    },
    stop() {
      for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
      for (const { timer, listeners, waiters } of followers.values()) {
        timer?.cancel();
        listeners.clear();
        waiters.clear();
      }
      followers.clear();
    },
  };
}

function keyOfObject({ metadata }: StoredObject): string {
  return keyOf(metadata.namespace, metadata.name);
}

/** The objects as they were before the late changes. */
function without(
  current: readonly StoredObject[],
  late: readonly { readonly change: Change }[],
  namespace: string | undefined,
): readonly StoredObject[] {
  const state = new Map(current.map((object) => [keyOfObject(object), object]));
  for (const { change } of [...late].reverse()) {
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) continue;
    const key = keyOfObject(change.object);
    if (change.previous === null) state.delete(key);
    else state.set(key, change.previous);
  }
  return [...state.entries()].sort(([a], [b]) => compareStrings(a, b)).map(([, object]) => object);
}
