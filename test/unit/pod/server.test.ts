// The pod server over byte streams held in memory: framing, pipelining, receipts, WebSocket, and every way to drain.
import { expect, test } from 'vitest';
import { createBench } from './bench.ts';

const request = (path: string, extra = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${extra}\r\n`;
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
const abcHash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const framing = [
  {
    name: 'length',
    bytes: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
    status: [200],
    hash: abcHash,
  },
  {
    name: 'chunked',
    bytes: 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\nT: v\r\n\r\n',
    status: [200],
    hash: abcHash,
  },
  { name: 'pipelined', bytes: request('/a') + request('/b'), status: [200, 200], hash: null },
  { name: 'HTTP/1.0 closes', bytes: 'GET / HTTP/1.0\r\n\r\n', status: [200], hash: null },
  {
    name: 'both framings',
    bytes: 'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    status: [400],
    hash: null,
  },
  {
    name: 'two lengths',
    bytes: 'POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
    status: [400],
    hash: null,
  },
  { name: 'no request line', bytes: 'hello\r\n\r\n', status: [400], hash: null },
];

for (const { name, bytes, status, hash } of framing) {
  test(`framing, whole and byte by byte: ${name}`, () => {
    const whole = createBench().connect();
    whole.send(bytes);
    const pieces = createBench().connect();
    for (const byte of Buffer.from(bytes, 'latin1')) pieces.send(Buffer.from([byte]));
    expect(statuses(whole.received())).toEqual(status);
    expect(pieces.received()).toBe(whole.received());
    if (hash !== null) expect(whole.received()).toContain(hash);
  });
}

test('an answer names the pod and the request, and leaves a receipt', () => {
  const bench = createBench();
  const client = bench.connect();
  client.send(request('/hello?x=1', 'X-Nonce: n7\r\n'));
  expect(JSON.parse(client.received().split('\r\n\r\n')[1]!)).toMatchObject({
    pod: 'p',
    namespace: 'default',
    service: 's',
    node: 'n',
    method: 'GET',
    path: '/hello?x=1',
    nonce: 'n7',
  });
  expect(bench.server.receipts()).toMatchObject([
    { nonce: 'n7', method: 'GET', path: '/hello?x=1', status: 200 },
  ]);
  expect(bench.server.logs()).toContain('GET /hello?x=1 200');
});

test('WebSocket: the handshake of RFC 6455 and an echoed frame', () => {
  const client = createBench().connect();
  const upgrade =
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  client.send(request('/ws', upgrade));
  expect(client.received()).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  client.send(Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]));
  expect(client.received().endsWith('\x81\x05Hello')).toBe(true);
});

/** What an idle connection and a newcomer see right after SIGTERM, and when the process ends. */
const drains = [
  { mode: 'serves', idle: 'open', newcomer: 'open', endsWithinMs: 3000, exits: [0] },
  { mode: 'closes-listener', idle: 'open', newcomer: 'refused', endsWithinMs: 3000, exits: [0] },
  { mode: 'closes-idle', idle: 'ended', newcomer: 'refused', endsWithinMs: 3000, exits: [0] },
  { mode: 'resets', idle: 'cut', newcomer: 'refused', endsWithinMs: 0, exits: [0] },
  { mode: 'ignores-term', idle: 'open', newcomer: 'open', endsWithinMs: 60_000, exits: [] },
] as const;

for (const { mode, idle, newcomer, endsWithinMs, exits } of drains) {
  test(`draining: ${mode}`, () => {
    const bench = createBench({ POD_DRAIN: mode });
    const client = bench.connect();
    client.send(request('/'));
    bench.server.terminate();
    expect(client.state()).toBe(idle);
    expect(bench.connect().state()).toBe(newcomer);
    bench.clock.advance(endsWithinMs);
    expect(bench.exits).toEqual(exits);
  });
}

test('a request in flight at the end of the drain is still answered, with Connection: close', () => {
  const bench = createBench({ POD_LATENCY_MS: '2400' });
  const client = bench.connect();
  bench.server.terminate();
  bench.clock.advance(100);
  client.send(request('/slow'));
  bench.clock.advance(2000);
  expect(bench.exits).toEqual([]);
  bench.clock.advance(3000);
  expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n/s);
  expect(bench.exits).toEqual([0]);
});

test.each([
  [{ POD_STATUS: '418' }, [418]],
  [{ POD_ERROR_RATE: '1' }, [500]],
  [{ POD_STATUS: 'teapot' }, [200]],
])('personality %j', (environment, status) => {
  const bench = createBench(environment as Record<string, string>);
  const client = bench.connect();
  client.send(request('/'));
  expect(statuses(client.received())).toEqual(status);
  if ((environment as Record<string, string>)['POD_STATUS'] === 'teapot')
    expect(bench.server.logs()).toContain("POD_STATUS is 'teapot'");
});

test('not ready at first, crashing later', () => {
  const bench = createBench({ POD_READY_AFTER_MS: '1000', POD_CRASH_AFTER_MS: '5000' });
  const client = bench.connect();
  client.send(request('/healthz'));
  bench.clock.advance(1000);
  client.send(request('/healthz'));
  expect(statuses(client.received())).toEqual([503, 200]);
  bench.clock.advance(4000);
  expect(bench.exits).toEqual([1]);
  expect(client.state()).toBe('cut');
});
