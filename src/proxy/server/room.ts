// How many sockets a worker may have, and who leaves when there are too many: never a request under way, always somebody who
// only waits. Without it the kernel would refuse at its own limit, and it refuses whoever comes next.
import type { EndpointPools } from '../upstream/pool.ts';
import type { Listening } from './listening.ts';

export interface SocketLimits {
  readonly clientsMax: number;
  /** Clients and upstreams together. */
  readonly socketsMax: number;
}

export interface Room {
  /** Whether one client more may come in; one that waits is closed where that is needed. */
  forClient(): boolean;
  /** Before one connection more to an upstream. */
  forUpstream(): void;
  /** Closes a connection that nobody is using; false: all are in use. */
  make(): boolean;
}

/** Clients leave this part of the sockets to upstreams: who comes in must also be served. */
const upstreamShare = 1 / 8;

export function createRoom(limits: SocketLimits, listening: Listening, pools: EndpointPools): Room {
  const { clientsMax, socketsMax } = limits;
  const withClientMax = socketsMax - Math.ceil(Math.min(socketsMax, clientsMax) * upstreamShare);
  const used = (): number => listening.connections.length + pools.openCount;
  const make = (): boolean => pools.closeOneIdle() || listening.displace();
  return {
    forClient() {
      if (listening.connections.length >= clientsMax) return listening.displace();
      return used() < withClientMax || make();
    },
    forUpstream() {
      if (used() >= socketsMax) make();
    },
    make,
  };
}
