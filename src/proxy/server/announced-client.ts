// Who a connection's client is when a load balancer says so in a PROXY protocol header before anything else. The header is
// asked of everybody, and believed of trusted senders only: whoever else comes is its own client.
import { contains, type IpNetwork, parseIpAddress, parseIpNetwork } from '../../base/ip-address.ts';
import type { Preface, TcpEnd } from '../../ports/tcp.ts';
import { parseProxyHeader } from '../http/proxy-header.ts';

/** `trusted`: addresses and networks, checked where the option is read. */
export function createPreface(trusted: readonly string[]): Preface {
  const networks = trusted.map(parseIpNetwork).filter((network) => network !== null);
  return (bytes, sender) => {
    const header = parseProxyHeader(bytes, 0, bytes.length);
    if (header.kind !== 'taken') return header.kind;
    const isBelieved = header.source !== null && isTrusted(networks, sender);
    return { length: header.end, client: isBelieved ? header.source! : sender };
  };
}

function isTrusted(networks: readonly IpNetwork[], { address }: TcpEnd): boolean {
  const candidate = parseIpAddress(address);
  return candidate !== null && networks.some((network) => contains(network, candidate));
}
