// The options of a proxy behind a load balancer that speaks the PROXY protocol. In Kong: `proxy_protocol` of a listener,
// `real_ip_header = proxy_protocol` and `trusted_ips`.
import { parseIpNetwork } from '../base/ip-address.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';

export const proxyProtocolOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'proxy-protocol': {
    type: 'boolean',
    default: false,
    help: 'every connection to the proxy ports begins with a PROXY protocol header (1 or 2); needs --trusted-ips',
  },
  'trusted-ips': {
    type: 'string',
    multiple: true,
    value: 'CIDR',
    help: 'load balancers whose header says who the client is; repeatable, or a list with commas',
  },
};

/** To spread into the options of a gateway. */
export function proxyProtocolOf({ options }: CommandInput): Pick<WorkerOptions, 'proxyProtocol'> {
  const trusted = (options['trusted-ips'] as readonly string[])
    .flatMap((list) => list.split(','))
    .map((text) => text.trim());
  const wrong = trusted.find((text) => parseIpNetwork(text) === null);
  if (wrong !== undefined)
    throw new CommandError(
      exitUsage,
      `--trusted-ips must be addresses or networks like 10.0.0.0/8, not '${wrong}'`,
    );
  if (options['proxy-protocol'] !== true) {
    if (trusted.length === 0) return {};
    throw new CommandError(exitUsage, '--trusted-ips is for --proxy-protocol: give both, or neither');
  }
  if (trusted.length === 0)
    throw new CommandError(
      exitUsage,
      '--proxy-protocol needs --trusted-ips: whose headers are believed, e.g. 10.0.0.0/8 (0.0.0.0/0,::/0 is everybody)',
    );
  return { proxyProtocol: { trusted } };
}
