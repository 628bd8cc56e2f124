// The watches of the controller: one reflector for each kind and namespace, feeding one store.
import { type TableName, type WatchedKind, watchedKinds } from '../kube/kinds.ts';
import type { KubeObject } from '../kube/object.ts';
import type { StoreEvent } from '../store/store.ts';
import {
  createReflector,
  type Reflector,
  type ReflectorEnv,
  type ReflectorOptions,
  type ReflectorStatus,
} from '../watch/reflector.ts';

export interface FollowOptions {
  /** Empty = the whole cluster. */
  readonly namespaces: readonly string[];
  readonly reflector: Omit<ReflectorOptions, 'namespace'>;
  /** Kinds that are not followed. */
  readonly without: readonly TableName[];
}

/** Counted since the start. */
export type FollowCounts = Readonly<Pick<ReflectorStatus, 'lists' | 'watches' | 'events' | 'bookmarks'>>;

export interface Follow {
  start(): void;
  stop(): void;
  /** Every kind has been listed once. */
  synced(): boolean;
  /** Of all reflectors together. */
  counts(): FollowCounts;
}

const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

export function createFollow(
  env: ReflectorEnv,
  options: FollowOptions,
  apply: (event: StoreEvent) => void,
): Follow {
  const reflectors: Reflector[] = [];
  for (const kind of watchedKinds) {
    if (options.without.includes(kind.table)) continue;
    const scoped = kind.namespaced && options.namespaces.length > 0;
    for (const namespace of scoped ? options.namespaces : [null])
      reflectors.push(followOne(env, kind, namespace, options, apply));
  }
  return {
    start() {
      for (const reflector of reflectors) reflector.start();
    },
    stop() {
      for (const reflector of reflectors) reflector.stop();
    },
    synced: () => reflectors.every((reflector) => reflector.status.synced),
    counts() {
      const sum = (name: keyof FollowCounts) =>
        reflectors.reduce((total, { status }) => total + status[name], 0);
      return {
        lists: sum('lists'),
        watches: sum('watches'),
        events: sum('events'),
        bookmarks: sum('bookmarks'),
      };
    },
  };
}

function followOne(
  env: ReflectorEnv,
  kind: WatchedKind,
  namespace: string | null,
  options: FollowOptions,
  apply: (event: StoreEvent) => void,
): Reflector {
  const { apiVersion } = kind;
  /** A list of one namespace must not drop the others: what is gone is told one by one. */
  let known = new Map<string, KubeObject>();
  const replaceNamespace = (objects: readonly KubeObject[]): void => {
    const before = known;
    known = new Map(objects.map((object) => [keyOf(object), object]));
    for (const [key, object] of before) if (!known.has(key)) apply({ type: 'delete', object });
    for (const object of objects) apply({ type: 'upsert', object });
  };
  return createReflector(
    env,
    kind,
    {
      replaced(objects, revision) {
        if (namespace === null) {
          apply({ type: 'replaceKind', apiVersion, kind: kind.kind, objects, revision });
          return;
        }
        replaceNamespace(objects);
        apply({ type: 'bookmark', apiVersion, kind: kind.kind, revision });
      },
      changed(object) {
        if (namespace !== null) known.set(keyOf(object), object);
        apply({ type: 'upsert', object });
      },
      deleted(object) {
        known.delete(keyOf(object));
        apply({ type: 'delete', object });
      },
      progressed(revision) {
        apply({ type: 'bookmark', apiVersion, kind: kind.kind, revision });
      },
    },
    { ...options.reflector, namespace },
  );
}
