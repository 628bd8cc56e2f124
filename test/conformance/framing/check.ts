// Runs one case through the whole proxy in memory and holds it to its verdict.
import { expect } from 'vitest';
import { createRig, okResponse, type Rig, toPort } from '../../unit/exchange/rig.ts';
import { plainRequest, type RequestCase, type ResponseCase } from './cases/case.ts';

interface Exchange {
  readonly rig: Rig;
  readonly received: string;
  readonly upstream: string;
  readonly closes: boolean;
  readonly status: number;
}

function exchange(text: string): Exchange {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(text);
  const received = client.received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  return {
    rig,
    received,
    upstream: rig.peers.map((peer) => peer.received).join(''),
    closes: client.hasEnded,
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0),
  };
}

export function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4);
}

function countServed(text: string): number {
  return text.split('HTTP/1.1 200').length - 1;
}

export function checkRequest({ send, verdict }: RequestCase): void {
  const { status, upstream, closes, rig } = exchange(send);
  switch (verdict.kind) {
    case 'refused':
      expect({ status, upstream, closes }).toEqual({ status: verdict.status, upstream: '', closes: true });
      // What stands behind it is not taken for a request.
      expect(countServed(exchange(send + plainRequest).received)).toBe(0);
      return;
    case 'answered':
      expect({ status, upstream }).toEqual({ status: verdict.status, upstream: '' });
      expect(countServed(exchange(send + plainRequest).received)).toBe(1);
      return;
    default:
      expect(status).toBe(200);
      expect(rig.peers.length).toBe(1);
      expect(bodyOf(upstream)).toBe(verdict.body);
      expect(upstream).toMatch(verdict.has);
      expect(upstream).not.toMatch(verdict.lacks);
  }
}

export function checkResponse({ answer: [first, second], closes, request, verdict }: ResponseCase): void {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => {
    peer.send(first);
    rig.world.after(1, () => {
      if (second !== undefined) peer.send(second);
      if (closes) peer.socket.end();
    });
  });
  const client = rig.client(request);
  rig.world.run(20);
  switch (verdict.kind) {
    case 'bad gateway':
      expect(client.received).toMatch(/^HTTP\/1\.1 502 /);
      // Nothing of the answer but what our own page says.
      expect(client.received.split('HTTP/1.').length).toBe(2);
      return;
    case 'cut':
      expect(client.lostWith).toBe('ECONNRESET');
      return;
    default:
      expect(client.received).toMatch(verdict.has);
      expect(client.received).not.toMatch(verdict.lacks);
  }
}
