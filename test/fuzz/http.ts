// Requests of broken and ambiguous framing through the whole proxy: cutting the bytes must change nothing that an upstream or a
// client sees, and what goes out must be what a naive reader finds in what came in.
import { readMessage } from '../property/exchange/messages.ts';
import { readRequest } from '../property/http/naive/request.ts';
import { createRig, okResponse, toPort } from '../unit/exchange/rig.ts';
import { makeRequest } from './messages.ts';
import type { Target } from './target.ts';

const lastLineEnd = '\r\n\r\n';

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
  for (const part of [...parts, lastLineEnd]) {
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
  // Others are answers to a request that was understood: one behind it may be served.
  if (!['400', '414', '505'].includes(cut.status)) return null;
  const out = cut.upstream.find((text) => readMessage(text, () => false) !== null);
  return out === undefined ? null : `refused with ${cut.status}, but gone out as ${JSON.stringify(out)}`;
}

/** What came in and what went out, both read by somebody else, are one request; and what he cannot read did not go out. */
function changed(text: string, { status, upstream }: Outcome): string | null {
  const came = readRequest(text);
  if (came === 'refused') return status === '200' ? 'refused when read naively, but answered 200' : null;
  // An answer may come before the request is complete.
  if (came === 'incomplete' || status !== '200') return null;
  const went = readRequest(upstream[0]!);
  if (typeof went === 'string') return `${went} when read naively: ${JSON.stringify(upstream[0])}`;
  const [first, second] = [came, went].map(({ method, body, trailers }) =>
    JSON.stringify({ method, body, trailers }),
  );
  return first === second ? null : `came in as ${first}, went out as ${second}`;
}

export const httpTarget: Target = {
  name: 'http',
  isText: true,
  make: makeRequest,
  async judge(input) {
    const text = input.join('');
    if (text === '') return null;
    const whole = through([text]);
    const half = text.length >> 1;
    for (const parts of [[...text], [text.slice(0, half), text.slice(half)]]) {
      const found = difference(whole, through(parts.filter((part) => part !== '')));
      if (found !== null) return `cut into ${parts.length} parts: ${found}`;
    }
    return changed(text + lastLineEnd, whole);
  },
  close: () => {},
};
