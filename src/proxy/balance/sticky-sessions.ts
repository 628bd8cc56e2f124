// Sticky sessions: a cookie names the target that served a client before; round robin finds one for those without.
import { sha256Hex } from '../../base/hash.ts';
import type { SharedWords } from '../../ports/shared.ts';
import { formattedCookie, readCookie } from '../http/cookies.ts';
import type { Affinity, BalancedExchange, BalancedTarget, PeerBalancer } from './balancer.ts';
import { isAvailable, type Peer, type PeerList, wasTried } from './peer.ts';
import { Quorum } from './quorum.ts';
import { RoundRobin } from './round-robin.ts';

const idLength = 16;
const idsPerStep = 64;

export interface StickyCookie {
  readonly name: string;
  readonly path: string;
  /** Set apart by it, so that cookies do not tell that two upstreams share a target. */
  readonly upstreamId: string;
}

/** What the cookie says for a target: the same in all workers and gateways, and no address. */
export function stickyId(upstreamId: string, { endpoint }: BalancedTarget): string {
  return sha256Hex(`${upstreamId} ${endpoint.host} ${endpoint.port}`).slice(0, idLength);
}

export class StickySessions implements PeerBalancer {
  readonly affinity: Affinity;
  readonly #words: SharedWords;
  readonly #quorum: Quorum;
  readonly #cookie: StickyCookie;
  readonly #others: RoundRobin;
  #peers = new Map<string, Peer>();

  constructor(words: SharedWords, cookie: StickyCookie) {
    this.#words = words;
    this.#quorum = new Quorum(words);
    this.#cookie = cookie;
    this.#others = new RoundRobin(words);
    this.affinity = {
      cookieFor: ({ affinityKey }, target) => {
        const id = stickyId(cookie.upstreamId, target);
        return affinityKey === id ? null : formattedCookie(cookie.name, id, cookie.path);
      },
    };
  }

  get list(): PeerList {
    return this.#others.list;
  }

  *prepare(list: PeerList): Generator<void, () => void> {
    const peers = new Map<string, Peer>();
    for (const peer of list.peers) {
      peers.set(stickyId(this.#cookie.upstreamId, peer), peer);
      if (peers.size % idsPerStep === 0) yield;
    }
    const publish = yield* this.#others.prepare(list);
    return () => {
      this.#peers = peers;
      publish();
    };
  }

  pick(tried: readonly BalancedTarget[] | null, exchange: BalancedExchange): BalancedTarget | null {
    const words = this.#words;
    exchange.affinityKey ??= readCookie(exchange.request.headerValues('cookie'), this.#cookie.name) ?? '';
    const peer = this.#peers.get(exchange.affinityKey);
    const isFree =
      peer !== undefined && isAvailable(words, peer) && (tried === null || !wasTried(peer, tried));
    return isFree && this.#quorum.isMet(this.list) ? peer : this.#others.pick(tried);
  }
}
