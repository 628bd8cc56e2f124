// Turns by weight: in one round of the wheel every peer has exactly as many turns as its weight, spread as evenly as they
// go. Its k-th turn stands at (k - 1/2) / weight of the round; whose next turn stands first is next. A heap finds it.
import type { Peer } from './peer.ts';

function placeOf({ turns, weight }: Peer): number {
  return (turns + 0.5) / weight;
}

export class Wheel {
  /** A heap, in two arrays: where the next turn of each stands, and whose it is. */
  readonly #places: Float64Array;
  readonly #peers: Peer[];

  /** Peers that stay go on where they were, newcomers begin where `from` stands. */
  constructor(peers: readonly Peer[], from: Wheel | null) {
    const known = new Set(from === null ? [] : from.#peers);
    const now = from === null ? 0 : from.#now();
    for (const peer of peers) if (!known.has(peer)) peer.turns = Math.floor(now * peer.weight);
    this.#peers = [...peers];
    this.#places = new Float64Array(peers.length);
    this.#order();
  }

  #now(): number {
    return Math.min(1, this.#places[0] ?? 0);
  }

  #order(): void {
    for (let i = 0; i < this.#peers.length; i++) this.#places[i] = placeOf(this.#peers[i]!);
    for (let at = (this.#peers.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #sink(from: number): void {
    const places = this.#places;
    const peers = this.#peers;
    const { length } = peers;
    const peer = peers[from]!;
    const own = places[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      let next = places[child]!;
      if (child + 1 < length && places[child + 1]! < next) {
        child++;
        next = places[child]!;
      }
      if (own <= next) break;
      peers[at] = peers[child]!;
      places[at] = next;
      at = child;
    }
    peers[at] = peer;
    places[at] = own;
  }

  /** Whose turn it is; it has had it then. There is at least one peer. */
  turn(): Peer {
    let peer = this.#peers[0]!;
    if (peer.turns >= peer.weight) {
      // All have had their turns: the next round.
      for (const each of this.#peers) each.turns = 0;
      this.#order();
      peer = this.#peers[0]!;
    }
    peer.turns++;
    this.#places[0] = placeOf(peer);
    this.#sink(0);
    return peer;
  }
}
