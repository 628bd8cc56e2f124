// What the processes of gateways and clients have open at the end of a run: connections that nobody needs any more are
// leaks.
import { SimConnection } from '../network/connection.ts';
import type { WorldSeams } from './seams.ts';

export function recordRemains({ network, evidence }: WorldSeams): void {
  for (const { name, owned } of network.processes) {
    const connections = [...owned].filter((each) => each instanceof SimConnection);
    if (connections.length === 0) continue;
    const opened = connections.map(({ destination }) => destination).filter((to) => to !== '');
    evidence.remains.push({ host: name, accepted: connections.length - opened.length, opened });
  }
}
