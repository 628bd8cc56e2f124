// Consistent hashing: a key's point on the ring, then downwards to the first target that may be used.
import type { SharedWords } from '../../ports/shared.ts';
import type { Affinity, BalancedExchange, BalancedTarget, PeerBalancer } from './balancer.ts';
import type { HashInput } from './hash-input.ts';
import { buildRing, type HashRing, pointOf } from './hash-ring.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { Quorum } from './quorum.ts';

/** After so many points it is made sure that anybody can be found at all. */
const blindPoints = 256;
const emptyRing: HashRing = { points: 1, owners: new Uint16Array(1) };

export class ConsistentHashing implements PeerBalancer {
  readonly affinity: Affinity | null;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  readonly #slots: number;
  readonly #input: HashInput;
  #list = emptyList;
  #ring = emptyRing;

  constructor(words: SharedWords, slots: number, input: HashInput) {
    this.#words = words;
    this.#quorum = new Quorum(words);
    this.#slots = slots;
    this.#input = input;
    this.affinity = input.affinity;
  }

  get list(): PeerList {
    return this.#list;
  }

  /** Health does not move points, so neither does a target that is out for a while. */
  *prepare(list: PeerList): Generator<void, () => void> {
    const ring = yield* buildRing(list, this.#slots);
    return () => {
      this.#list = list;
      this.#ring = ring;
    };
  }

  pick(tried: readonly BalancedTarget[] | null, exchange: BalancedExchange): BalancedTarget | null {
    const list = this.#list;
    if (!this.#quorum.isMet(list)) return null;
    exchange.affinityKey ??= this.#input.read(exchange);
    const point = pointOf(this.#ring, exchange.affinityKey);
    return this.#from(point, tried) ?? (tried === null ? null : this.#from(point, null));
  }

  #isCandidate(peer: Peer, tried: readonly BalancedTarget[] | null): boolean {
    return isAvailable(this.#words, peer) && (tried === null || !wasTried(peer, tried));
  }

  #from(start: number, tried: readonly BalancedTarget[] | null): Peer | null {
    const { points, owners } = this.#ring;
    const { peers } = this.#list;
    let point = start;
    for (let walked = 0; walked < points; walked++) {
      const owner = owners[point]!;
      if (owner !== 0) {
        const peer = peers[owner - 1]!;
        if (this.#isCandidate(peer, tried)) return peer;
      }
      if (walked === blindPoints && !peers.some((peer) => this.#isCandidate(peer, tried))) return null;
      point = point === 0 ? points - 1 : point - 1;
    }
    return null;
  }
}
