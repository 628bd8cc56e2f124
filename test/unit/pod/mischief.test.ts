// What a pod does when it is told to misbehave: the bytes on the wire, when they come, and what becomes of the connection.
import { expect, test } from 'vitest';
import { type MischiefKind, mischiefKinds } from '../../../sim/pod/mischief.ts';
import { createBench } from './bench.ts';

const upgrade =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const plain = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';
const talk = `GET /ws HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`;
const begun = 'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf';
const hello = Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);

interface Case {
  readonly ms?: number;
  readonly bytes?: number;
  /** Sent after the mischief was set; with `before`, on a connection that has served already. */
  readonly sends?: readonly (string | Buffer)[];
  readonly before?: boolean;
  /** What comes back, with bodies of the pod as BODY and lengths as N. */
  readonly now: RegExp;
  /** The same a second later. */
  readonly later?: RegExp;
  readonly state: 'open' | 'ended' | 'cut' | 'reset' | 'refused';
}

const proper = 'HTTP/1.1 200 OK [^$]*Content-Length: N Connection: keep-alive  BODY';
const whole = new RegExp(`^${proper}$`);
const nothing = /^$/;

const cases: Readonly<Record<MischiefKind, Case>> = {
  refuses: { now: nothing, state: 'refused' },
  unready: {
    sends: ['GET /healthz HTTP/1.1\r\n\r\n'],
    now: /^HTTP\/1.1 503 Service Unavailable /,
    state: 'open',
  },
  'closes-on-reuse': { before: true, now: nothing, state: 'cut' },
  'resets-request': { now: nothing, state: 'reset' },
  'answers-early': {
    sends: [begun],
    now: /^HTTP\/1.1 413 Content Too Large .*Connection: keep-alive {2}\{"error":"[^"]*"\}\n$/,
    state: 'open',
  },
  'answers-early-and-closes': { sends: [begun], now: /^HTTP\/1.1 413 .*Connection: close/s, state: 'ended' },
  'says-nothing': { now: nothing, later: nothing, state: 'open' },
  fails: { now: /^HTTP\/1.1 503 Service Unavailable /, state: 'open' },
  'late-head': { ms: 500, now: nothing, later: whole, state: 'open' },
  trickles: { ms: 10, bytes: 12, now: /^HTTP\/1.1 200$/, later: whole, state: 'open' },
  stalls: { ms: 500, bytes: 8, now: /^HTTP\/1.1$/, later: whole, state: 'open' },
  'resets-answer': { bytes: 8, now: /^HTTP\/1.1$/, state: 'reset' },
  'closes-idle': { ms: 300, now: whole, state: 'ended' },
  'speaks-unasked': {
    ms: 300,
    now: whole,
    later: new RegExp(`^${proper}HTTP/1.1 200 OK .*nobody-asked`),
    state: 'open',
  },
  'short-body': { now: whole, state: 'ended' },
  'long-body': { now: new RegExp(`^${proper}and some more$`), state: 'open' },
  'chunks-cut': { now: /Transfer-Encoding: chunked Connection: keep-alive {2}HEX BODY $/, state: 'ended' },
  trailers: { now: /chunked Trailer: .* {2}HEX BODY 0 X-Trailer: one X-Checksum: two {2}$/, state: 'open' },
  'until-close': { now: /^HTTP\/1.1 200 OK Content-Type: [^:]* Connection: close {2}BODY$/, state: 'ended' },
  'until-close-reset': { now: /Connection: close {2}\{"pod"[^}]*$/, state: 'reset' },
  'interim-storm': {
    bytes: 3,
    now: new RegExp(`^(HTTP/1.1 103 Early Hints Link: [^$]*?  ){3}${proper}$`),
    state: 'open',
  },
  'body-with-204': { now: /^HTTP\/1.1 204 No Content .*Content-Length: N .*BODY$/, state: 'open' },
  'body-with-304': { now: /^HTTP\/1.1 304 Not Modified .*Content-Length: N .*BODY$/, state: 'open' },
  'two-lengths': { now: /Content-Length: N Content-Length: N .*BODY$/, state: 'open' },
  'length-and-chunks': {
    now: /Content-Length: N Transfer-Encoding: chunked .* {2}HEX BODY 0 {2}$/,
    state: 'open',
  },
  garbage: { now: /^SSH-2/, state: 'open' },
  'refuses-upgrade': { sends: [talk], now: whole, state: 'open' },
  'half-closes': { sends: [talk, hello], now: /^HTTP\/1.1 101 .*Hello$/, state: 'ended' },
  'stays-silent': { sends: [talk, hello], now: /^HTTP\/1.1 101 [^H]*$/, state: 'open' },
  'drops-upgraded': { ms: 500, sends: [talk], now: /^HTTP\/1.1 101 /, state: 'reset' },
};

