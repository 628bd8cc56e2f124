// Least connections: the target with the fewest requests under way for its weight, as this worker counts them.
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer, TargetLoad } from './balancer.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { changesOf } from './peer-changes.ts';
import { type HeapEntry, PeerHeap } from './peer-heap.ts';
import { Quorum } from './quorum.ts';
import type { Ramps } from './ramps.ts';

class RunningRequests implements TargetLoad, HeapEntry {
  peer: Peer;
  key = 0;
  chosen = 0;
  index = -1;
  count = 0;
  readonly #heap: PeerHeap<RunningRequests>;

  constructor(peer: Peer, heap: PeerHeap<RunningRequests>) {
    this.peer = peer;
    this.#heap = heap;
    this.weigh();
  }

  /** Kong's: with the one that would come, so that among idle targets the heaviest is first. */
  weigh(): void {
    this.key = (this.count + 1) / this.peer.weight;
  }

  change(by: number): void {
    this.count += by;
    this.weigh();
    this.#heap.moved(this);
  }

  end(): void {
    this.change(-1);
  }
}

export class LeastConnections implements PeerBalancer {
  readonly affinity = null;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  /** null: without slow start. */
  readonly #ramps: Ramps | null;
  readonly #heap = new PeerHeap<RunningRequests>();
  #list = emptyList;
  #picks = 0;

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
      const { gone, come } = changesOf(this.#list.peers, list.peers);
      // By endpoint: a target whose weight changes goes on with what it has.
      const left = new Map<string, RunningRequests>();
      for (const { endpoint, load } of gone) {
        left.set(endpoint.key, load as RunningRequests);
        this.#heap.remove(load as RunningRequests);
      }
      for (const peer of come) {
        const load = left.get(peer.endpoint.key) ?? new RunningRequests(peer, this.#heap);
        left.delete(peer.endpoint.key);
        load.peer = peer;
        peer.load = load;
        load.weigh();
        this.#heap.add(load);
      }
      this.#list = list;
    };
  }

  pick(tried: readonly BalancedTarget[] | null, _exchange: BalancedExchange): BalancedTarget | null {
    const list = this.#list;
    if (!this.#quorum.isMet(list)) return null;
    const ramps = this.#ramps;
    ramps?.count();
    const load =
      this.#first(tried, ramps) ??
      (ramps === null ? null : this.#first(tried, null)) ??
      (tried === null ? null : this.#first(null, null));
    if (load === null) return null;
    ramps?.charge(load.peer);
    load.chosen = ++this.#picks;
    load.change(1);
    return load.peer;
  }

  #first(tried: readonly BalancedTarget[] | null, ramps: Ramps | null): RunningRequests | null {
    const { totalWeight } = this.#list;
    return this.#heap.first(
      (peer) =>
        isAvailable(this.#words, peer) &&
        (tried === null || !wasTried(peer, tried)) &&
        (ramps === null || ramps.isOpen(peer, totalWeight)),
    );
  }
}
