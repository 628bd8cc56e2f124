// Balancers of services: one for each upstream and way of speaking to it, with endpoints counted by reference.
import { sha256Hex } from '../../base/hash.ts';
import type { Service, Upstream } from '../../kong/entity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { PeerBalancer } from '../balance/balancer.ts';
import { balancerKind, createBalancer } from '../balance/create.ts';
import { checksHealth } from '../balance/passive-health.ts';
import { listOf, type PeerList } from '../balance/peer.ts';
import type { NameAnswer } from '../names/answer.ts';
import { type HostAndPort, nameIn } from '../names/target-addresses.ts';
import type { Endpoint, EndpointRegistry } from '../upstream/endpoint.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import type { Model } from './model.ts';
import { createPeerMaker, type PeerKeys, targetIdOf } from './peer-maker.ts';
import { PeerSet } from './peer-set.ts';

interface Held {
  readonly balancer: PeerBalancer;
  /** A text: nobody is reached. */
  readonly dialect: Dialect | string;
  readonly upstreamId: string | null;
  /** Of a service without an upstream. */
  readonly place: HostAndPort | null;
  readonly peers: PeerSet;
  readonly keys: PeerKeys;
  users: number;
}

export interface Acquired {
  readonly key: string;
  readonly balancer: PeerBalancer;
  /** Why it must not be used, '' when it may. */
  readonly problem: string;
}

/** What takes long with many targets is a generator: one step for some of them. */
export interface UpstreamShelf {
  /** The balancer of a service; one more user. */
  acquire(service: Service): Generator<void, Acquired>;
  release(key: string): void;
  /** These targets of the upstream have changed; null: the upstream has, so all count as changed. */
  refresh(upstreamId: string, targetIds: ReadonlySet<string> | null): Generator<void>;
  /** What the name stands for has changed: for services without an upstream. */
  refreshName(name: string): Generator<void>;
  /** Makes everything since the last time visible to requests at once. */
  publish(): void;
  /** Lets go of balancers and endpoints that nothing published uses, one a step. */
  tidy(): Generator<void>;
}

export interface UpstreamShelfDeps {
  readonly model: Model;
  readonly endpoints: EndpointRegistry;
  readonly shared: Pick<SharedMemory, 'health' | 'shares'>;
  readonly clock: Pick<Clock, 'monotonicUs'>;
  /** The word of shared health of a target, by slotKey. */
  slotOf(key: string): number | null;
  /** What a name stands for; null: nobody has said anything of it. */
  answerOf(name: string): NameAnswer | null;
}

