// Whole lines of the access log in both formats. `-u` writes them again; what users parse changes only on purpose.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCombinedLine } from '../../../src/proxy/exchange/access-combined.ts';
import { writeJsonLine } from '../../../src/proxy/exchange/access-json.ts';
import type { AccessRecord } from '../../../src/proxy/exchange/access-record.ts';
import { ByteRange } from '../../../src/proxy/http/byte-range.ts';
import { LogLines } from '../../../src/proxy/exchange/log-lines.ts';
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

const range = (text: string): ByteRange => new ByteRange().setText(text);

const proxied: AccessRecord = {
  requestId: Buffer.from('0123456789abcdef0123456789abcdef'),
  clientAddress: Buffer.from('10.0.0.9'),
  method: 'GET',
  scheme: 'https',
  clientVerify: '',
  target: range('/cart?id=7'),
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
  upstreamTarget: range('/base/cart?id=7'),
  route,
  consumer: null,
  credentialId: '',
  exitReason: '',
  referer: range('https://shop.example/'),
  userAgent: range('curl/8.0'),
  wallMs: Date.UTC(2026, 10, 24, 4, 0, 0, 250),
};

const records: Readonly<Record<string, AccessRecord>> = {
  proxied,
  'a consumer': {
    ...proxied,
    consumer: { id: 'consumer-1', username: 'ann "a" b', customId: '7', groups: [], consumerGroups: [] },
    credentialId: 'key-1',
  },
  'a client certificate': { ...proxied, clientVerify: 'FAILED:CERT_HAS_EXPIRED' },
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
    upstreamTarget: range(''),
    route: null,
    exitReason: 'no_route',
  },
  'a request that could not be read': {
    ...proxied,
    method: '',
    target: range('/'),
    scheme: 'http',
    host: '',
    port: 80,
    status: 400,
    isProxied: false,
    proxyMs: 0,
    upstreamMs: -1,
    tries: [],
    upstreamTarget: range(''),
    route: null,
    exitReason: 'bad_request',
    referer: range(''),
    userAgent: range(''),
  },
  'what would break a line': {
    ...proxied,
    target: range('/a"b\\c\x7f\xe9'),
    upstreamTarget: range('/a"b\\c\x7f\xe9'),
    userAgent: range('evil"\r\n10.0.0.1 - - "GET / HTTP/1.1" 200'),
    referer: range('\x00\x1b[31m'),
  },
};

type Write = (lines: LogLines, record: AccessRecord) => void;

function lineOf(write: Write, record: AccessRecord): string {
  const lines = new LogLines();
  write(lines, record);
  return lines.written().toString('utf8');
}

async function check(format: string, write: Write): Promise<void> {
  const text = Object.entries(records).map(([name, record]) => {
    const written = lineOf(write, record);
    expect(written.indexOf('\n')).toBe(written.length - 1);
    return `# ${name}\n${written}`;
  });
  await expect(text.join('')).toMatchFileSnapshot(join(import.meta.dirname, `${format}.txt`));
}

test('json', async () => {
  for (const record of Object.values(records)) {
    expect(() => JSON.parse(lineOf(writeJsonLine, record))).not.toThrow();
  }
  await check('json', writeJsonLine);
});

test('combined', () => check('combined', writeCombinedLine));
