// Round robin over the targets of one upstream: smooth weights, unhealthy targets and those already tried left out.
import type { Upstream } from '../../kong/entity.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import type { BalancedTarget, Balancer, TargetHealth } from './balancer.ts';
import { isHealthy, recordFailure, recordSuccess } from './health.ts';

type Passive = Upstream['healthchecks']['passive'];

/** Health checks do something only when a probe runs or a passive failure limit is set. */
export function checksHealth(upstream: Upstream): boolean {
  const { active, passive } = upstream.healthchecks;
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy;
  const probes = active.healthy.interval !== 0 || active.unhealthy.interval !== 0;
  return probes || tcp_failures !== 0 || timeouts !== 0 || http_failures !== 0;
}

class PassiveHealth implements TargetHealth {
  readonly #words: SharedWords;
  readonly #slot: number;
  readonly #passive: Passive;

  constructor(words: SharedWords, slot: number, passive: Passive) {
    this.#words = words;
    this.#slot = slot;
    this.#passive = passive;
  }

  reportStatus(status: number): void {
    const { healthy, unhealthy } = this.#passive;
    if (healthy.http_statuses.includes(status)) recordSuccess(this.#words, this.#slot, healthy.successes);
    else if (unhealthy.http_statuses.includes(status))
      recordFailure(this.#words, this.#slot, 'http', unhealthy.http_failures);
  }

  reportTcpFailure(): void {
    recordFailure(this.#words, this.#slot, 'tcp', this.#passive.unhealthy.tcp_failures);
  }

  reportTimeout(): void {
    recordFailure(this.#words, this.#slot, 'timeout', this.#passive.unhealthy.timeouts);
  }
}

function passiveHealth(words: SharedWords, slot: number, passive: Passive): TargetHealth | null {
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy;
  const counts = tcp_failures + timeouts + http_failures + passive.healthy.successes > 0;
  return slot >= 0 && counts ? new PassiveHealth(words, slot, passive) : null;
}

class Peer implements BalancedTarget {
  readonly endpoint: Endpoint;
  readonly hostHeader: string;
  readonly health: TargetHealth | null;
  readonly weight: number;
  /** -1: always available. */
  readonly slot: number;
  /** Of the smooth weighted order. */
  current = 0;

  constructor(
    endpoint: Endpoint,
    hostHeader: string,
    health: TargetHealth | null,
    weight: number,
    slot: number,
  ) {
    this.endpoint = endpoint;
    this.hostHeader = hostHeader;
    this.health = health;
    this.weight = weight;
    this.slot = slot;
  }
}

/** One target of an upstream, ready to be sent to. */
export interface PeerSpec {
  readonly endpoint: Endpoint;
  readonly hostHeader: string;
  readonly weight: number;
  /** Word of shared health; null: health is not tracked. */
  readonly slot: number | null;
}

/** The targets that a balancer goes round. Replaced as a whole; the balancer stays. */
export interface Ring {
  readonly peers: readonly Peer[];
  readonly hasEqualWeights: boolean;
  /** Percent of the weight that has to be available for any to be used. */
  readonly threshold: number;
}

export function createRing(
  specs: readonly PeerSpec[],
  healthchecks: Upstream['healthchecks'] | null,
  words: SharedWords,
): Ring {
  const peers: Peer[] = [];
  for (const { endpoint, hostHeader, weight, slot } of specs) {
    if (weight <= 0) continue;
    const word = healthchecks === null || slot === null ? -1 : slot;
    const health = healthchecks === null ? null : passiveHealth(words, word, healthchecks.passive);
    peers.push(new Peer(endpoint, hostHeader, health, weight, word));
  }
  return {
    peers,
    hasEqualWeights: peers.every((peer) => peer.weight === peers[0]!.weight),
    threshold: healthchecks?.threshold ?? 0,
  };
}

export const emptyRing: Ring = { peers: [], hasEqualWeights: true, threshold: 0 };

/** The balancer of one upstream. A new ring takes effect for all who hold the balancer, retries included. */
export class RoundRobin implements Balancer {
  readonly #words: SharedWords;
  #ring = emptyRing;
  #next = 0;

  constructor(words: SharedWords) {
    this.#words = words;
  }

  replace(ring: Ring): void {
    this.#ring = ring;
  }

  get ring(): Ring {
    return this.#ring;
  }

  #isAvailable(peer: Peer): boolean {
    return peer.slot < 0 || isHealthy(this.#words, peer.slot);
  }

  /** Kong's circuit breaker: strictly more than the threshold has to be available. */
  #isAboveThreshold(ring: Ring): boolean {
    let total = 0;
    let available = 0;
    for (const peer of ring.peers) {
      total += peer.weight;
      if (this.#isAvailable(peer)) available += peer.weight;
    }
    return total > 0 && (available / total) * 100 > ring.threshold;
  }

  pick(tried: readonly BalancedTarget[] | null): BalancedTarget | null {
    const ring = this.#ring;
    if (ring.threshold > 0 && !this.#isAboveThreshold(ring)) return null;
    return this.#pickOf(ring, tried) ?? (tried === null ? null : this.#pickOf(ring, null));
  }

  #pickOf(ring: Ring, tried: readonly BalancedTarget[] | null): BalancedTarget | null {
    return ring.hasEqualWeights ? this.#pickEqual(ring, tried) : this.#pickWeighted(ring, tried);
  }

  #pickEqual(ring: Ring, tried: readonly BalancedTarget[] | null): BalancedTarget | null {
    const { peers } = ring;
    for (let i = 0; i < peers.length; i++) {
      const at = (this.#next + i) % peers.length;
      const peer = peers[at]!;
      if (!this.#isAvailable(peer) || (tried !== null && wasTried(peer, tried))) continue;
      this.#next = at + 1;
      return peer;
    }
    return null;
  }

  /** Every candidate gains its weight; the richest is taken and pays the sum. */
  #pickWeighted(ring: Ring, tried: readonly BalancedTarget[] | null): BalancedTarget | null {
    let best: Peer | null = null;
    let total = 0;
    for (const peer of ring.peers) {
      if (!this.#isAvailable(peer) || (tried !== null && wasTried(peer, tried))) continue;
      total += peer.weight;
      peer.current += peer.weight;
      if (best === null || peer.current > best.current) best = peer;
    }
    if (best !== null) best.current -= total;
    return best;
  }
}

/** By address, because a ring may have been replaced between two tries. */
function wasTried(peer: Peer, tried: readonly BalancedTarget[]): boolean {
  for (const other of tried) if (other.endpoint.key === peer.endpoint.key) return true;
  return false;
}
