// The options of how much one client may send and how connections are used again. In Kong: `nginx_http_client_max_body_size`,
// `nginx_http_keepalive_requests`, `upstream_keepalive_*`, and `port_maps`.
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import type { ServingLimits } from './gateway.ts';
import { parseCount, spelled } from './parse.ts';

const countMax = 1_000_000_000;
const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

export const limitOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'body-max': {
    type: 'string',
    value: 'SIZE',
    default: '0',
    help: 'larger bodies of requests get 413: bytes, or 8k, 10m, 1g; 0 = no limit',
  },
  'keepalive-requests': {
    type: 'string',
    value: 'N',
    default: '10000',
    help: 'requests on one connection of a client',
  },
  'upstream-keepalive-pool-size': {
    type: 'string',
    value: 'N',
    default: '512',
    help: 'connections that wait for a request, of one address and worker; 0 = each is used once',
  },
  'upstream-keepalive-requests': {
    type: 'string',
    value: 'N',
    default: '10000',
    help: 'requests on one connection to an upstream; 0 = any number',
  },
  'upstream-keepalive-idle-seconds': {
    type: 'string',
    value: 'SECONDS',
    default: '60',
    help: 'how long a connection to an upstream may wait for a request; 0 = for ever',
  },
  'port-map': {
    type: 'string',
    multiple: true,
    value: 'PUBLIC:OWN',
    help: 'clients connect to PUBLIC where the gateway listens on OWN, such as 443:8443: what X-Forwarded-Port tells and routes match; repeatable',
  },
};

function bodyBytesMaxOf(input: CommandInput): number {
  const text = String(input.options['body-max']);
  const parts = /^(\d{1,12})([kmg]?)$/i.exec(text);
  if (parts === null)
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'body-max')} must be a size like 8k or 10m, not '${text}'`,
    );
  const bytes = Number(parts[1]) * units[parts[2]!.toLowerCase()]!;
  return bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
}

/** 0 stands for any number. */
const orEndless = (count: number): number => (count === 0 ? Number.POSITIVE_INFINITY : count);

function publicPortsOf(input: CommandInput): readonly (readonly [own: number, shown: number])[] {
  return (input.options['port-map'] as readonly string[]).map((text) => {
    const ports = /^(\d{1,5}):(\d{1,5})$/.exec(text)?.slice(1).map(Number) ?? [];
    const [shown, own] = ports;
    if (shown === undefined || own === undefined || ports.some((port) => port < 1 || port > 65_535))
      throw new CommandError(
        exitUsage,
        `${spelled(input, 'port-map')} must be two ports like 443:8443, not '${text}'`,
      );
    return [own, shown];
  });
}

/** To spread into the limits of a gateway. */
export function limitsOf(input: CommandInput): Omit<ServingLimits, 'answers'> {
  const idleSeconds = parseCount(input, 'upstream-keepalive-idle-seconds', 0, 86_400);
  return {
    bodyBytesMax: bodyBytesMaxOf(input),
    requestsMax: parseCount(input, 'keepalive-requests', 1, countMax),
    publicPorts: publicPortsOf(input),
    reuse: {
      idleMax: parseCount(input, 'upstream-keepalive-pool-size', 0, 100_000),
      idleTimeoutMs: orEndless(idleSeconds * 1000),
      requestsMax: orEndless(parseCount(input, 'upstream-keepalive-requests', 0, countMax)),
    },
  };
}
