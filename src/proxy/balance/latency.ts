// Latency: the target that has answered fastest of late, in Kong's arithmetic. An average of times, each with a weight that
// fades (peak EWMA without the peak); what is not used fades towards 0 and becomes attractive again.
import type { Clock } from '../../ports/clock.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer } from './balancer.ts';
import type { Peer, PeerList } from './peer.ts';
import type { Ramps } from './ramps.ts';
import { type RankedLoad, RankedPeers } from './ranked-peers.ts';

/** After so long without news a time counts 1/e. */
const decaySeconds = 10;

/** The average `ewma` after `elapsed` seconds, with a new time of `seconds` in it. */
export function decayedAverage(ewma: number, elapsed: number, seconds: number): number {
  const share = Math.exp(-Math.max(0, elapsed) / decaySeconds);
  return ewma * share + seconds * (1 - share);
}

class ResponseTimes implements RankedLoad {
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

/** Those that have no load yet count as 0. */
function averageOf(peers: readonly Peer[]): number {
  let sum = 0;
  for (const { load } of peers) if (load !== null) sum += (load as ResponseTimes).ewma;
  return sum / peers.length;
}

export class Latency implements PeerBalancer {
  readonly affinity = null;
  readonly #clock: Pick<Clock, 'monotonicUs'>;
  readonly #peers: RankedPeers<ResponseTimes>;

  constructor(words: SharedWords, clock: Pick<Clock, 'monotonicUs'>, ramps: Ramps | null = null) {
    this.#clock = clock;
    this.#peers = new RankedPeers(words, ramps);
  }

  get list(): PeerList {
    return this.#peers.list;
  }

  #now(): number {
    return this.#clock.monotonicUs() / 1_000_000;
  }

  /** Newcomers begin with the average of all, themselves counted as 0. */
  *prepare(list: PeerList): Generator<void, () => void> {
    return () => {
      const newcomers = this.#peers.replace(list);
      if (newcomers.length === 0) return;
      const ewma = averageOf(list.peers);
      const now = this.#now();
      for (const peer of newcomers) this.#peers.enter(new ResponseTimes(peer, this, ewma, now), peer);
    };
  }

  record(load: ResponseTimes, seconds: number): void {
    const now = this.#now();
    load.ewma = decayedAverage(load.ewma, now - load.touched, seconds);
    load.touched = now;
    this.#peers.changed(load);
  }

  pick(tried: readonly BalancedTarget[] | null, _exchange: BalancedExchange): BalancedTarget | null {
    const load = this.#peers.choose(tried);
    if (load === null) return null;
    this.#peers.moved(load);
    return load.peer;
  }
}
