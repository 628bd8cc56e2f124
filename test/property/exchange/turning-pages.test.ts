// The law of leased room, seen from outside: with requests so large that pages turn all the time, and every page overwritten as
// soon as nobody holds it, upstreams get what clients sent, first tries and second ones, and the log says what they were.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LeasedSlab, type Page } from '../../../src/proxy/exchange/leased-slab.ts';
import { type ClientPeer, createRig, toPort, type UpstreamPeer } from '../../unit/exchange/rig.ts';
import { readMessage } from './messages.ts';

const original = LeasedSlab.prototype.giveBack;
let released = 0;
let turns = 0;

beforeAll(() => {
  LeasedSlab.prototype.giveBack = function (this: LeasedSlab, page: Page): void {
    original.call(this, page);
    if (page.leases > 0) return;
    released++;
    if (page.bytes !== this.bytes) turns++;
    page.bytes.fill(0xdb);
  };
});

afterAll(() => {
  LeasedSlab.prototype.giveBack = original;
});

const step = fc.record({
  client: fc.nat(5),
  method: fc.constantFrom('GET', 'PUT', 'PUT', 'POST'),
  /** Lines of 7 KB. */
  lines: fc.nat(3),
  bodyBytes: fc.constantFrom(0, 0, 10, 9_000, 30_000, 60_000),
  /** All at once, or the body later. */
  isSplit: fc.boolean(),
  fate: fc.constantFrom('answer', 'answer', 'late', 'dies', 'early'),
  upstreamIsSlow: fc.boolean(),
  pauseMs: fc.nat(6),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const lineBytes = 7_000;
const fill = (index: number, bytes: number): string => String.fromCharCode(97 + (index % 26)).repeat(bytes);

function headOf({ method, lines, bodyBytes }: Step, index: number): string {
  const large = Array.from({ length: lines }, (_, i) => `X-Fill-${i}: ${fill(index, lineBytes)}\r\n`).join(
    '',
  );
  const length = method === 'GET' ? '' : `Content-Length: ${bodyBytes}\r\n`;
  return `${method} /${index} HTTP/1.1\r\nHost: a\r\nUser-Agent: ${fill(index, 40)}\r\n${large}${length}\r\n`;
}

const bodyOf = ({ method, bodyBytes }: Step, index: number): string =>
  method === 'GET' ? '' : fill(index, bodyBytes);

/** What is wrong with a request as an upstream got it, or ''. */
function findWrong(text: string, given: Step, index: number): string {
  const [message] = readMessage(text, () => false)!;
  if (message.body !== bodyOf(given, index)) return `/${index}: another body`;
  for (let i = 0; i < given.lines; i++)
    if (!text.includes(`\r\nX-Fill-${i}: ${fill(index, lineBytes)}\r\n`))
      return `/${index}: another line ${i}`;
  return text.includes('\r\nHost: 10.0.0.1') ? '' : `/${index}: another host`;
}

function run(steps: readonly Step[]): { readonly wrong: readonly string[]; readonly seen: number } {
  const rig = createRig([{ ...toPort(9000, 9001, 9002), service: { retries: 3 } }]);
  const wrong: string[] = [];
  let seen = 0;
  const taken = new WeakMap<UpstreamPeer, number>();
  const died = new Set<number>();
  /** Answers that were given before their requests came. */
  const ahead = new Map<UpstreamPeer, number>();
  const serve = (peer: UpstreamPeer): void => {
    const from = taken.get(peer) ?? 0;
    const rest = peer.received.slice(from);
    const index = Number(/^[A-Z]+ \/(\d+) /.exec(rest)?.[1] ?? -1);
    if (index < 0) return;
    const given = steps[index]!;
    if (given.fate === 'dies' && !died.has(index)) {
      died.add(index);
      peer.socket.destroy();
      return;
    }
    const next = readMessage(rest, () => false);
    if (next === null) return;
    taken.set(peer, from + next[1]);
    seen++;
    const problem = findWrong(rest.slice(0, next[1]), given, index);
    if (problem !== '') wrong.push(problem);
    const answered = ahead.get(peer) ?? 0;
    if (answered > 0) {
      ahead.set(peer, answered - 1);
      return;
    }
    const reply = `HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n${String(index).padStart(6, '0')}`;
    if (given.fate === 'late') rig.world.after(3, () => peer.socket.isOpen && peer.send(reply));
    else peer.send(reply);
  };
  for (const port of [9000, 9001, 9002]) rig.upstream(port, serve);
  const clients: ClientPeer[] = [];
  const release = (): void => {
    for (const { socket } of rig.peers)
      if (socket.peer?.isSlow === true && socket.isOpen) socket.peer.drain();
  };
  for (const [index, given] of steps.entries()) {
    clients[given.client] ??= rig.client();
    const client = clients[given.client]!;
    if (!client.far.isOpen) clients[given.client] = rig.client();
    const sender = clients[given.client]!;
    if (given.upstreamIsSlow)
      for (const { socket } of rig.peers)
        if (socket.isOpen && socket.peer !== null) socket.peer.isSlow = socket.peer.holdsWhileSlow = true;
    // A slow upstream's kernel holds on to what a client's read has brought.
    sender.far.peerOfHandlerIsFast = false;
    const head = headOf(given, index);
    const body = bodyOf(given, index);
    if (given.isSplit) {
      sender.send(head);
      rig.world.run(1);
      sender.send(body);
    } else sender.send(head + body);
    rig.world.run(given.pauseMs);
    if (given.fate === 'early')
      for (const peer of rig.peers) {
        if (!peer.socket.isOpen || peer.socket.peer?.holdsBytes !== true || ahead.get(peer)) continue;
        ahead.set(peer, 1);
        peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nahead!');
      }
    if (index % 3 === 2) release();
  }
  for (let i = 0; i < 40; i++) {
    rig.world.run(10);
    release();
  }
  rig.serving.drain(0, () => {});
  rig.world.run(1);
  for (const line of rig.lines) {
    const { request } = JSON.parse(line) as { request: { uri: string; headers: Record<string, string> } };
    const index = Number(request.uri.slice(1));
    if (request.headers['user-agent'] !== fill(index, 40))
      wrong.push(`/${index}: the log names another client`);
  }
  return { wrong, seen };
}

test('pages turn all the time, and nobody reads what is not his', () => {
  let seen = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const result = run(steps);
      seen += result.seen;
      expect(result.wrong).toEqual([]);
    }),
    // A failure that is not made smaller within this is shown as it is.
    { numRuns: 60, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
  // It has been put to the test: pages were overwritten, many of them after others had taken their place.
  expect([seen > 500, released > 200, turns > 50]).toEqual([true, true, true]);
});
