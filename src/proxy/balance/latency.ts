// Latency: the target that has answered fastest of late, in Kong's arithmetic. An average of times, each with a weight that
// fades (peak EWMA without the peak); what is not used fades towards 0 and becomes attractive again.
import type { Clock } from '../../ports/clock.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer, TargetLoad } from './balancer.ts';
import { emptyList, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { changesOf } from './peer-changes.ts';
import { type HeapEntry, PeerHeap } from './peer-heap.ts';
import { Quorum } from './quorum.ts';
import type { Ramps } from './ramps.ts';

/** After so long without news a time counts 1/e. */
const decaySeconds = 10;

/** The average `ewma` after `elapsed` seconds, with a new time of `seconds` in it. */
export function decayedAverage(ewma: number, elapsed: number, seconds: number): number {
  const share = Math.exp(-Math.max(0, elapsed) / decaySeconds);
  return ewma * share + seconds * (1 - share);
}

class ResponseTimes implements TargetLoad, HeapEntry {
  peer: Peer;
  key = Number.NEGATIVE_INFINITY;
  chosen = 0;
  index = -1;
  ewma: number;
  /** When `ewma` was so; monotonic seconds. */
  touched: number;
  readonly #owner: Latency;

  constructor(peer: Peer, owner: Latency, ewma: number, touched: number) {
    this.peer = peer;
    this.ewma = ewma;
    this.touched = touched;
    this.#owner = owner;
  }

  /**
   * The score at the time t is ewma * exp((touched - t) / 10) / weight. What depends on t is the same for all, and taking
   * logarithms changes no order: a key that stays right while time passes.
   */
  weigh(): void {
    this.key = Math.log(this.ewma / this.peer.weight) + this.touched / decaySeconds;
  }

  end(seconds: number): void {
    if (seconds >= 0) this.#owner.record(this, seconds);
  }
}

export class Latency implements PeerBalancer {
  readonly affinity = null;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  /** null: without slow start. */
  readonly #ramps: Ramps | null;
  readonly #clock: Pick<Clock, 'monotonicUs'>;
  readonly #heap = new PeerHeap<ResponseTimes>();
  #list = emptyList;
  #picks = 0;

  constructor(words: SharedWords, clock: Pick<Clock, 'monotonicUs'>, ramps: Ramps | null = null) {
    this.#words = words;
    this.#ramps = ramps;
    this.#quorum = new Quorum(words);
    this.#clock = clock;
  }

  get list(): PeerList {
    return this.#list;
  }

  #now(): number {
    return this.#clock.monotonicUs() / 1_000_000;
  }

  /** Newcomers begin with the average of all, themselves counted as 0. */
  *prepare(list: PeerList): Generator<void, () => void> {
    return () => {
      const { gone, come } = changesOf(this.#list.peers, list.peers);
      // By endpoint: a target whose weight changes goes on with what it has.
      const left = new Map<string, ResponseTimes>();
      for (const { endpoint, load } of gone) {
        left.set(endpoint.key, load as ResponseTimes);
        this.#heap.remove(load as ResponseTimes);
      }
      const newcomers: Peer[] = [];
      for (const peer of come) {
        const load = left.get(peer.endpoint.key);
        left.delete(peer.endpoint.key);
        if (load === undefined) newcomers.push(peer);
        else this.#enter(load, peer);
      }
      const ewma = newcomers.length === 0 ? 0 : this.#averageOf(list.peers);
      for (const peer of newcomers) this.#enter(new ResponseTimes(peer, this, ewma, this.#now()), peer);
      this.#list = list;
    };
  }

  /** Those that have no load yet count as 0. */
  #averageOf(peers: readonly Peer[]): number {
    let sum = 0;
    for (const { load } of peers) if (load !== null) sum += (load as ResponseTimes).ewma;
    return sum / peers.length;
  }

  #enter(load: ResponseTimes, peer: Peer): void {
    load.peer = peer;
    peer.load = load;
    load.weigh();
    this.#heap.add(load);
  }

  record(load: ResponseTimes, seconds: number): void {
    const now = this.#now();
    load.ewma = decayedAverage(load.ewma, now - load.touched, seconds);
    load.touched = now;
    load.weigh();
    this.#heap.moved(load);
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
    this.#heap.moved(load);
    return load.peer;
  }

  #first(tried: readonly BalancedTarget[] | null, ramps: Ramps | null): ResponseTimes | null {
    const { totalWeight } = this.#list;
    return this.#heap.first(
      (peer) =>
        isAvailable(this.#words, peer) &&
        (tried === null || !wasTried(peer, tried)) &&
        (ramps === null || ramps.isOpen(peer, totalWeight)),
    );
  }
}
