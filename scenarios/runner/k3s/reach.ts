// How proxies and pods are reached from where the scenario runs: at the addresses of their pods, or through ports of a node.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { ProxyAddress } from './clients.ts';
import { proxyName, proxyPorts } from './proxies.ts';

export type Reach =
  | { readonly by: 'pods' }
  | {
      readonly by: 'nodes';
      readonly host: string;
      /** Ports on the host of the node ports of a proxy's Service, by its name; read once they are known. */
      readonly portsOf: (service: string) => Readonly<Record<keyof typeof proxyPorts, number>> | null;
    };

export interface Reached extends ProxyAddress {
  readonly statusUrl: string;
}

/** null: not now. */
export function addressIn(reach: Reach, pod: StoredObject | null, index: number): Reached | null {
  if (reach.by === 'nodes') {
    const ports = reach.portsOf(proxyName(index));
    return ports === null
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
