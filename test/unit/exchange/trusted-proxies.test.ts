// Behind HTTP proxies, load balancers of TCP and both: who the client is, and what the upstream, the log and the plugins are told.
import { expect, it, test } from 'vitest';
import type { TrustedProxyOptions } from '../../../src/proxy/exchange/trusted-proxies.ts';
import type { WorkerOptions } from '../../../src/proxy/server/protocol.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

/** Where the clients of the rig come from. */
const peer = '10.9.8.7';

interface Told {
  readonly client: string;
  readonly chain: string;
  readonly proto?: string;
  readonly host?: string;
  readonly port?: string;
  readonly path?: string;
  readonly prefix?: string;
}

function ask(
  options: Partial<WorkerOptions>,
  sent: string,
  route = {},
): { rig: ReturnType<typeof createRig>; received: string } {
  const rig = createRig([{ ...toPort(9000), ...route }], options);
  rig.upstream(9000, answering(okResponse));
  const { received } = rig.client(sent);
  return { rig, received };
}

const request = (headers: Readonly<Record<string, string>> = {}, path = '/a?b'): string =>
  `GET ${path} HTTP/1.1\r\nHost: Shop.example\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

function check(options: Partial<WorkerOptions>, sent: string, expected: Told, route = {}): void {
  const { rig } = ask(options, sent, route);
  const { received } = rig.peers[0]!;
  const fieldIn = (name: string): string | undefined =>
    new RegExp(`\r\n${name}: ([^\r]*)\r\n`, 'i').exec(received)?.[1];
  rig.serving.drain(0, () => {});
  rig.world.run(1);
  expect({
    client: fieldIn('x-real-ip'),
    chain: fieldIn('x-forwarded-for'),
    proto: fieldIn('x-forwarded-proto'),
    host: fieldIn('x-forwarded-host'),
    port: fieldIn('x-forwarded-port'),
    path: fieldIn('x-forwarded-path'),
    prefix: fieldIn('x-forwarded-prefix'),
    log: JSON.parse(rig.lines[0]!).client_ip,
  }).toEqual({
    proto: 'http',
    host: 'shop.example',
    port: '8000',
    path: '/a',
    prefix: undefined,
    ...expected,
    log: expected.client,
  });
  // Once each, whoever had said it before.
  for (const name of ['x-real-ip', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-path'])
    expect(received.toLowerCase().split(`\r\n${name}:`)).toHaveLength(2);
}

const proxies = (more: Partial<TrustedProxyOptions> = {}): Partial<WorkerOptions> => ({
  trustedProxies: {
    trusted: ['10.9.0.0/16', '192.0.2.0/24'],
    realIpHeader: 'x-real-ip',
    isRecursive: false,
    ...more,
  },
});
const strangers = proxies({ trusted: ['10.8.0.0/16'] });
const byChain = proxies({ realIpHeader: 'x-forwarded-for' });
const recursive = proxies({ realIpHeader: 'x-forwarded-for', isRecursive: true });

const mapped: Partial<WorkerOptions> = { publicPorts: [[8000, 80]] };

const said = {
  'X-Real-IP': '203.0.113.5',
  'X-Forwarded-For': '203.0.113.5, 192.0.2.7',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'www.example:444',
  'X-Forwarded-Port': '444',
  'X-Forwarded-Path': '/before/a',
  'X-Forwarded-Prefix': '/before',
};
const believed: Told = {
  client: '203.0.113.5',
  chain: `203.0.113.5, 192.0.2.7, ${peer}`,
  proto: 'https',
  host: 'www.example:444',
  port: '444',
  path: '/before/a',
  prefix: '/before',
};
const own: Told = { client: peer, chain: `203.0.113.5, 192.0.2.7, ${peer}` };

const chain = (value: string): string => request({ 'X-Forwarded-For': value });

test.each<[string, Partial<WorkerOptions>, string, Told]>([
  ['nobody is trusted', {}, request(said), own],
  ['a port map, and nobody is trusted', mapped, request(said), { ...own, port: '80' }],
  ['a port map of another port', { publicPorts: [[9999, 80]] }, request(said), own],
  [
    'a port map behind a trusted proxy that names the port',
    { ...mapped, ...proxies() },
    request(said),
    believed,
  ],
  [
    'a port map behind a trusted proxy that does not',
    { ...mapped, ...proxies() },
    request({ 'X-Real-IP': '203.0.113.5' }),
    { client: '203.0.113.5', chain: '203.0.113.5', port: '80' },
  ],
  [
    'a port map behind a load balancer of TCP',
    { ...mapped, proxyProtocol: { trusted: ['10.9.0.0/16'] } },
    `PROXY TCP4 203.0.113.9 192.0.2.1 4000 443\r\n${request()}`,
    { client: '203.0.113.9', chain: '203.0.113.9', port: '80' },
  ],
  ['somebody else is trusted', strangers, request(said), own],
  ['a trusted proxy', proxies(), request(said), believed],
  ['a trusted proxy that says nothing', proxies(), request(), { client: peer, chain: peer }],
  [
    'a trusted proxy that names the client alone',
    proxies(),
    request({ 'X-Real-IP': '203.0.113.5' }),
    { client: '203.0.113.5', chain: '203.0.113.5' },
  ],
  [
    'the last of the chain',
    byChain,
    chain('1.1.1.1, 203.0.113.5'),
    { client: '203.0.113.5', chain: `1.1.1.1, 203.0.113.5, ${peer}` },
  ],
  [
    'the last of the chain, trusted or not',
    byChain,
    chain('1.1.1.1, 192.0.2.7'),
    { client: '192.0.2.7', chain: `1.1.1.1, 192.0.2.7, ${peer}` },
  ],
  [
    'the last that is not trusted',
    recursive,
    chain('1.1.1.1, 203.0.113.5, 192.0.2.7,10.9.1.1'),
    { client: '203.0.113.5', chain: `1.1.1.1, 203.0.113.5, 192.0.2.7,10.9.1.1, ${peer}` },
  ],
  [
    'all of them are trusted',
    recursive,
    chain('192.0.2.8, 192.0.2.7'),
    { client: '192.0.2.8', chain: `192.0.2.8, 192.0.2.7, ${peer}` },
  ],
  [
    'behind what cannot be read nobody is known',
    recursive,
    chain('1.1.1.1, unknown, 192.0.2.7'),
    { client: '192.0.2.7', chain: `1.1.1.1, unknown, 192.0.2.7, ${peer}` },
  ],
  [
    'a chain that cannot be read',
    recursive,
    chain('1.1.1.1, 300.1.1.1'),
    { client: peer, chain: `1.1.1.1, 300.1.1.1, ${peer}` },
  ],
  [
    'with a port',
    byChain,
    chain('203.0.113.5:4711'),
    { client: '203.0.113.5', chain: `203.0.113.5:4711, ${peer}` },
  ],
  ['IPv6', byChain, chain('2001:DB8:0::5'), { client: '2001:db8::5', chain: `2001:DB8:0::5, ${peer}` }],
  [
    'IPv6 with a port',
    byChain,
    chain('[2001:db8::5]:4711'),
    { client: '2001:db8::5', chain: `[2001:db8::5]:4711, ${peer}` },
  ],
  [
    'a chain in two lines',
    byChain,
    'GET /a HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n',
    { client: '203.0.113.5', chain: `1.1.1.1, 203.0.113.5, ${peer}` },
  ],
  [
    'another spelling of the name is another name, which proxies let pass',
    byChain,
    request({ 'X-Forwarded-For': '203.0.113.5', X_Forwarded_For: '6.6.6.6' }),
    { client: '203.0.113.5', chain: `203.0.113.5, ${peer}` },
  ],
])('%s', (_name, options, sent, expected) => check(options, sent, expected));

test('a head that is written anew says the same', () => {
  // Connection names a field, so the lines are gone through one by one.
  check(proxies(), request({ ...said, Connection: 'x-hop', 'X-Hop': '1' }), believed);
  check(strangers, request({ ...said, Connection: 'x-hop', 'X-Hop': '1' }), own);
});

test('a prefix that is stripped here comes after none that a proxy has told', () => {
  const route = { prefix: '/a', route: { stripPath: true } };
  check(
    proxies(),
    request({ 'X-Forwarded-Prefix': '/before' }),
    { client: peer, chain: peer, prefix: '/before' },
    route,
  );
  check(
    strangers,
    request({ 'X-Forwarded-Prefix': '/before' }),
    { client: peer, chain: peer, prefix: '/a' },
    route,
  );
});

it('takes every request by itself', () => {
  const { rig } = ask(proxies(), request(said) + request() + request({ 'X-Real-IP': '203.0.113.6' }));
  const found = [
    ...rig.peers
      .map(({ received }) => received)
      .join('')
      .matchAll(/X-Real-IP: (\S+)/gi),
  ];
  expect(found.map(([, address]) => address)).toEqual(['203.0.113.5', peer, '203.0.113.6']);
});

test.each([
  ['a trusted proxy that had https', proxies(), 'https', /^HTTP\/1.1 200 /],
  [
    'a trusted proxy that had http',
    proxies(),
    'http',
    /^HTTP\/1.1 302 [\s\S]*Location: https:\/\/shop.example\/a\?b\r/,
  ],
  ['somebody who says so', strangers, 'https', /^HTTP\/1.1 302 /],
])('a route for https alone, behind %s', (_name, options, scheme, expected) => {
  const route = { route: { allowsHttp: false, httpsRedirectStatus: 302 } };
  expect(ask(options, request({ 'X-Forwarded-Proto': scheme }), route).received).toMatch(expected);
});

/** A load balancer of TCP, which announces whoever connects to it. */
const announcing = (address: string, sent: string): string => `PROXY TCP4 ${address} 10.0.0.1 1 2\r\n${sent}`;
const both: Partial<WorkerOptions> = { ...proxies(), proxyProtocol: { trusted: ['10.9.0.0/16'] } };

test.each<[string, string, Told]>([
  [
    'a client behind a balancer is not believed what it says',
    announcing('203.0.113.9', request(said)),
    { client: '203.0.113.9', chain: '203.0.113.5, 192.0.2.7, 203.0.113.9' },
  ],
  [
    'a trusted proxy behind a balancer is',
    announcing('192.0.2.7', request(said)),
    { ...believed, chain: '203.0.113.5, 192.0.2.7, 192.0.2.7' },
  ],
])('%s', (_name, sent, expected) => check(both, sent, expected));
