// Choosing a target for one try of a request, and hearing how the try went.
import type { Endpoint } from '../upstream/endpoint.ts';

/** What passive health checks learn from one try. */
export interface TargetHealth {
  reportStatus(status: number): void;
  reportTcpFailure(): void;
  reportTimeout(): void;
}

export interface BalancedTarget {
  readonly endpoint: Endpoint;
  /** Name for the Host header towards the upstream when preserve_host is off ('host' or 'host:port'). */
  readonly hostHeader: string;
  /** null where nothing counts (no health checks). */
  readonly health: TargetHealth | null;
}

export interface Balancer {
  /**
   * The target of the next try, or null: nobody available. `tried` are the targets that already failed in this
   * exchange (null on the first try); they are avoided while another one is available.
   */
  pick(tried: readonly BalancedTarget[] | null): BalancedTarget | null;
}
