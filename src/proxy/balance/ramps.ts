// Newcomers to an upstream with slow start, as one worker gives them requests: of its choices a target of that share gets no more
// than that part of what its weight stands for. How large the share is the main thread says (server/slow-start.ts).
import type { SharedWords } from '../../ports/shared.ts';
import type { Peer } from './peer.ts';

/** A word of `shares` for all of it: nothing is held back. */
export const fullShare = 0;
/** Shares are in thousandths. */
export const wholeShare = 1000;
/** So many requests may be owed to a target that is not always the one to be chosen. */
const creditMax = 2;

export class Ramps {
  readonly #shares: SharedWords;
  #picks = 0;

  constructor(shares: SharedWords) {
    this.#shares = shares;
  }

  /** One more choice. */
  count(): void {
    this.#picks++;
  }

  #shareOf(peer: Peer): number {
    return peer.word < 0 ? fullShare : Atomics.load(this.#shares, peer.word);
  }

  /** Whether it has a request to come. `totalWeight`: of all. */
  isOpen(peer: Peer, totalWeight: number): boolean {
    const share = this.#shareOf(peer);
    if (share === fullShare) return true;
    const earned = ((share / wholeShare) * peer.weight) / totalWeight;
    if (peer.creditedAt >= 0)
      peer.credit = Math.min(creditMax, peer.credit + earned * (this.#picks - peer.creditedAt));
    peer.creditedAt = this.#picks;
    return peer.credit >= 1;
  }

  /** It was chosen: also where nobody else was there, which costs it nothing. */
  charge(peer: Peer): void {
    if (peer.credit >= 1 && this.#shareOf(peer) !== fullShare) peer.credit--;
  }
}
