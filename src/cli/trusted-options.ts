// The options of a proxy behind other proxies and load balancers: whose word on the client is believed, and how they say it. In
// Kong: `trusted_ips`, `real_ip_header`, `real_ip_recursive`, and `proxy_protocol` of a listener.
import { parseIpNetwork } from '../base/ip-address.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const realIpHeaderDefault = 'X-Real-IP';
const headerName = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

export const trustedOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'trusted-ips': {
    type: 'string',
    multiple: true,
    value: 'CIDR',
    help: 'proxies and load balancers that say who the client is (X-Forwarded-*, --real-ip-header, PROXY protocol); repeatable, or a list with commas',
  },
  'real-ip-header': {
    type: 'string',
    value: 'NAME',
    help: `header in which they name the client, such as X-Forwarded-For; default: ${realIpHeaderDefault}; needs --trusted-ips`,
  },
  'real-ip-recursive': {
    type: 'boolean',
    default: false,
    help: 'the client is the last address in that header that is not trusted, instead of the last one',
  },
  'proxy-protocol': {
    type: 'boolean',
    default: false,
    help: 'every connection to the proxy ports begins with a PROXY protocol header (1 or 2); needs --trusted-ips',
  },
};

/** To spread into the options of a gateway. */
export function trustedOf(input: CommandInput): Pick<WorkerOptions, 'proxyProtocol' | 'trustedProxies'> {
  const { options } = input;
  const trusted = (options['trusted-ips'] as readonly string[])
    .flatMap((list) => list.split(','))
    .map((text) => text.trim());
  const wrong = trusted.find((text) => parseIpNetwork(text) === null);
  if (wrong !== undefined)
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'trusted-ips')} must be addresses or networks like 10.0.0.0/8, not '${wrong}'`,
    );
  const given = options['real-ip-header'];
  const isRecursive = options['real-ip-recursive'] === true;
  const needing = [
    ...(options['proxy-protocol'] === true ? ['proxy-protocol'] : []),
    ...(given === undefined ? [] : ['real-ip-header']),
    ...(isRecursive ? ['real-ip-recursive'] : []),
  ];
  if (trusted.length === 0) {
    if (needing.length === 0) return {};
    throw new CommandError(
      exitUsage,
      `${spelled(input, needing[0]!)} needs --trusted-ips: who is believed, e.g. 10.0.0.0/8 (0.0.0.0/0,::/0 is everybody)`,
    );
  }
  const name = String(given ?? realIpHeaderDefault);
  if (name === 'proxy_protocol')
    throw new CommandError(exitUsage, '--real-ip-header proxy_protocol is --proxy-protocol here');
  if (!headerName.test(name))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'real-ip-header')} must be the name of a header, not '${name}'`,
    );
  return {
    trustedProxies: { trusted, realIpHeader: name.toLowerCase(), isRecursive },
    ...(options['proxy-protocol'] === true ? { proxyProtocol: { trusted } } : {}),
  };
}
