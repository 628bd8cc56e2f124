// Balancers by themselves: peers without sockets, requests without exchanges.
import { checkEntity } from '../../../src/kong/check.ts';
import type { Upstream } from '../../../src/kong/entity.ts';
import type { BalancedExchange, BalancedTarget, PeerBalancer } from '../../../src/proxy/balance/balancer.ts';
import { healthWords } from '../../../src/proxy/balance/health.ts';
import { comparePeers, listOf, Peer } from '../../../src/proxy/balance/peer.ts';

export function upstreamOf(fields: Readonly<Record<string, unknown>>): Upstream {
  const checked = checkEntity('upstreams', { name: 'up', ...fields });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value as unknown as Upstream;
}

/** 'host:port' and its weight. */
export type PeerEntry = readonly [address: string, weight: number];

/** The words of shared health are counted from 0 in the order given. */
export function peersOf(
  entries: readonly PeerEntry[],
  words: Int32Array = new Int32Array(healthWords(entries.length)),
  settings: Readonly<Record<string, unknown>> | null = {},
): Peer[] {
  const checks = settings === null ? null : upstreamOf({ healthchecks: settings }).healthchecks;
  return entries.map(([address, weight], slot) => {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    const endpoint = { key: `tcp:${address}`, host, port: Number(address.slice(colon + 1)) };
    return new Peer({ endpoint, hostHeader: address, weight, slot }, checks, words);
  });
}

/** `extra`: targets of weight 0 beside them. */
export function use(balancer: PeerBalancer, peers: readonly Peer[], threshold = 0, extra = 0): void {
  const weighed = peers.filter(({ weight }) => weight > 0);
  const list = listOf(weighed.toSorted(comparePeers), peers.length + extra, threshold);
  const steps = balancer.prepare(list);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done !== true) continue;
    step.value();
    return;
  }
}

export interface Asked {
  readonly ip?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly consumer?: string;
  readonly credential?: string;
  readonly captures?: Readonly<Record<string, string>>;
}

export const freshId = 'fresh-id';

export function requestOf(asked: Asked = {}): BalancedExchange {
  const { ip = '10.9.9.9', path = '/', query = '', headers = {}, consumer, credential = '' } = asked;
  return {
    request: { clientAddress: ip, path, query, headerValues: (name) => headers[name] ?? [] },
    consumer: consumer === undefined ? null : { id: consumer },
    credentialId: credential,
    uriCaptures: asked.captures ?? null,
    affinityKey: null,
    isAffinityNew: false,
    freshId: () => freshId,
  };
}

export function addressOf(target: BalancedTarget | null): string {
  return target === null ? '-' : target.hostHeader;
}
