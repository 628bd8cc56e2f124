// What the processes of gateways and clients have open at the end of a run: connections that nobody needs any more are
// leaks, and bytes that pile up are memory.
import { SimConnection } from '../network/connection.ts';
import type { WorldSeams } from './seams.ts';

export function recordRemains({ network, evidence }: WorldSeams, clients: ReadonlySet<string>): void {
  for (const { name, owned, backlogBytesMax } of network.processes) {
    if (!name.startsWith('gateway-') && !clients.has(name)) continue;
    const connections = [...owned].filter((each) => each instanceof SimConnection);
    const opened = connections.map(({ destination }) => destination).filter((to) => to !== '');
    evidence.remains.push({
      host: name,
      accepted: connections.length - opened.length,
      opened,
      backlogBytesMax,
    });
  }
}
