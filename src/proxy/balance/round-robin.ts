// Round robin: turns by weight, unhealthy targets and those already tried left out.
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedTarget, PeerBalancer } from './balancer.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { Quorum } from './quorum.ts';
import { Wheel } from './wheel.ts';

/** So many turns of others are passed over; then the first that may is looked for. */
const skipsMax = 16;

export class RoundRobin implements PeerBalancer {
  readonly affinity = null;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  #list = emptyList;
  /** null while all weights are equal. */
  #wheel: Wheel | null = null;
  #next = 0;

  constructor(words: SharedWords) {
    this.#words = words;
    this.#quorum = new Quorum(words);
  }

  get list(): PeerList {
    return this.#list;
  }

  *prepare(list: PeerList): Generator<void, () => void> {
    return () => {
      this.#wheel = list.hasEqualWeights ? null : new Wheel(list.peers, this.#wheel);
      this.#list = list;
    };
  }

  pick(tried: readonly BalancedTarget[] | null): BalancedTarget | null {
    const list = this.#list;
    if (!this.#quorum.isMet(list)) return null;
    return this.#pickOf(list, tried) ?? (tried === null ? null : this.#pickOf(list, null));
  }

  #pickOf(list: PeerList, tried: readonly BalancedTarget[] | null): Peer | null {
    const wheel = this.#wheel;
    if (wheel !== null) {
      for (let skips = 0; skips < skipsMax; skips++) {
        const peer = wheel.turn();
        if (this.#isCandidate(peer, tried)) return peer;
      }
    }
    return this.#pickInTurn(list, tried);
  }

  #isCandidate(peer: Peer, tried: readonly BalancedTarget[] | null): boolean {
    return isAvailable(this.#words, peer) && (tried === null || !wasTried(peer, tried));
  }

  #pickInTurn({ peers }: PeerList, tried: readonly BalancedTarget[] | null): Peer | null {
    for (let i = 0; i < peers.length; i++) {
      const at = (this.#next + i) % peers.length;
      const peer = peers[at]!;
      if (!this.#isCandidate(peer, tried)) continue;
      this.#next = at + 1;
      return peer;
    }
    return null;
  }
}
