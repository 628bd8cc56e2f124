// One target of an upstream, ready to be sent to, and all of them: what every algorithm chooses from.
import type { Upstream } from '../../kong/entity.ts';
import { expandIpv6 } from '../../kong/schema/address.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import type { BalancedTarget, TargetHealth, TargetLoad } from './balancer.ts';
import { isHealthy } from './health.ts';
import { passiveHealth } from './passive-health.ts';

export interface PeerSpec {
  readonly endpoint: Endpoint;
  readonly hostHeader: string;
  /** Above 0. */
  readonly weight: number;
  /** Word of shared health; null: health is not tracked. */
  readonly slot: number | null;
  /** The target that the address stands for where that is a name; absent: it is the target itself. */
  readonly target?: { readonly host: string; readonly port: number };
}

export class Peer implements BalancedTarget {
  readonly endpoint: Endpoint;
  readonly hostHeader: string;
  /** The host as Kong writes it: IPv6 in full and in brackets. */
  readonly name: string;
  /** What its target is called, which comes first in Kong's order. */
  readonly targetName: string;
  readonly targetPort: number;
  readonly health: TargetHealth | null;
  readonly weight: number;
  /** -1: always available. */
  readonly slot: number;
  /** Its word among what is shared; -1: there is none. */
  readonly word: number;
  /** Set by algorithms that look at it. */
  load: TargetLoad | null = null;
  /** Turns taken in this round of the wheel (round-robin with unequal weights). */
  turns = 0;
  /** Requests that it has to come, and the choice up to which they are counted; -1: none has been (slow start). */
  credit = 0;
  creditedAt = -1;

  constructor(spec: PeerSpec, healthchecks: Upstream['healthchecks'] | null, words: SharedWords) {
    const { endpoint, hostHeader, weight, slot } = spec;
    this.endpoint = endpoint;
    this.hostHeader = hostHeader;
    this.name = endpoint.host.includes(':') ? `[${expandIpv6(endpoint.host)}]` : endpoint.host;
    this.targetName = spec.target?.host ?? this.name;
    this.targetPort = spec.target?.port ?? endpoint.port;
    this.weight = weight;
    this.word = slot ?? -1;
    this.slot = healthchecks === null || slot === null ? -1 : slot;
    this.health = healthchecks === null ? null : passiveHealth(words, this.slot, healthchecks.passive);
  }
}

/**
 * Kong's order: targets by name as text, then by port as a number, and the addresses of one target by "address:port" as text.
 * All gateways place their targets on the ring in it.
 */
export function comparePeers(a: Peer, b: Peer): number {
  if (a.targetName !== b.targetName) return a.targetName < b.targetName ? -1 : 1;
  if (a.targetPort !== b.targetPort) return a.targetPort - b.targetPort;
  const first = `${a.name}:${a.endpoint.port}`;
  const second = `${b.name}:${b.endpoint.port}`;
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** The targets that a balancer chooses from. Replaced as a whole; the balancer stays. */
export interface PeerList {
  /** In the order of `comparePeers`. */
  readonly peers: readonly Peer[];
  readonly hasEqualWeights: boolean;
  readonly totalWeight: number;
  /** Those of weight 0 included. */
  readonly targetCount: number;
  /** Percent of the weight that has to be available for any to be used. */
  readonly threshold: number;
  /** Where there is no peer: whether names are why. 'waiting': the first answer of DNS is to come. */
  readonly names: 'settled' | 'waiting' | 'unresolved';
}

export function listOf(
  peers: readonly Peer[],
  targetCount: number,
  threshold: number,
  names: PeerList['names'] = 'settled',
): PeerList {
  let totalWeight = 0;
  let hasEqualWeights = true;
  for (const { weight } of peers) {
    totalWeight += weight;
    if (weight !== peers[0]!.weight) hasEqualWeights = false;
  }
  return { peers, hasEqualWeights, totalWeight, targetCount, threshold, names };
}

export const emptyList: PeerList = listOf([], 0, 0);

export function isAvailable(words: SharedWords, peer: Peer): boolean {
  return peer.slot < 0 || isHealthy(words, peer.slot);
}

/** By address, because the peers may have been replaced between two tries. */
export function wasTried(peer: Peer, tried: readonly BalancedTarget[]): boolean {
  for (const other of tried) if (other.endpoint.key === peer.endpoint.key) return true;
  return false;
}
