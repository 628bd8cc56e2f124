// The balancer that an upstream asks for.
import type { Upstream } from '../../kong/entity.ts';
import { slowStartMs } from '../../kong/slow-start.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { PeerBalancer } from './balancer.ts';
import { ConsistentHashing } from './consistent-hashing.ts';
import { hashInputOf } from './hash-input.ts';
import { Latency } from './latency.ts';
import { LeastConnections } from './least-connections.ts';
import { Ramps } from './ramps.ts';
import { RoundRobin } from './round-robin.ts';
import { StickySessions } from './sticky-sessions.ts';

/** What a balancer is made of for good: another text needs another balancer. '' is round robin. */
export function balancerKind(upstream: Upstream | null): string {
  const isRamped = upstream !== null && slowStartMs(upstream) > 0;
  if (upstream === null || upstream.algorithm === 'round-robin') return isRamped ? ' ramped' : '';
  const {
    id: _id,
    name: _name,
    tags: _tags,
    healthchecks: _checks,
    host_header: _host,
    ...settings
  } = upstream;
  return ` ${JSON.stringify(settings)}${isRamped ? ' ramped' : ''}`;
}

/** `upstream` null: a service without one, which has one target. */
export function createBalancer(
  upstream: Upstream | null,
  shared: Pick<SharedMemory, 'health' | 'shares'>,
  clock: Pick<Clock, 'monotonicUs'>,
): PeerBalancer {
  const words = shared.health;
  const ramps = upstream !== null && slowStartMs(upstream) > 0 ? new Ramps(shared.shares) : null;
  switch (upstream?.algorithm) {
    case 'consistent-hashing':
      return new ConsistentHashing(words, upstream.slots, hashInputOf(upstream));
    case 'least-connections':
      return new LeastConnections(words, ramps);
    case 'latency':
      return new Latency(words, clock, ramps);
    case 'sticky-sessions':
      return new StickySessions(words, {
        name: upstream.sticky_sessions_cookie ?? '',
        path: upstream.sticky_sessions_cookie_path ?? '/',
        upstreamId: upstream.id,
      });
    default:
      return new RoundRobin(words, ramps);
  }
}
