// Whole lines of the access log in both formats. `-u` writes them again; what users parse changes only on purpose.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AccessRecord, combinedLine, jsonLine } from '../../../src/proxy/exchange/access-record.ts';
import type { CompiledRoute, CompiledService } from '../../../src/proxy/compile/compiled.ts';

const service = {
  id: 'service-1',
  name: 'shop',
  protocol: 'http',
  host: 'shop.default.80.svc',
  port: 80,
  path: '/base',
} as CompiledService;
const route = { id: 'route-1', name: 'shop.cart', service } as CompiledRoute;

const proxied: AccessRecord = {
  requestId: '0123456789abcdef0123456789abcdef',
  clientAddress: '10.0.0.9',
  method: 'GET',
  scheme: 'https',
  target: '/cart?id=7',
  httpVersion: '1.1',
  host: 'shop.example',
  port: 443,
  status: 200,
  isProxied: true,
  requestBytes: 120,
  responseBytes: 512,
  responseHeadBytes: 200,
  durationUs: 12_400,
  proxyMs: 1,
  upstreamMs: 8,
  tries: [{ host: '10.1.0.1', port: 8080, failure: null }],
  upstreamTarget: '/base/cart?id=7',
  route,
  consumer: null,
  credentialId: '',
  exitReason: '',
  referer: 'https://shop.example/',
  userAgent: 'curl/8.0',
  wallMs: Date.UTC(2026, 10, 24, 4, 0, 0, 250),
};

const records: Readonly<Record<string, AccessRecord>> = {
  proxied,
  'a consumer': {
    ...proxied,
    consumer: { id: 'consumer-1', username: 'ann "a" b', customId: '7', groups: [] },
    credentialId: 'key-1',
  },
  'a try that failed before': {
    ...proxied,
    tries: [
      { host: '10.1.0.2', port: 8080, failure: { reason: 'connect_refused', status: 502 } },
      { host: '10.1.0.1', port: 8080, failure: null },
    ],
  },
  'all tries failed': {
    ...proxied,
    status: 504,
    isProxied: false,
    proxyMs: 0,
    upstreamMs: -1,
    tries: [{ host: '10.1.0.2', port: 8080, failure: { reason: 'connect_timeout', status: 504 } }],
    exitReason: 'connect_timeout',
  },
  'no route': {
    ...proxied,
    status: 404,
    isProxied: false,
    proxyMs: 0,
    upstreamMs: -1,
    tries: [],
    upstreamTarget: '',
    route: null,
    exitReason: 'no_route',
  },
  'a request that could not be read': {
    ...proxied,
    method: '',
    target: '/',
    scheme: 'http',
    host: '',
    port: 80,
    status: 400,
    isProxied: false,
    proxyMs: 0,
    upstreamMs: -1,
    tries: [],
    upstreamTarget: '',
    route: null,
    exitReason: 'bad_request',
    referer: '',
    userAgent: '',
  },
  'what would break a line': {
    ...proxied,
    target: '/a"b\\c\x7f\xe9',
    upstreamTarget: '/a"b\\c\x7f\xe9',
    userAgent: 'evil"\r\n10.0.0.1 - - "GET / HTTP/1.1" 200',
    referer: '\x00\x1b[31m',
  },
};

async function check(format: string, line: (record: AccessRecord) => string): Promise<void> {
  const text = Object.entries(records).map(([name, record]) => {
    const written = line(record);
    expect(written.indexOf('\n')).toBe(written.length - 1);
    return `# ${name}\n${written}`;
  });
  await expect(text.join('')).toMatchFileSnapshot(join(import.meta.dirname, `${format}.txt`));
}

test('json', async () => {
  for (const record of Object.values(records)) expect(() => JSON.parse(jsonLine(record))).not.toThrow();
  await check('json', jsonLine);
});

test('combined', () => check('combined', combinedLine));
