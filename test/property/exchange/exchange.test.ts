// Law of an exchange: however the bytes of both sides are cut, and whoever is slow meanwhile, client and upstream see the same
// messages as with whole ones and nobody slow. One response per request, in order; no POST twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRig, toPort, type UpstreamPeer } from '../../unit/exchange/rig.ts';
import { fieldOf, readMessage } from './messages.ts';

const data = fc.string({ maxLength: 40, unit: 'binary-ascii' });
const chunks = fc.array(fc.string({ minLength: 1, maxLength: 15, unit: 'binary-ascii' }), { maxLength: 4 });
const body = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  data.map((text) => ({ kind: 'counted' as const, text })),
  chunks.map((parts) => ({ kind: 'chunked' as const, parts })),
);
const exchange = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'POST', 'PUT', 'DELETE'),
  request: body,
  status: fc.constantFrom(200, 200, 201, 404, 500, 204, 304),
  response: body,
  /** What the upstream says before its answer, or how it fails. */
  first: fc.constantFrom('answer', 'answer', 'answer', 'interim', 'dies', 'closes'),
});
type Exchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;
type Body = typeof body extends fc.Arbitrary<infer T> ? T : never;

function bodyText(content: Body): string {
  if (content.kind === 'none') return '\r\n';
  if (content.kind === 'counted') return `Content-Length: ${content.text.length}\r\n\r\n${content.text}`;
  const parts = content.parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
  return `Transfer-Encoding: chunked\r\n\r\n${parts}0\r\n\r\n`;
}

function requestText({ method, request }: Exchange, number: number): string {
  return `${method} /${number} HTTP/1.1\r\nHost: a\r\n${bodyText(request)}`;
}

function isBodiless({ method, status }: Pick<Exchange, 'method' | 'status'>): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

function responseText(given: Exchange, closes: boolean): string {
  const head = `HTTP/1.1 ${given.status} X\r\n`;
  const close = closes ? 'Connection: close\r\n' : '';
  const interim = given.first === 'interim' ? 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\n' : '';
  if (isBodiless(given)) return `${interim}${head}${close}\r\n`;
  const { response } = given;
  // Without a length the body lasts until the connection closes; an empty one is said to be empty.
  if (response.kind === 'none')
    return `${interim}${head}${close}${closes ? '\r\nuntil close' : 'Content-Length: 0\r\n\r\n'}`;
  return `${interim}${head}${close}${bodyText(response)}`;
}

const unhurried = {
  /** Sizes of the pieces, in turn; none: whole. */
  clientSizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
  upstreamSizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
  /** Who becomes slow or quick again after each piece. */
  turns: fc.array(fc.constantFrom('none', 'client', 'upstream', 'both', 'drain'), {
    minLength: 1,
    maxLength: 12,
  }),
};
const manner = fc.record(unhurried);
type Manner = {
  readonly clientSizes: readonly number[];
  readonly upstreamSizes: readonly number[];
  readonly turns: readonly string[];
};
const whole: Manner = { clientSizes: [1e9], upstreamSizes: [1e9], turns: ['none'] };

function pieces(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = sizes[parts.length % sizes.length]!;
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

/** What both sides see. */
function run(exchanges: readonly Exchange[], { clientSizes, upstreamSizes, turns }: Manner) {
  const rig = createRig([{ ...toPort(9000, 9001), service: { retries: 3 } }]);
  const seen: string[] = [];
  const attempts = new Map<string, number>();
  const taken = new WeakMap<UpstreamPeer, number>();
  const answer = (peer: UpstreamPeer, given: Exchange): void => {
    const closes = given.first === 'closes';
    const parts = pieces(responseText(given, closes), upstreamSizes);
    // Some together, some apart; always in order.
    for (const [i, part] of parts.entries())
      rig.world.after(Math.floor(i / 3), () => peer.socket.isOpen && peer.send(part));
    if (closes) rig.world.after(parts.length, () => peer.socket.isOpen && peer.socket.end());
  };
  const serve = (peer: UpstreamPeer): void => {
    for (;;) {
      const from = taken.get(peer) ?? 0;
      const next = readMessage(peer.received.slice(from), () => false);
      if (next === null) return;
      taken.set(peer, from + next[1]);
      const [method = '', path = ''] = next[0].start.split(' ');
      seen.push(`${method} ${path} ${JSON.stringify(next[0].body)}`);
      const tries = (attempts.get(path) ?? 0) + 1;
      attempts.set(path, tries);
      const given = exchanges[Number(path.slice(1))]!;
      if (given.first === 'dies' && tries === 1) peer.socket.destroy();
      else answer(peer, given);
    }
  };
  for (const port of [9000, 9001]) rig.upstream(port, serve);
  const client = rig.client();
  const ends = () => [client.far, ...rig.peers.map((peer) => peer.socket.peer!)].filter((end) => end.isOpen);
  const turn = (what: string): void => {
    const [near, ...far] = ends();
    if (near !== undefined && (what === 'client' || what === 'both')) near.isSlow = true;
    if (what === 'upstream' || what === 'both') for (const end of far) end.isSlow = true;
    if (what === 'drain') for (const end of ends()) if (end.isSlow) end.drain();
  };
  const text = exchanges.map(requestText).join('');
  for (const [i, part] of pieces(text, clientSizes).entries()) {
    client.send(part);
    rig.world.run(1);
    turn(turns[i % turns.length]!);
  }
  // From here on nobody stays slow for long.
  for (let i = 0; i < 20 * exchanges.length; i++) {
    rig.world.run(5);
    turn('drain');
  }
  const received: string[] = [];
  let rest = client.received;
  for (;;) {
    const given = exchanges[received.filter((line) => !line.startsWith('1')).length];
    const method = given?.method ?? 'GET';
    const next = readMessage(rest, (start) => {
      const status = Number(start.split(' ')[1]);
      return status < 200 || isBodiless({ method, status: status as 200 });
    });
    if (next === null) break;
    rest = rest.slice(next[1]);
    const [message] = next;
    const status = message.start.split(' ')[1]!;
    // Our own errors carry a request id.
    const isOwn = fieldOf(message, 'x-kong-response-latency') !== null;
    received.push(`${status} ${isOwn ? 'own' : JSON.stringify(message.body)}`);
  }
  return { seen, received, rest, isOpen: client.socket.isOpen && !client.hasEnded };
}

function judge(exchanges: readonly Exchange[], how: Manner): void {
  const expected = run(exchanges, whole);
  expect(expected.rest).toBe('');
  const finals = expected.received.filter((line) => !line.startsWith('1'));
  expect(finals).toHaveLength(exchanges.length);
  for (const [i, { method, status, first }] of exchanges.entries()) {
    const sent = expected.seen.filter((line) => line.startsWith(`${method} /${i} `)).length;
    // Once sent, only what is idempotent is sent again.
    expect(sent).toBe(first === 'dies' && method !== 'POST' ? 2 : 1);
    expect(finals[i]!.slice(0, 3)).toBe(first === 'dies' && method === 'POST' ? '502' : String(status));
  }
  expect(run(exchanges, how)).toEqual(expected);
}

test('pieces and pauses are not seen by either side', () => {
  fc.assert(fc.property(fc.array(exchange, { minLength: 1, maxLength: 4 }), manner, judge), { numRuns: 300 });
});

test('not even byte by byte', () => {
  const bytes = { ...unhurried, clientSizes: fc.constant([1]), upstreamSizes: fc.constant([1]) };
  fc.assert(fc.property(fc.array(exchange, { minLength: 1, maxLength: 3 }), fc.record(bytes), judge), {
    numRuns: 40,
  });
});
