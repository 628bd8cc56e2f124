// How long connections of clients may wait. In Kong: the injected `nginx_http_keepalive_timeout` and
// `nginx_http_client_header_timeout`.
import type { CommandInput, OptionSpec } from './command.ts';
import { parseCount } from './parse.ts';

const secondsMax = 86_400;

export const clientTimeOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'keepalive-seconds': {
    type: 'string',
    value: 'SECONDS',
    default: '75',
    help: "how long a client's connection may wait for its next request",
  },
  'head-seconds': {
    type: 'string',
    value: 'SECONDS',
    default: '60',
    help: 'how long a client may take to send the head of a request',
  },
};

/** To spread into the options of a gateway. */
export function clientTimesOf(input: CommandInput): {
  readonly keepaliveTimeoutMs: number;
  readonly headTimeoutMs: number;
} {
  return {
    keepaliveTimeoutMs: parseCount(input, 'keepalive-seconds', 1, secondsMax) * 1000,
    headTimeoutMs: parseCount(input, 'head-seconds', 1, secondsMax) * 1000,
  };
}
