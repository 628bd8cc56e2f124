// Which requests with a body get another try (request_buffering): those whose bytes are all still in hand, and never a POST
// once it has been sent.
import { describe, expect, it } from 'vitest';
import { createRig, okResponse, toPort, type UpstreamPeer } from './rig.ts';

interface Row {
  readonly name: string;
  readonly method: string;
  readonly bytes: number;
  /** The first target: nobody listens, or it dies when the whole request is there. */
  readonly fails: 'connect' | 'late';
  readonly buffers?: boolean;
  readonly status: number;
}

const rows: readonly Row[] = [
  { name: 'nobody listens: PUT', method: 'PUT', bytes: 30_000, fails: 'connect', status: 200 },
  { name: 'nobody listens: POST', method: 'POST', bytes: 30_000, fails: 'connect', status: 200 },
  { name: 'nobody listens: large POST', method: 'POST', bytes: 300_000, fails: 'connect', status: 200 },
  { name: 'died: PUT in hand', method: 'PUT', bytes: 30_000, fails: 'late', status: 200 },
  { name: 'died: PUT of 64 KiB', method: 'PUT', bytes: 65_536, fails: 'late', status: 200 },
  { name: 'died: large PUT', method: 'PUT', bytes: 300_000, fails: 'late', status: 502 },
  { name: 'died: POST', method: 'POST', bytes: 30_000, fails: 'late', status: 502 },
  { name: 'died: PATCH', method: 'PATCH', bytes: 30_000, fails: 'late', status: 502 },
  { name: 'died: PUT unbuffered', method: 'PUT', bytes: 30_000, fails: 'late', buffers: false, status: 502 },
];

function isWhole(peer: UpstreamPeer, bytes: number): boolean {
  const start = peer.received.indexOf('\r\n\r\n');
  return start >= 0 && peer.received.length - start - 4 === bytes;
}

describe('another try', () => {
  it.each(rows)('$name', ({ method, bytes, fails, buffers = true, status }) => {
    const rig = createRig([{ ...toPort(9000, 9001), route: { requestBuffering: buffers } }]);
    if (fails === 'late')
      rig.upstream(9000, (peer) => {
        if (isWhole(peer, bytes)) peer.socket.destroy();
      });
    rig.upstream(9001, (peer) => {
      if (isWhole(peer, bytes)) peer.send(okResponse);
    });
    const body = Array.from({ length: bytes }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const client = rig.client(`${method} /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    for (let at = 0; at < bytes; at += 9973) {
      client.send(body.slice(at, at + 9973));
      rig.world.run(1);
    }
    rig.world.run(10);
    expect(client.received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status !== 200) {
      expect(rig.peers.length).toBe(1);
      return;
    }
    const last = rig.peers[rig.peers.length - 1]!.received;
    expect(last.slice(last.indexOf('\r\n\r\n') + 4)).toBe(body);
  });

  it('chunks in hand are sent again as they came', () => {
    const rig = createRig([toPort(9000, 9001)]);
    rig.upstream(9000, (peer) => {
      if (peer.received.endsWith('\r\n0\r\n\r\n')) peer.socket.destroy();
    });
    rig.upstream(9001, (peer) => {
      if (peer.received.endsWith('\r\n0\r\n\r\n')) peer.send(okResponse);
    });
    const client = rig.client('PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const part of ['5\r\nhel', 'lo\r\n3\r', '\n!!!\r\n', '0\r\n', '\r\n']) {
      client.send(part);
      rig.world.run(1);
    }
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    expect(rig.peers[1]!.received.endsWith('\r\n\r\n5\r\nhello\r\n3\r\n!!!\r\n0\r\n\r\n')).toBe(true);
  });

  it('a client that is still sending goes on with the next target', () => {
    const rig = createRig([toPort(9000, 9001)]);
    rig.upstream(9000, (peer) => {
      if (peer.received.includes('first')) peer.socket.destroy();
    });
    rig.upstream(9001, (peer) => {
      if (peer.received.endsWith('last')) peer.send(okResponse);
    });
    const client = rig.client('PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    client.send('first');
    rig.world.run(5);
    client.send('last');
    rig.world.run(5);
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    expect(rig.peers[1]!.received.endsWith('\r\n\r\nfirstlast')).toBe(true);
  });
});
