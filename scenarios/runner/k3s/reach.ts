// How proxies and pods are reached from where the scenario runs: at the addresses of their pods, or through ports of a node.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Api } from './api.ts';
import type { ProxyAddress } from './clients.ts';
import { proxyName, proxyPorts } from './proxies.ts';

export type Reach = { readonly by: 'pods' } | { readonly by: 'nodes'; readonly host: string };

/** Ports of the nodes that lead to a proxy, by the name of its Service. */
export type NodePorts = ReadonlyMap<string, Readonly<Record<keyof typeof proxyPorts, number>>>;

export interface Reached extends ProxyAddress {
  readonly statusUrl: string;
}

/** null: not now. */
export function addressIn(
  reach: Reach,
  pod: StoredObject | null,
  index: number,
  nodePorts: NodePorts,
): Reached | null {
  if (reach.by === 'nodes') {
    const ports = nodePorts.get(proxyName(index));
    return ports === undefined
      ? null
      : {
          host: reach.host,
          httpPort: ports.http,
          httpsPort: ports.https,
          statusUrl: `http://${reach.host}:${ports.status}`,
        };
  }
  const host = pod?.status?.['podIP'];
  if (typeof host !== 'string' || host === '') return null;
  return {
    host,
    httpPort: proxyPorts.http,
    httpsPort: proxyPorts.https,
    statusUrl: `http://${host}:${proxyPorts.status}`,
  };
}

interface ServiceLike {
  readonly spec?: { readonly ports?: readonly { readonly name?: string; readonly nodePort?: number }[] };
}

/** Of all proxies of a run, once their Services are there. */
export async function readNodePorts(api: Api, run: string, proxies: number): Promise<NodePorts> {
  const found = new Map<string, Readonly<Record<keyof typeof proxyPorts, number>>>();
  for (let index = 0; index < proxies; index++) {
    const name = proxyName(index);
    const reply = await api.call('GET', api.path(api.find('services')!, run, name));
    const ports = (reply.body as ServiceLike | null)?.spec?.ports ?? [];
    const of = (wanted: string): number => ports.find((port) => port.name === wanted)?.nodePort ?? 0;
    found.set(name, { http: of('http'), https: of('https'), status: of('status') });
  }
  return found;
}