/** Line ends as blanks, and everything that differs from pod to pod by name. */
const readable = (text: string): string =>
  text
    .replaceAll('\r\n', ' ')
    .replaceAll(/\{"pod":.*?\}\n/g, 'BODY')
    .replaceAll(/Content-Length: \d+/g, 'Content-Length: N')
    .replaceAll(/ {2}[0-9a-f]+ BODY/g, '  HEX BODY')
    .trimStart();

test.each(mischiefKinds)('%s', (kind) => {
  const { ms = 0, bytes = 0, sends = [plain], before = false, now, later = now, state } = cases[kind];
  const bench = createBench();
  const early = bench.connect();
  if (before) early.send(plain);
  let hits = 0;
  bench.server.misbehave({ kind, count: 2, ms, bytes }, () => hits++);
  const client = before ? early : bench.connect();
  const from = client.received().length;
  for (const part of sends) client.send(part);
  expect(readable(client.received().slice(from))).toMatch(now);
  bench.clock.advance(1_000);
  expect(readable(client.received().slice(from))).toMatch(later);
  expect(client.state()).toBe(state);
  expect(hits).toBe(kind === 'refuses' ? 0 : 1);
});

test('what was taken back or has struck often enough strikes no more, and probes are never struck', () => {
  const bench = createBench();
  const answer = (path = '/x') => {
    const client = bench.connect();
    client.send(`GET ${path} HTTP/1.1\r\n\r\n`);
    return /^HTTP\/1.1 (\d+)/.exec(client.received())?.[1] ?? client.state();
  };
  const told = (query: string) => answer(`/_pod/${query}`);
  expect([told('misbehave?kind=fails&count=2'), answer(), answer('/healthz'), answer(), answer()]).toEqual([
    '200',
    '503',
    '200',
    '503',
    '200',
  ]);
  expect([told('misbehave?kind=fails'), answer(), told('behave'), answer()]).toEqual([
    '200',
    '503',
    '200',
    '200',
  ]);
  expect([told('misbehave?kind=refuses'), bench.connect().state()]).toEqual(['200', 'refused']);
  bench.server.misbehave(null);
  expect(answer()).toBe('200');
  expect([told('misbehave?kind=nonsense'), told('misbehave?kind=fails&count=x')]).toEqual(['400', '400']);
});

test('the rest of a body that was refused early is thrown away, and the next request is served', () => {
  const bench = createBench();
  bench.server.misbehave({ kind: 'answers-early', count: 1, ms: 0, bytes: 0 }, () => {});
  const client = bench.connect();
  client.send(begun);
  const refused = client.received().length;
  client.send('-rest');
  expect(client.received().length).toBe(refused);
  client.send(`${begun}-rest`);
  expect(readable(client.received().slice(refused))).toMatch(whole);
});

test('an answer is as large as it was asked to be', () => {
  const client = createBench().connect();
  client.send('GET / HTTP/1.1\r\nX-Answer-Bytes: 3000\r\n\r\n');
  expect(JSON.parse(client.received().split('\r\n\r\n')[1]!).padding.length).toBe(3000);
});
