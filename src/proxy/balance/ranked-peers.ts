// The targets of an upstream by a key that is to be small: what algorithms that rank their targets have in common.
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedTarget, TargetLoad } from './balancer.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { changesOf } from './peer-changes.ts';
import { type HeapEntry, PeerHeap } from './peer-heap.ts';
import { Quorum } from './quorum.ts';
import type { Ramps } from './ramps.ts';

/** What an algorithm keeps of a target, in the order in which targets are chosen. */
export interface RankedLoad extends TargetLoad, HeapEntry {
  /** Sets the key: the target or what is known of it has changed. */
  weigh(): void;
}

export class RankedPeers<Load extends RankedLoad> {
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  /** null: without slow start. */
  readonly #ramps: Ramps | null;
  readonly #heap = new PeerHeap<Load>();
  #list = emptyList;
  #picks = 0;

  constructor(words: SharedWords, ramps: Ramps | null) {
    this.#words = words;
    this.#ramps = ramps;
    this.#quorum = new Quorum(words);
  }

  get list(): PeerList {
    return this.#list;
  }

  /** By endpoint: a target whose weight changes goes on with what it has. The newcomers have to `enter`. */
  replace(list: PeerList): readonly Peer[] {
    const { gone, come } = changesOf(this.#list.peers, list.peers);
    const left = new Map<string, Load>();
    for (const { endpoint, load } of gone) {
      left.set(endpoint.key, load as Load);
      this.#heap.remove(load as Load);
    }
    const newcomers: Peer[] = [];
    for (const peer of come) {
      const load = left.get(peer.endpoint.key);
      left.delete(peer.endpoint.key);
      if (load === undefined) newcomers.push(peer);
      else this.enter(load, peer);
    }
    this.#list = list;
    return newcomers;
  }

  enter(load: Load, peer: Peer): void {
    load.peer = peer;
    peer.load = load;
    load.weigh();
    this.#heap.add(load);
  }

  /** To be called when what its key is made of has changed. */
  changed(load: Load): void {
    load.weigh();
    this.moved(load);
  }

  /** To be called when it has been chosen, and its key is as it was. */
  moved(load: Load): void {
    this.#heap.moved(load);
  }

  /**
   * The first that is available, has not been tried and is not held back; where there is none, one that is held back, then one that
   * was tried. It is not yet behind its equals: it has to change or be moved.
   */
  choose(tried: readonly BalancedTarget[] | null): Load | null {
    if (!this.#quorum.isMet(this.#list)) return null;
    const ramps = this.#ramps;
    ramps?.count();
    const load =
      this.#first(tried, ramps) ??
      (ramps === null ? null : this.#first(tried, null)) ??
      (tried === null ? null : this.#first(null, null));
    if (load === null) return null;
    ramps?.charge(load.peer);
    load.chosen = ++this.#picks;
    return load;
  }

  #first(tried: readonly BalancedTarget[] | null, ramps: Ramps | null): Load | null {
    const { totalWeight } = this.#list;
    return this.#heap.first(
      (peer) =>
        isAvailable(this.#words, peer) &&
        (tried === null || !wasTried(peer, tried)) &&
        (ramps === null || ramps.isOpen(peer, totalWeight)),
    );
  }
}