export function createUpstreamShelf(deps: UpstreamShelfDeps): UpstreamShelf {
  const { model, endpoints, shared, clock } = deps;
  const maker = createPeerMaker(deps);
  const shelf = new Map<string, Held>();
  const keysOfUpstream = new Map<string, Set<string>>();
  /** Of services without an upstream, by the name that their host is. */
  const keysOfName = new Map<string, Set<string>>();
  /** What makes changed balancers, which requests may be using already, show it. */
  const waiting = new Map<PeerBalancer, () => void>();
  const unused = new Set<string>();
  const dropped: Endpoint[] = [];

  const upstreamOf = (service: Service): Upstream | null => {
    for (const id of model.upstreamsOfName.of(service.host)) return model.entities.upstreams.get(id)!;
    return null;
  };

  const listFor = (held: Held, upstream: Upstream | null): PeerList => {
    const { peers } = held.peers;
    const names = peers.length > 0 ? 'settled' : maker.namesOf(upstream, held.place);
    if (upstream === null) return listOf(peers, peers.length, 0, names);
    const threshold = checksHealth(upstream) ? upstream.healthchecks.threshold : 0;
    return listOf(peers, model.targetsOfUpstream.count(upstream.id), threshold, names);
  };

  /** Makes the peers of these targets anew; what it returns shows them to requests. */
  function* rebuild(held: Held, targetIds: Iterable<string>): Generator<void, () => void> {
    const upstream =
      held.upstreamId === null ? null : (model.entities.upstreams.get(held.upstreamId) ?? null);
    const { dialect, keys } = held;
    const gone = yield* held.peers.change(maker.keysOf(keys, upstream, targetIds), (key) =>
      maker.peerOf(keys, upstream, dialect, key),
    );
    for (const { endpoint } of gone) dropped.push(endpoint);
    return yield* held.balancer.prepare(listFor(held, upstream));
  }

  /** Those that it has and those that it is to have. */
  const allTargets = (held: Held): Set<string> =>
    new Set([
      ...[...held.peers.keys()].map(targetIdOf),
      ...(held.upstreamId === null ? [] : model.targetsOfUpstream.of(held.upstreamId)),
    ]);

  /** Of a service without an upstream, likewise. */
  function* settle(held: Held, place: HostAndPort): Generator<void, () => void> {
    const { dialect, keys, peers } = held;
    const gone = yield* peers.change(maker.keysOfPlace(keys, place), (key) =>
      maker.peerOfPlace(keys, place, dialect, key),
    );
    for (const { endpoint } of gone) dropped.push(endpoint);
    return yield* held.balancer.prepare(listFor(held, null));
  }

  /** Under which index a balancer can be found again; null: its addresses never change. */
  const indexOf = ({ upstreamId, place }: Held): readonly [Map<string, Set<string>>, string] | null => {
    if (upstreamId !== null) return [keysOfUpstream, upstreamId];
    const name = place === null ? null : nameIn(place.host);
    return name === null ? null : [keysOfName, name];
  };

  return {
    *acquire(service) {
      const upstream = upstreamOf(service);
      const dialect = dialectOf(service, upstream, model);
      const place = upstream === null ? `${service.host}:${service.port}` : upstream.id;
      const way = typeof dialect === 'string' ? dialect : sha256Hex(JSON.stringify(dialect));
      const key = `${place} ${way}${balancerKind(upstream)}`;
      let held = shelf.get(key);
      if (held === undefined) {
        const upstreamId = upstream?.id ?? null;
        const balancer = createBalancer(upstream, shared, clock);
        const { host, port } = service;
        const own = upstream === null ? { host: host.replace(/^\[|\]$/g, ''), port } : null;
        held = { balancer, dialect, upstreamId, place: own, peers: new PeerSet(), keys: new Map(), users: 0 };
        shelf.set(key, held);
        const [index, indexed] = indexOf(held) ?? [null, ''];
        index?.set(indexed, (index.get(indexed) ?? new Set<string>()).add(key));
        const show = own === null ? yield* rebuild(held, allTargets(held)) : yield* settle(held, own);
        show();
      }
      held.users++;
      return { key, balancer: held.balancer, problem: typeof dialect === 'string' ? dialect : '' };
    },
    release(key) {
      const held = shelf.get(key);
      if (held === undefined) return;
      held.users--;
      if (held.users === 0) unused.add(key);
    },
    *refresh(upstreamId, targetIds) {
      for (const key of keysOfUpstream.get(upstreamId) ?? []) {
        const held = shelf.get(key)!;
        waiting.set(held.balancer, yield* rebuild(held, targetIds ?? allTargets(held)));
        yield;
      }
    },
    *refreshName(name) {
      for (const key of keysOfName.get(name) ?? []) {
        const held = shelf.get(key)!;
        waiting.set(held.balancer, yield* settle(held, held.place!));
        yield;
      }
    },
    publish() {
      for (const show of waiting.values()) show();
      waiting.clear();
    },
    *tidy() {
      for (const key of unused) {
        unused.delete(key);
        const held = shelf.get(key);
        if (held === undefined || held.users > 0) continue;
        shelf.delete(key);
        for (const { endpoint } of held.peers.peers) dropped.push(endpoint);
        yield;
        const [index, indexed] = indexOf(held) ?? [null, ''];
        const keys = index?.get(indexed);
        keys?.delete(key);
        if (keys?.size === 0) index?.delete(indexed);
      }
      for (;;) {
        const endpoint = dropped.pop();
        if (endpoint === undefined) return;
        endpoints.release(endpoint);
        yield;
      }
    },
  };
}
