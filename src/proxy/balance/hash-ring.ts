// Kong's hashing ring: a circle of points, some of which belong to targets. Built as its `consistent_hashing.lua` builds it,
// so that gateways of both kinds send one key to one target.
import { xxhash32 } from '../../base/xxhash32.ts';
import { pointsPerTarget, ringPointsMin } from '../../kong/hash-ring.ts';
import type { Peer, PeerList } from './peer.ts';

export interface HashRing {
  readonly points: number;
  /** By point: index of a peer plus 1; 0 = nobody's. */
  readonly owners: Uint16Array | Uint32Array;
}

function entriesOf(peer: Peer, { totalWeight, targetCount }: PeerList): number {
  return Math.max(1, Math.floor((peer.weight / totalWeight) * targetCount * pointsPerTarget));
}

/** null: a target did not find its points in as many tries as there are points. */
function* place(list: PeerList, points: number): Generator<void, HashRing | null> {
  const { peers } = list;
  const owners = peers.length < 0xffff ? new Uint16Array(points) : new Uint32Array(points);
  for (let index = 0; index < peers.length; index++) {
    const peer = peers[index]!;
    const name = `${peer.name}::${peer.endpoint.port} `;
    let entries = entriesOf(peer, list);
    for (let i = 1; i <= entries; i++) {
      if (i >= points) return null;
      const point = xxhash32(name + i) % points;
      // A point that is taken is made up for with one more entry.
      if (owners[point] === 0) owners[point] = index + 1;
      else entries++;
      if (i % pointsPerTarget === 0) yield;
    }
    yield;
  }
  return { points, owners };
}

/** A step for each target. Where Kong gives up, the ring is doubled until all find their place. */
export function* buildRing(list: PeerList, slots: number): Generator<void, HashRing> {
  let entries = 0;
  for (const peer of list.peers) entries += entriesOf(peer, list);
  for (let points = Math.max(slots, ringPointsMin); ; points *= 2) {
    if (entries > points) continue;
    const ring = yield* place(list, points);
    if (ring !== null) return ring;
  }
}

export function pointOf(ring: HashRing, key: string): number {
  return xxhash32(key) % ring.points;
}
