// What the processes of gateways and of their clients have open at the end of a run: connections that nobody needs any more
// are leaks, and bytes that pile up are memory.
import { SimConnection } from '../network/connection.ts';
import { gatewayPorts } from './places.ts';
import type { WorldSeams } from './seams.ts';

const isServed = (destination: string): boolean =>
  [gatewayPorts.http, gatewayPorts.https].some((port) => destination.endsWith(`:${port}`));

export function recordRemains({ network, evidence }: WorldSeams): void {
  for (const { name, owned, backlogBytesMax } of network.processes) {
    const connections = [...owned].filter((each) => each instanceof SimConnection);
    const opened = connections.map(({ destination }) => destination).filter((to) => to !== '');
    if (!name.startsWith('gateway-') && !opened.some(isServed)) continue;
    const accepted = connections.length - opened.length;
    evidence.remains.push({ host: name, accepted, opened, backlogBytesMax });
  }
}
