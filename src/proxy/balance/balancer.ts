// Choosing a target for one try of a request, and hearing how the try went.
import type { Endpoint } from '../upstream/endpoint.ts';
import type { PeerList } from './peer.ts';

/** What passive health checks learn from one try. */
export interface TargetHealth {
  reportStatus(status: number): void;
  reportTcpFailure(): void;
  reportTimeout(): void;
}

/** How busy or slow a target is, as far as its balancer asks. Picking it has begun a try. */
export interface TargetLoad {
  /** Exactly once for each pick. `seconds`: how long it took, in Kong's way of counting; negative tells nothing about that. */
  end(seconds: number): void;
}

export interface BalancedTarget {
  readonly endpoint: Endpoint;
  /** Name for the Host header towards the upstream when preserve_host is off ('host' or 'host:port'). */
  readonly hostHeader: string;
  /** null where nothing counts (no health checks). */
  readonly health: TargetHealth | null;
  /** null where the algorithm does not look at it. */
  readonly load: TargetLoad | null;
}

/** What a balancer may look at in a request, and what it keeps with it. */
export interface BalancedExchange {
  readonly request: {
    readonly clientAddress: string;
    /** As sent, without query. */
    readonly path: string;
    /** Without '?'. */
    readonly query: string;
    /** Of every line of that name (lower case), in order. */
    headerValues(name: string): readonly string[];
  };
  readonly consumer: { readonly id: string } | null;
  /** '' = none. */
  readonly credentialId: string;
  readonly uriCaptures: Readonly<Record<string, string>> | null;
  /** What the request was sent by, the same in all its tries; null before the first. */
  affinityKey: string | null;
  /** The client does not have it yet: the response brings it. */
  isAffinityNew: boolean;
  /** A new UUID. */
  freshId(): string;
}

/** Cookies that bring a client back to where it was before. */
export interface Affinity {
  /** The Set-Cookie value of the response that comes from `target`; null: the client has what it needs. */
  cookieFor(exchange: BalancedExchange, target: BalancedTarget): string | null;
}

export interface Balancer {
  readonly list: PeerList;
  /** null: no cookies are issued. */
  readonly affinity: Affinity | null;
  /**
   * The target of the next try, or null: nobody available. `tried` are the targets that already failed in this
   * exchange (null on the first try); they are avoided while another one is available.
   */
  pick(tried: readonly BalancedTarget[] | null, exchange: BalancedExchange): BalancedTarget | null;
}

/** The balancer of one upstream. It stays when its targets change, and with it what it knows of those that stay. */
export interface PeerBalancer extends Balancer {
  /** Gets ready for other peers in small steps; what it returns makes them visible, to retries of running exchanges too. */
  prepare(list: PeerList): Generator<void, () => void>;
}
