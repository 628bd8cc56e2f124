// --proxy-protocol and --trusted-ips: both or neither, and only what is an address or a network.
import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { command } from '../../../src/cli/proxy.ts';
import { proxyProtocolOf } from '../../../src/cli/proxy-protocol-options.ts';

test.each([
  ['neither', [], {}],
  ['one network', ['--proxy-protocol', '--trusted-ips', '10.0.0.0/8'], ['10.0.0.0/8']],
  ['a list', ['--proxy-protocol', '--trusted-ips=10.0.0.0/8, ::1'], ['10.0.0.0/8', '::1']],
  [
    'repeated',
    ['--trusted-ips', '10.0.0.1', '--trusted-ips', '::/0', '--proxy-protocol'],
    ['10.0.0.1', '::/0'],
  ],
  ['no networks', ['--proxy-protocol'], /needs --trusted-ips/],
  ['networks alone', ['--trusted-ips', '10.0.0.0/8'], /give both, or neither/],
  ['no network', ['--proxy-protocol', '--trusted-ips', '10.0.0.0/33'], /not '10.0.0.0\/33'/],
  ['an empty list', ['--proxy-protocol', '--trusted-ips', ''], /not ''/],
] as const)('%s', (_name, argv, expected) => {
  const input = parseCommandLine(command, argv);
  if (input === 'help') throw new Error('not asked for');
  if (expected instanceof RegExp) expect(() => proxyProtocolOf(input)).toThrow(expected);
  else
    expect(proxyProtocolOf(input)).toEqual(
      Array.isArray(expected) ? { proxyProtocol: { trusted: expected } } : {},
    );
});
