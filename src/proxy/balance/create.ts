// The balancer that an upstream asks for.
import type { Upstream } from '../../kong/entity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { PeerBalancer } from './balancer.ts';
import { ConsistentHashing } from './consistent-hashing.ts';
import { hashInputOf } from './hash-input.ts';
import { Latency } from './latency.ts';
import { LeastConnections } from './least-connections.ts';
import { RoundRobin } from './round-robin.ts';
import { StickySessions } from './sticky-sessions.ts';

/** What a balancer is made of for good: another text needs another balancer. '' is round robin. */
export function balancerKind(upstream: Upstream | null): string {
  if (upstream === null || upstream.algorithm === 'round-robin') return '';
  const {
    id: _id,
    name: _name,
    tags: _tags,
    healthchecks: _checks,
    host_header: _host,
    ...settings
  } = upstream;
  return ` ${JSON.stringify(settings)}`;
}

/** `upstream` null: a service without one, which has one target. */
export function createBalancer(
  upstream: Upstream | null,
  words: SharedWords,
  clock: Pick<Clock, 'monotonicUs'>,
): PeerBalancer {
  switch (upstream?.algorithm) {
    case 'consistent-hashing':
      return new ConsistentHashing(words, upstream.slots, hashInputOf(upstream));
    case 'least-connections':
      return new LeastConnections(words);
    case 'latency':
      return new Latency(words, clock);
    case 'sticky-sessions':
      return new StickySessions(words, {
        name: upstream.sticky_sessions_cookie ?? '',
        path: upstream.sticky_sessions_cookie_path ?? '/',
        upstreamId: upstream.id,
      });
    default:
      return new RoundRobin(words);
  }
}
