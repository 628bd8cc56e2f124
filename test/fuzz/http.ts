// Requests of broken and ambiguous framing: node's own parser must read the same wherever both accept, and cutting the bytes
// must change nothing that an upstream or a client sees.
import { readMessage } from '../property/exchange/messages.ts';
import { createNodeReader, readOurs } from '../property/http/readings.ts';
import { createRig, okResponse, toPort } from '../unit/exchange/rig.ts';
import { type Draws, type Input, mutate, type Target } from './target.ts';

const startLines = [
  'GET / HTTP/1.1',
  'POST /a?b=c HTTP/1.1',
  'PUT http://a/x HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'HEAD / HTTP/1.0',
  'GET /%2e%2e/ HTTP/1.1',
];
const fields = [
  'Host: a',
  'Host: a:80',
  'Content-Length: 3',
  'Content-Length: 0',
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding : chunked',
  'Connection: close',
  'Connection: keep-alive, x-a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'TE: trailers',
  'Trailer: x',
  'X-A: b',
  'X-A:',
  ' folded',
  '\tfolded',
  'X-B: \x80\xff',
  'Content-Length',
  ': x',
  'X_A: c',
];
const bodies = [
  '',
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n',
  '03\r\nabc\r\n0\r\n\r\n',
  'GET /b HTTP/1.1\r\nHost: b\r\n\r\n',
];
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '\x0b',
  '\x7f',
  '\xff',
  'chunked',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\r\n\r\n',
  'HTTP/1.1',
];

function make(draws: Draws): Input {
  const lines = [
    draws.pick(startLines),
    'Host: a',
    ...Array.from({ length: draws.below(5) }, () => draws.pick(fields)),
  ];
  if (draws.below(8) === 0) lines.splice(1, 1);
  const input = [...lines.map((line) => `${line}\r\n`), '\r\n', draws.pick(bodies)];
  return input.map((part) => (draws.below(3) === 0 ? mutate(draws, part, pieces) : part));
}

interface Outcome {
  /** '' while there is none. */
  readonly status: string;
  readonly client: string;
  readonly upstream: readonly string[];
}

function through(parts: readonly string[]): Outcome {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => {
    if (peer.received.includes('\r\n\r\n'))
      rig.world.after(20, () => peer.socket.isOpen && peer.send(okResponse));
  });
  const client = rig.client();
  // A head that is cut is only judged at its next line end: there is one at last.
  for (const part of [...parts, '\r\n\r\n']) {
    client.send(part);
    rig.world.run(0);
  }
  rig.world.run(100);
  const stable = (text: string): string =>
    text.replaceAll(/Latency: \d+/g, 'Latency: N').replaceAll(/[0-9a-f]{32}/g, 'ID');
  const final = client.received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  return {
    status: final.slice(9, 12),
    client: stable(final),
    upstream: rig.peers.map((peer) => stable(peer.received)),
  };
}

/** What is taken is taken alike; what is refused may be refused later when it comes in parts, but never goes out whole. */
function difference(whole: Outcome, cut: Outcome): string | null {
  const isTaken = whole.status === '200';
  if (isTaken !== (cut.status === '200')) return `answered ${cut.status}, whole ${whole.status}`;
  if (isTaken) return JSON.stringify(whole) === JSON.stringify(cut) ? null : 'taken as something else';
  const out = cut.upstream.find((text) => readMessage(text, () => false) !== null);
  return out === undefined ? null : `refused with ${cut.status}, but gone out as ${JSON.stringify(out)}`;
}

export async function createHttpTarget(): Promise<Target> {
  const node = await createNodeReader();
  return {
    name: 'http',
    isText: true,
    make,
    async judge(input) {
      const text = input.join('');
      if (text === '') return null;
      const whole = through([text]);
      const half = text.length >> 1;
      for (const parts of [[...text], [text.slice(0, half), text.slice(half)]]) {
        const found = difference(whole, through(parts.filter((part) => part !== '')));
        if (found !== null) return `cut into ${parts.length} parts: ${found}`;
      }
      const ours = readOurs(text);
      if (ours === null) return null;
      const theirs = await node.read(text);
      if (theirs === null) return null;
      // The authority of an absolute target is our Host, not our target.
      const url = theirs.url.replace(/^http:\/\/[^/?]*/i, '');
      const [mine, other] = [JSON.stringify(ours), JSON.stringify({ ...theirs, url })];
      return mine === other ? null : `read as ${mine}, by node as ${other}`;
    },
    close: node.close,
  };
}
