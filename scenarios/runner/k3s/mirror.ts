// The objects of a run as the cluster has them now: lists and watches, in the scenario's own names, and every change taken
// down as evidence.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { StoreChange } from '../../../sim/evidence/evidence.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { HttpCall } from '../../../src/ports/http.ts';
import type { Api, ApiResource } from './api.ts';
import type { Names } from './names.ts';
import type { RunTime } from './time.ts';

export interface Mirror {
  get(resource: string, namespace: string, name: string): StoredObject | null;
  list(resource: string): readonly StoredObject[];
  /** The same in the cluster's own names, and those of the proxies' namespace. */
  raw(resource: string): readonly StoredObject[];
  /** What a call was answered with: it is there from now on. */
  learn(resource: string, object: StoredObject): void;
  /** Called after each change, in the cluster's own names. */
  onChange: ((type: StoreChange['type'], resource: string, object: StoredObject) => void) | null;
  /** All kinds have been read once. */
  synced(): boolean;
  stop(): void;
}

export interface MirrorOptions {
  readonly api: Api;
  readonly names: Names;
  readonly time: RunTime;
  /** Of the scenario's objects, in the cluster's names. */
  readonly namespaces: readonly string[];
  /** Where the proxies live; only its pods are followed. */
  readonly systemNamespace: string;
  readonly resources: readonly string[];
  readonly store: StoreChange[];
}

const againMs = 250;

const versionOf = (object: StoredObject): number => Number(object.metadata.resourceVersion ?? 0);
const keyOf = (object: StoredObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

interface WatchLine {
  readonly type?: string;
  readonly object?: StoredObject;
}

/** One kind in one namespace, or in the whole cluster. */
class Follower {
  readonly objects: Map<string, StoredObject> = new Map();
  synced = false;
  readonly namespace: string;
  private readonly options: MirrorOptions;
  private readonly resource: ApiResource;
  private readonly path: string;
  private readonly tell: (
    type: StoreChange['type'],
    object: StoredObject,
    previous: StoredObject | null,
  ) => void;
  private call: HttpCall | null = null;
  private stopped = false;

  constructor(options: MirrorOptions, resource: ApiResource, namespace: string, tell: Follower['tell']) {
    this.options = options;
    this.namespace = namespace;
    this.resource = resource;
    this.path = options.api.path(resource, namespace);
    this.tell = tell;
    void this.list();
  }

  take(object: StoredObject): void {
    const key = keyOf(object);
    const previous = this.objects.get(key) ?? null;
    if (previous !== null && versionOf(previous) >= versionOf(object)) return;
    this.objects.set(key, object);
    this.tell(previous === null ? 'ADDED' : 'MODIFIED', object, previous);
  }

  stop(): void {
    this.stopped = true;
    this.call?.cancel();
  }

  private remove(object: StoredObject): void {
    const previous = this.objects.get(keyOf(object)) ?? null;
    // Its successor of the same name is there already.
    if (previous === null || previous.metadata.uid !== object.metadata.uid) return;
    this.objects.delete(keyOf(object));
    this.tell('DELETED', object, previous);
  }

  private whole(object: StoredObject): StoredObject {
    const { apiVersion, kind } = this.resource;
    return { ...object, apiVersion, kind };
  }

  private async list(): Promise<void> {
    const { api, time } = this.options;
    const reply = await api.call('GET', this.path);
    if (this.stopped) return;
    const body = reply.body as {
      readonly items?: readonly StoredObject[];
      readonly metadata?: { readonly resourceVersion?: string };
    } | null;
    if (reply.status !== 200 || body === null) {
      time.after(againMs, () => void this.list());
      return;
    }
    const items = (body.items ?? []).map((item) => this.whole(item));
    const present = new Set(items.map((item) => item.metadata.uid));
    for (const known of [...this.objects.values()]) if (!present.has(known.metadata.uid)) this.remove(known);
    for (const item of items) this.take(item);
    this.synced = true;
    this.watch(body.metadata?.resourceVersion ?? '0');
  }

  private watch(from: string): void {
    const query = new URLSearchParams({ watch: 'true', resourceVersion: from, allowWatchBookmarks: 'true' });
    let rest = '';
    const again = (): void => {
      this.call = null;
      if (!this.stopped) this.options.time.after(againMs, () => void this.list());
    };
    this.call = this.options.api.http.request(
      {
        method: 'GET',
        path: `${this.path}?${query}`,
        headers: { accept: 'application/json' },
        body: null,
      },
      {
        onHead: () => undefined,
        onData: (bytes) => {
          const lines = (rest + bytes.toString('utf8')).split('\n');
          rest = lines.pop()!;
          for (const line of lines) this.read(line);
        },
        onEnd: again,
      },
    );
  }

  private read(line: string): void {
    const { type, object } = JSON.parse(line) as WatchLine;
    if (object === undefined || this.stopped) return;
    if (type === 'ADDED' || type === 'MODIFIED') this.take(this.whole(object));
    else if (type === 'DELETED') this.remove(this.whole(object));
    // An error ends the watch, and the list that follows says what is so.
    else if (type === 'ERROR') this.call?.cancel();
    if (type === 'ERROR') this.options.time.after(againMs, () => void this.list());
  }
}

export function createMirror(options: MirrorOptions): Mirror {
  const { api, names, namespaces, systemNamespace, resources, store, time } = options;
  const followers: Map<string, Follower[]> = new Map();
  const mirror: Mirror = {
    get(resource, namespace, name) {
      const key = `${namespace === '' ? '' : names.namespace(namespace)}/${name}`;
      const isClass = resource === 'ingressclasses.networking.k8s.io';
      const isSpace = resource === 'namespaces';
      const own = isClass ? `/${names.ingressClass(name)}` : isSpace ? `/${names.namespace(name)}` : key;
      for (const follower of followers.get(resource) ?? []) {
        const object = follower.objects.get(own);
        if (object !== undefined) return names.from(object);
      }
      return null;
    },
    list: (resource) =>
      (followers.get(resource) ?? [])
        .flatMap((follower) => [...follower.objects.values()])
        .filter(
          ({ metadata }) =>
            metadata.namespace === undefined || names.ownNamespace(metadata.namespace) !== null,
        )
        .map(names.from),
    raw: (resource) => (followers.get(resource) ?? []).flatMap((follower) => [...follower.objects.values()]),
    learn(resource, object) {
      const { namespace = '' } = object.metadata;
      followers
        .get(resource)
        ?.find((follower) => follower.namespace === namespace)
        ?.take(object);
    },
    onChange: null,
    synced: () => [...followers.values()].every((all) => all.every(({ synced }) => synced)),
    stop() {
      for (const all of followers.values()) for (const follower of all) follower.stop();
    },
  };
  for (const name of resources) {
    const resource = api.find(name);
    if (resource === null) continue;
    const tell: ConstructorParameters<typeof Follower>[3] = (type, object, previous) => {
      const isOurs =
        object.metadata.namespace === undefined
          ? object.metadata.name.startsWith(`${names.run}-`)
          : names.ownNamespace(object.metadata.namespace) !== null;
      mirror.onChange?.(type, name, object);
      if (!isOurs) return;
      store.push({
        version: versionOf(object),
        atUs: time.nowUs(),
        resource: name,
        type,
        object: names.from(object) as KubeObject,
        previous: previous === null ? null : (names.from(previous) as KubeObject),
      });
    };
    const places = resource.namespaced ? [...namespaces] : [''];
    if (name === 'pods') places.push(systemNamespace);
    followers.set(
      name,
      places.map((place) => new Follower(options, resource, place, tell)),
    );
  }
  return mirror;
}
