// --trusted-ips and what needs it: only what is an address or a network, and no word without somebody to believe.
import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { command } from '../../../src/cli/proxy.ts';
import { trustedOf } from '../../../src/cli/trusted-options.ts';

const proxies = (trusted: readonly string[], realIpHeader = 'x-real-ip', isRecursive = false) => ({
  trustedProxies: { trusted, realIpHeader, isRecursive },
});
const balancers = (trusted: readonly string[]) => ({ ...proxies(trusted), proxyProtocol: { trusted } });

test.each<[string, readonly string[], object | RegExp]>([
  ['nobody', [], {}],
  ['one network', ['--trusted-ips', '10.0.0.0/8'], proxies(['10.0.0.0/8'])],
  ['a list', ['--proxy-protocol', '--trusted-ips=10.0.0.0/8, ::1'], balancers(['10.0.0.0/8', '::1'])],
  [
    'repeated',
    ['--trusted-ips', '10.0.0.1', '--trusted-ips', '::/0', '--proxy-protocol'],
    balancers(['10.0.0.1', '::/0']),
  ],
  [
    'another header',
    ['--trusted-ips', '10.0.0.1', '--real-ip-header', 'X-Forwarded-For', '--real-ip-recursive'],
    proxies(['10.0.0.1'], 'x-forwarded-for', true),
  ],
  ['no networks', ['--proxy-protocol'], /--proxy-protocol needs --trusted-ips/],
  ['a header of nobody', ['--real-ip-header', 'X-Real-IP'], /--real-ip-header needs --trusted-ips/],
  ['recursion through nobody', ['--real-ip-recursive'], /--real-ip-recursive needs --trusted-ips/],
  ['no network', ['--trusted-ips', '10.0.0.0/33'], /not '10.0.0.0\/33'/],
  ['an empty list', ['--trusted-ips', ''], /not ''/],
  ['no header', ['--trusted-ips', '::1', '--real-ip-header', 'X Real'], /not 'X Real'/],
  [
    "Kong's word for it",
    ['--trusted-ips', '::1', '--real-ip-header', 'proxy_protocol'],
    /is --proxy-protocol here/,
  ],
])('%s', (_name, argv, expected) => {
  const input = parseCommandLine(command, argv);
  if (input === 'help') throw new Error('not asked for');
  if (expected instanceof RegExp) expect(() => trustedOf(input)).toThrow(expected);
  else expect(trustedOf(input)).toEqual(expected);
});
