// Balancers of services: one for each upstream and way of speaking to it, with endpoints counted by reference.
import { sha256Hex } from '../../base/hash.ts';
import type { Service, Upstream } from '../../kong/entity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { PeerBalancer } from '../balance/balancer.ts';
import { balancerKind, createBalancer } from '../balance/create.ts';
import { checksHealth } from '../balance/passive-health.ts';
import { listOf, Peer, type PeerList } from '../balance/peer.ts';
import type { Endpoint, EndpointRegistry } from '../upstream/endpoint.ts';
import { type Dialect, dialectOf, reach } from './dialect.ts';
import type { Model } from './model.ts';
import { PeerSet } from './peer-set.ts';

interface Held {
  readonly balancer: PeerBalancer;
  /** A text: nobody is reached. */
  readonly dialect: Dialect | string;
  readonly upstreamId: string | null;
  readonly peers: PeerSet;
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
  /** Makes everything since the last time visible to requests at once. */
  publish(): void;
  /** Lets go of balancers and endpoints that nothing published uses, one a step. */
  tidy(): Generator<void>;
}

export interface UpstreamShelfDeps {
  readonly model: Model;
  readonly endpoints: EndpointRegistry;
  readonly shared: Pick<SharedMemory, 'health'>;
  readonly clock: Pick<Clock, 'monotonicUs'>;
  /** The word of shared health of a target, by slotKey. */
  slotOf(key: string): number | null;
}

export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port: Number(address.slice(colon + 1)),
  };
}

/** What stands for a service that has no upstream. */
const ownTarget = '';

export function createUpstreamShelf(deps: UpstreamShelfDeps): UpstreamShelf {
  const { model, endpoints, shared, clock, slotOf } = deps;
  const shelf = new Map<string, Held>();
  const keysOfUpstream = new Map<string, Set<string>>();
  /** What makes changed balancers, which requests may be using already, show it. */
  const waiting = new Map<PeerBalancer, () => void>();
  const unused = new Set<string>();
  const dropped: Endpoint[] = [];

  const upstreamOf = (service: Service): Upstream | null => {
    for (const id of model.upstreamsOfName.of(service.host)) return model.entities.upstreams.get(id)!;
    return null;
  };

  /** Of one target, as the model has it now; null: nothing can be sent to it. */
  const peerOf = (upstream: Upstream | null, dialect: Dialect | string, targetId: string): Peer | null => {
    const target = model.entities.targets.get(targetId);
    if (upstream === null || typeof dialect === 'string' || target?.upstream !== upstream.id) return null;
    const { weight, target: address } = target;
    if (weight === 0) return null;
    const slot = slotOf(`${upstream.id} ${address}`);
    const reached = reach(endpoints, dialect, splitAddress(address), upstream.host_header);
    const checks = checksHealth(upstream) ? upstream.healthchecks : null;
    return new Peer({ ...reached, weight, slot }, checks, shared.health);
  };

  const listFor = (held: Held, upstream: Upstream | null): PeerList => {
    const { peers } = held.peers;
    if (upstream === null) return listOf(peers, peers.length, 0);
    const threshold = checksHealth(upstream) ? upstream.healthchecks.threshold : 0;
    return listOf(peers, model.targetsOfUpstream.count(upstream.id), threshold);
  };

  /** Makes the peers of these targets anew; what it returns shows them to requests. */
  function* rebuild(held: Held, targetIds: Iterable<string>): Generator<void, () => void> {
    const upstream =
      held.upstreamId === null ? null : (model.entities.upstreams.get(held.upstreamId) ?? null);
    const gone = yield* held.peers.change(targetIds, (id) => peerOf(upstream, held.dialect, id));
    for (const { endpoint } of gone) dropped.push(endpoint);
    return yield* held.balancer.prepare(listFor(held, upstream));
  }

  /** Those that it has and those that it is to have. */
  const allTargets = (held: Held): Set<string> =>
    new Set([
      ...held.peers.targetIds(),
      ...(held.upstreamId === null ? [] : model.targetsOfUpstream.of(held.upstreamId)),
    ]);

  function* settle(held: Held, { host, port }: Service): Generator<void, () => void> {
    const { dialect, peers } = held;
    if (typeof dialect === 'string') return yield* held.balancer.prepare(listFor(held, null));
    const reached = reach(endpoints, dialect, { host: host.replace(/^\[|\]$/g, ''), port }, null);
    const only = new Peer({ ...reached, weight: 1, slot: null }, null, shared.health);
    yield* peers.change([ownTarget], () => only);
    return yield* held.balancer.prepare(listFor(held, null));
  }

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
        const balancer = createBalancer(upstream, shared.health, clock);
        held = { balancer, dialect, upstreamId, peers: new PeerSet(), users: 0 };
        shelf.set(key, held);
        if (upstreamId !== null) {
          const keys = keysOfUpstream.get(upstreamId) ?? new Set();
          keysOfUpstream.set(upstreamId, keys.add(key));
        }
        const show =
          upstream === null ? yield* settle(held, service) : yield* rebuild(held, allTargets(held));
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
        if (held.upstreamId === null) continue;
        const keys = keysOfUpstream.get(held.upstreamId);
        keys?.delete(key);
        if (keys?.size === 0) keysOfUpstream.delete(held.upstreamId);
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
