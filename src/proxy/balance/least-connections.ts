// Least connections: the target with the fewest requests under way for its weight, as this worker counts them.
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer } from './balancer.ts';
import type { Peer, PeerList } from './peer.ts';
import type { Ramps } from './ramps.ts';
import { type RankedLoad, RankedPeers } from './ranked-peers.ts';

class RunningRequests implements RankedLoad {
  peer: Peer;
  key = 0;
  chosen = 0;
  index = -1;
  count = 0;
  readonly #peers: RankedPeers<RunningRequests>;

  constructor(peer: Peer, peers: RankedPeers<RunningRequests>) {
    this.peer = peer;
    this.#peers = peers;
  }

  /** Kong's: with the one that would come, so that among idle targets the heaviest is first. */
  weigh(): void {
    this.key = (this.count + 1) / this.peer.weight;
  }

  begin(): void {
    this.count++;
    this.#peers.changed(this);
  }

  end(): void {
    this.count--;
    this.#peers.changed(this);
  }
}

export class LeastConnections implements PeerBalancer {
  readonly affinity = null;
  readonly #peers: RankedPeers<RunningRequests>;

  constructor(words: SharedWords, ramps: Ramps | null = null) {
    this.#peers = new RankedPeers(words, ramps);
  }

  get list(): PeerList {
    return this.#peers.list;
  }

  *prepare(list: PeerList): Generator<void, () => void> {
    return () => {
      for (const peer of this.#peers.replace(list))
        this.#peers.enter(new RunningRequests(peer, this.#peers), peer);
    };
  }

  pick(tried: readonly BalancedTarget[] | null, _exchange: BalancedExchange): BalancedTarget | null {
    const load = this.#peers.choose(tried);
    load?.begin();
    return load?.peer ?? null;
  }
}
