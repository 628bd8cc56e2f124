// The peers of one balancer by a key of what they stand for (a target, or an address behind its name), in order. A change costs in proportion to what changes; the list
// that a balancer uses meanwhile is never touched.
import { comparePeers, type Peer } from '../balance/peer.ts';

/** Peers in one step of a change. */
export const peersPerStep = 64;

function merge(peers: readonly Peer[], more: Peer[]): readonly Peer[] {
  more.sort(comparePeers);
  if (more.length === 1) {
    const next = peers.slice();
    next.splice(placeOf(peers, more[0]!), 0, more[0]!);
    return next;
  }
  const merged: Peer[] = [];
  let next = 0;
  for (const peer of peers) {
    while (next < more.length && comparePeers(more[next]!, peer) < 0) merged.push(more[next++]!);
    merged.push(peer);
  }
  while (next < more.length) merged.push(more[next++]!);
  return merged;
}

/** Where the peer stands, or is to stand. */
function placeOf(peers: readonly Peer[], peer: Peer): number {
  let low = 0;
  let high = peers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePeers(peers[middle]!, peer) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function without(peers: readonly Peer[], gone: readonly Peer[]): readonly Peer[] {
  if (gone.length > 1) {
    const leaving = new Set(gone);
    return peers.filter((peer) => !leaving.has(peer));
  }
  const next = peers.slice();
  // Two targets may have one address.
  next.splice(peers.indexOf(gone[0]!, placeOf(peers, gone[0]!)), 1);
  return next;
}

export class PeerSet {
  readonly #byKey = new Map<string, Peer>();
  #peers: readonly Peer[] = [];

  get peers(): readonly Peer[] {
    return this.#peers;
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** What stands for each key from now on: null for nothing. Returns the peers that were replaced. */
  *change(keys: Iterable<string>, make: (key: string) => Peer | null): Generator<void, Peer[]> {
    const gone: Peer[] = [];
    let leaving: Peer[] = [];
    let coming: Peer[] = [];
    const apply = (): void => {
      if (leaving.length > 0) this.#peers = without(this.#peers, leaving);
      if (coming.length > 0) this.#peers = merge(this.#peers, coming);
      gone.push(...leaving);
      leaving = [];
      coming = [];
    };
    for (const key of keys) {
      const old = this.#byKey.get(key);
      if (old !== undefined) leaving.push(old);
      const peer = make(key);
      if (peer === null) this.#byKey.delete(key);
      else {
        this.#byKey.set(key, peer);
        coming.push(peer);
      }
      if (Math.max(leaving.length, coming.length) < peersPerStep) continue;
      apply();
      yield;
    }
    apply();
    return gone;
  }
}
