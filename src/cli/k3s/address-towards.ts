// From which of its addresses this machine goes to another one. Nothing is sent for that: a datagram socket only looks for its way.
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Of a port that is never spoken to. */
const anyPort = 9;

export function addressTowards(host: string): Promise<string> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(anyPort, host, () => {
      const { address } = socket.address();
      socket.close(() => resolve(address));
    });
  });
}
