// What came out of a case in a few words, the same words for us and for a peer: equal words are equal behaviour.

import { noLimits, readRequest } from '../../../property/http/naive/request.ts';
import { createRig, okResponse, toPort } from '../../../unit/exchange/rig.ts';
import type { RequestCase, ResponseCase } from '../cases/case.ts';
import type { Seen } from './lane.ts';

const shownMax = 40;

function shown(text: string): string {
  const short = text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
  return JSON.stringify(short).slice(1, -1).replaceAll('\x7f', '\\x7f').replaceAll('|', '\\|');
}

function statusOf(client: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(client)?.[1] ?? 0);
}

export function requestOutcome({ verdict }: RequestCase, { client, upstream }: Seen): string {
  const status = statusOf(client);
  const went = upstream === '' ? 'incomplete' : readRequest(upstream, noLimits);
  if (status !== 200 && went === 'incomplete') return status === 0 ? 'closes' : `refuses, ${status}`;
  if (went === 'incomplete') return 'answers before it is complete';
  if (went === 'refused') return 'passes it on as it came';
  const uncleaned = verdict.kind === 'passed' && verdict.lacks.test(upstream);
  const body = went.body === '' ? '' : ` with body ${shown(went.body)}`;
  const passes = `passes ${shown(went.method)} ${shown(went.target)}${body}`;
  return uncleaned ? `${passes}, not cleaned` : passes;
}

/** How a response ended, by what the client has of it. */
function isWhole(client: string): boolean {
  const final = client.replace(/^(HTTP\/1\.1 1\d\d (.*\r\n)+\r\n)+/, '');
  const [head = '', ...rest] = final.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/^HTTP\/1\.. (204|304|101)/.test(head)) return true;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length !== null) return body.length >= Number(length[1]);
  return !/\r\ntransfer-encoding: *chunked/i.test(head) || /(^|\r\n)0\r\n(.+\r\n)*\r\n$/.test(body);
}

export function responseOutcome({ verdict }: ResponseCase, { client }: Seen): string {
  const final = /(?:^|\r\n\r\n)HTTP\/1\.[01] ([2-9]\d\d|101)/.exec(client);
  if (final === null) return client === '' ? 'closes' : 'passes on the bytes as they came';
  if (final[1] === '502' || final[1] === '504') return `answers ${final[1]}`;
  if (verdict.kind === 'passed' && verdict.lacks.test(client)) return `passes ${final[1]}, not cleaned`;
  return isWhole(client) ? `passes ${final[1]}` : `cuts ${final[1]}`;
}

/** Ours, through the same words. */
export function ownRequest(kase: RequestCase): string {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(kase.send).received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  return requestOutcome(kase, { client, upstream: rig.peers.map((peer) => peer.received).join('') });
}

export function ownResponse(kase: ResponseCase): string {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => {
    peer.send(kase.answer[0]);
    rig.world.after(1, () => {
      if (kase.answer[1] !== undefined) peer.send(kase.answer[1]);
      if (kase.closes) peer.socket.end();
    });
  });
  const client = rig.client(kase.request);
  rig.world.run(20);
  return responseOutcome(kase, { client: client.received, upstream: '' });
}
