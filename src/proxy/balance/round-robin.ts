// Round robin: turns by weight, unhealthy targets and those already tried left out.
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedTarget, PeerBalancer } from './balancer.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { Quorum } from './quorum.ts';
import type { Ramps } from './ramps.ts';
import { Wheel } from './wheel.ts';

/** So many turns of others are passed over; then the first that may is looked for. */
const skipsMax = 16;

export class RoundRobin implements PeerBalancer {
  readonly affinity = null;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  /** null: without slow start. */
  readonly #ramps: Ramps | null;
  #list = emptyList;
  /** null while all weights are equal. */
  #wheel: Wheel | null = null;
  #next = 0;

  constructor(words: SharedWords, ramps: Ramps | null = null) {
    this.#words = words;
    this.#ramps = ramps;
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
    if (this.#ramps !== null) return this.#pickRamped(list, tried, this.#ramps);
    return this.#pickOf(list, tried, null) ?? (tried === null ? null : this.#pickOf(list, null, null));
  }

  /** A turn that a newcomer may not take is lost, as one of an unhealthy target. */
  #pickRamped(list: PeerList, tried: readonly BalancedTarget[] | null, ramps: Ramps): Peer | null {
    ramps.count();
    const peer =
      this.#pickOf(list, tried, ramps) ??
      this.#pickOf(list, tried, null) ??
      (tried === null ? null : this.#pickOf(list, null, null));
    if (peer !== null) ramps.charge(peer);
    return peer;
  }

  #pickOf(list: PeerList, tried: readonly BalancedTarget[] | null, ramps: Ramps | null): Peer | null {
    const wheel = this.#wheel;
    if (wheel !== null) {
      for (let skips = 0; skips < skipsMax; skips++) {
        const peer = wheel.turn();
        if (this.#isCandidate(peer, tried) && (ramps === null || ramps.isOpen(peer, list.totalWeight)))
          return peer;
      }
    }
    return this.#pickInTurn(list, tried, ramps);
  }

  #isCandidate(peer: Peer, tried: readonly BalancedTarget[] | null): boolean {
    return isAvailable(this.#words, peer) && (tried === null || !wasTried(peer, tried));
  }

  #pickInTurn(
    { peers, totalWeight }: PeerList,
    tried: readonly BalancedTarget[] | null,
    ramps: Ramps | null,
  ): Peer | null {
    for (let i = 0; i < peers.length; i++) {
      const at = (this.#next + i) % peers.length;
      const peer = peers[at]!;
      if (!this.#isCandidate(peer, tried)) continue;
      if (ramps !== null && !ramps.isOpen(peer, totalWeight)) continue;
      this.#next = at + 1;
      return peer;
    }
    return null;
  }
}
