// Peers out of targets and hosts: one for an address, and behind a name one for each address that it stands for. Each has a
// key, so that a change of some leaves the others as they are.
import type { Target, Upstream } from '../../kong/entity.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import { checksHealth } from '../balance/passive-health.ts';
import { Peer, type PeerList } from '../balance/peer.ts';
import type { NameAnswer } from '../names/answer.ts';
import {
  addressesOf,
  addressText,
  type HostAndPort,
  nameIn,
  splitAddress,
  type TargetAddress,
} from '../names/target-addresses.ts';
import type { EndpointRegistry } from '../upstream/endpoint.ts';
import { type Dialect, reach } from './dialect.ts';
import type { Model } from './model.ts';

export interface PeerMakerDeps {
  readonly model: Model;
  readonly endpoints: EndpointRegistry;
  readonly shared: Pick<SharedMemory, 'health'>;
  slotOf(key: string): number | null;
  answerOf(name: string): NameAnswer | null;
}

/** What is behind the names of one balancer: by the id of a target, by the key of a peer. */
export type PeerKeys = Map<string, ReadonlyMap<string, TargetAddress>>;

export interface PeerMaker {
  /** Of the peers that these targets have or are to have; those behind names are noted in `keys`. */
  keysOf(keys: PeerKeys, upstream: Upstream | null, targetIds: Iterable<string>): Iterable<string>;
  /** As the model has it now; null: nothing can be sent to it. */
  peerOf(keys: PeerKeys, upstream: Upstream | null, dialect: Dialect | string, key: string): Peer | null;
  /** The same for the host of a service that has no upstream. */
  keysOfPlace(keys: PeerKeys, place: HostAndPort): Iterable<string>;
  peerOfPlace(keys: PeerKeys, place: HostAndPort, dialect: Dialect | string, key: string): Peer | null;
  /** Where there are no peers: whether names are why. */
  namesOf(upstream: Upstream | null, place: HostAndPort | null): PeerList['names'];
}

/** The target that a peer's key belongs to. */
export function targetIdOf(key: string): string {
  const space = key.indexOf(' ');
  return space < 0 ? key : key.slice(0, space);
}

/** Stands for the host of a service where a target's id would. */
const ownTarget = '';
const noAddresses: ReadonlyMap<string, TargetAddress> = new Map();

export function createPeerMaker({ model, endpoints, shared, slotOf, answerOf }: PeerMakerDeps): PeerMaker {
  /** The keys behind the name of one target: those that leave, then those that stay or come. */
  function* changeNamed(
    keys: PeerKeys,
    targetId: string,
    addresses: readonly TargetAddress[],
  ): Generator<string> {
    const before = keys.get(targetId) ?? noAddresses;
    const now = new Map<string, TargetAddress>();
    for (const address of addresses) now.set(`${targetId} ${addressText(address)}`, address);
    if (now.size === 0) keys.delete(targetId);
    else keys.set(targetId, now);
    for (const key of before.keys()) if (!now.has(key)) yield key;
    yield* now.keys();
  }

  const addressOf = (keys: PeerKeys, key: string): TargetAddress | null =>
    keys.get(targetIdOf(key))?.get(key) ?? null;

  const targetOf = (upstream: Upstream | null, id: string): Target | null => {
    const target = model.entities.targets.get(id);
    return upstream === null || target === undefined || target.upstream !== upstream.id ? null : target;
  };

  const peerBehindName = (
    upstream: Upstream,
    dialect: Dialect,
    target: Target,
    address: TargetAddress,
  ): Peer => {
    const { use_srv_name: usesServiceName, host_header: header } = upstream;
    const named = splitAddress(target.target);
    const name = usesServiceName && address.serviceName !== '' ? address.serviceName : named.host;
    const reached = reach(endpoints, dialect, address, name, header);
    const checks = checksHealth(upstream) ? upstream.healthchecks : null;
    const slot = slotOf(address.slotKey);
    return new Peer({ ...reached, weight: address.weight, slot, target: named }, checks, shared.health);
  };

  const stateOf = (name: string): PeerList['names'] => {
    const state = answerOf(name)?.state ?? 'waiting';
    return state === 'waiting' ? 'waiting' : 'unresolved';
  };

  return {
    *keysOf(keys, upstream, targetIds) {
      for (const id of targetIds) {
        yield id;
        const target = targetOf(upstream, id);
        const isNamed = target !== null && nameIn(splitAddress(target.target).host) !== null;
        if (isNamed || keys.has(id))
          yield* changeNamed(keys, id, isNamed ? addressesOf(target, answerOf) : []);
      }
    },
    peerOf(keys, upstream, dialect, key) {
      if (typeof dialect === 'string' || upstream === null) return null;
      const address = addressOf(keys, key);
      const target = targetOf(upstream, address === null ? key : targetIdOf(key));
      if (target === null || target.weight === 0) return null;
      if (address !== null) return peerBehindName(upstream, dialect, target, address);
      const own = splitAddress(target.target);
      if (nameIn(own.host) !== null) return null;
      const reached = reach(endpoints, dialect, own, own.host, upstream.host_header);
      const checks = checksHealth(upstream) ? upstream.healthchecks : null;
      const slot = slotOf(`${upstream.id} ${target.target}`);
      return new Peer({ ...reached, weight: target.weight, slot }, checks, shared.health);
    },
    *keysOfPlace(keys, { host, port }) {
      yield ownTarget;
      const name = nameIn(host);
      if (name === null) return;
      const addresses = (answerOf(name)?.addresses ?? []).map((address) => ({
        ...address,
        port: address.port || port,
        weight: address.weight || 1,
        slotKey: '',
      }));
      yield* changeNamed(keys, ownTarget, addresses);
    },
    peerOfPlace(keys, place, dialect, key) {
      if (typeof dialect === 'string') return null;
      const address = addressOf(keys, key);
      if (address === null && (key !== ownTarget || nameIn(place.host) !== null)) return null;
      const reached = reach(endpoints, dialect, address ?? place, place.host, null);
      return new Peer({ ...reached, weight: address?.weight ?? 1, slot: null }, null, shared.health);
    },
    namesOf(upstream, place) {
      if (upstream === null) {
        const name = place === null ? null : nameIn(place.host);
        return name === null ? 'settled' : stateOf(name);
      }
      let names: PeerList['names'] = 'settled';
      for (const id of model.targetsOfUpstream.of(upstream.id)) {
        const target = model.entities.targets.get(id);
        const name =
          target === undefined || target.weight === 0 ? null : nameIn(splitAddress(target.target).host);
        if (name === null) continue;
        names = stateOf(name);
        if (names === 'waiting') return names;
      }
      return names;
    },
  };
}
