// Turns by weight: in one round of the wheel every peer has exactly as many turns as its weight, spread as evenly as they
// go. Its k-th turn stands at (k - 1/2) / weight of the round; whose next turn stands first is next. A heap finds it.
import type { Peer } from './peer.ts';

function place(peer: Peer): number {
  return (peer.turns + 0.5) / peer.weight;
}

export class Wheel {
  readonly #heap: Peer[];

  /** Peers that stay go on where they were, newcomers begin where `from` stands. */
  constructor(peers: readonly Peer[], from: Wheel | null) {
    const known = new Set(from === null ? [] : from.#heap);
    const now = from === null ? 0 : from.#now();
    for (const peer of peers) if (!known.has(peer)) peer.turns = Math.floor(now * peer.weight);
    this.#heap = [...peers];
    this.#order();
  }

  #now(): number {
    return this.#heap.length === 0 ? 0 : Math.min(1, place(this.#heap[0]!));
  }

  #order(): void {
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const peer = heap[from]!;
    const own = place(peer);
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      let next = place(heap[child]!);
      if (child + 1 < heap.length) {
        const other = place(heap[child + 1]!);
        if (other < next) {
          next = other;
          child++;
        }
      }
      if (own <= next) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = peer;
  }

  /** Whose turn it is; it has had it then. There is at least one peer. */
  turn(): Peer {
    let peer = this.#heap[0]!;
    if (peer.turns >= peer.weight) {
      // All have had their turns: the next round.
      for (const each of this.#heap) each.turns = 0;
      this.#order();
      peer = this.#heap[0]!;
    }
    peer.turns++;
    this.#sink(0);
    return peer;
  }
}
