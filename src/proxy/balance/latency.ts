// Latency: the target that has answered fastest of late, in Kong's arithmetic. An average of times, each with a weight that
// fades (peak EWMA without the peak); what is not used fades towards 0 and becomes attractive again.
import type { Clock } from '../../ports/clock.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer, TargetLoad } from './balancer.ts';
import { emptyList, isAboveThreshold, isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { type HeapEntry, PeerHeap } from './peer-heap.ts';

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
  readonly #clock: Pick<Clock, 'monotonicUs'>;
  readonly #heap = new PeerHeap<ResponseTimes>();
  #loads = new Map<string, ResponseTimes>();
  #list = emptyList;
  #picks = 0;

  constructor(words: SharedWords, clock: Pick<Clock, 'monotonicUs'>) {
    this.#words = words;
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
      const known = list.peers.map((peer) => this.#loads.get(peer.endpoint.key));
      const sum = known.reduce((total, load) => total + (load?.ewma ?? 0), 0);
      const now = this.#now();
      const loads = new Map<string, ResponseTimes>();
      for (const [i, peer] of list.peers.entries()) {
        const load = known[i] ?? new ResponseTimes(peer, this, sum / list.peers.length, now);
        load.peer = peer;
        load.weigh();
        peer.load = load;
        loads.set(peer.endpoint.key, load);
      }
      this.#loads = loads;
      this.#heap.replace([...loads.values()]);
      this.#list = list;
    };
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
    if (list.threshold > 0 && !isAboveThreshold(this.#words, list)) return null;
    const load = this.#first(tried) ?? (tried === null ? null : this.#first(null));
    if (load === null) return null;
    load.chosen = ++this.#picks;
    this.#heap.moved(load);
    return load.peer;
  }

  #first(tried: readonly BalancedTarget[] | null): ResponseTimes | null {
    return this.#heap.first(
      (peer) => isAvailable(this.#words, peer) && (tried === null || !wasTried(peer, tried)),
    );
  }
}
