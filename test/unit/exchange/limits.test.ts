// How much a client may send, and how often connections are used again.
import { expect, test } from 'vitest';
import { answering, createRig, okResponse, toPort, type UpstreamPeer } from './rig.ts';

const counted = (size: number, sent = size, more = ''): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n${more}\r\n${'x'.repeat(sent)}`;
const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
const chunked = (...sizes: readonly number[]): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${sizes.map(chunk).join('')}0\r\n\r\n`;
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function rigOf(bodyBytesMax: number) {
  const rig = createRig([toPort(9000)], { bodyBytesMax });
  rig.upstream(9000, answering(okResponse));
  return rig;
}

test.each<[title: string, text: string, status: number, reachesUpstream: boolean]>([
  ['no body', get, 200, true],
  ['as much as may be', counted(10), 200, true],
  ['one more', counted(11), 413, false],
  ['announced and not sent', counted(1_000_000, 0), 413, false],
  ['announced, and permission asked for', counted(11, 0, 'Expect: 100-continue\r\n'), 413, false],
  ['in chunks, as much as may be', chunked(4, 6), 200, true],
  ['in chunks, one more', chunked(5, 6), 413, false],
  ['one chunk', chunked(11), 413, false],
  ['chunks of one', chunked(...new Array<number>(10).fill(1)), 200, true],
])('a body of ten bytes at most: %s', (_title, text, status, reachesUpstream) => {
  const rig = rigOf(10);
  const client = rig.client(text);
  expect(client.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(client.received).not.toContain('100 Continue');
  expect(rig.peers.length > 0).toBe(reachesUpstream);
  if (status === 413) {
    expect(client.received).toContain('Payload too large');
    rig.serving.drain(0, () => {});
    rig.world.run(1);
    expect(JSON.parse(rig.lines[0]!)).toMatchObject({ reason: 'body_too_large' });
  }
});

test('chunks that come one by one are counted together, and whoever had them before loses them', () => {
  const rig = createRig([toPort(9000)], { bodyBytesMax: 10 });
  rig.upstream(9000, () => undefined);
  const client = rig.client('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (const size of [4, 4]) {
    client.send(chunk(size));
    rig.world.run(5);
  }
  expect(client.received).toBe('');
  expect(rig.peers[0]!.received).toContain('xxxx');
  client.send(chunk(4));
  rig.world.run(5);
  expect(client.received).toMatch(/^HTTP\/1.1 413 /);
  expect(rig.peers[0]!.isLost || rig.peers[0]!.hasEnded).toBe(true);
});

test('the next request on the connection begins with nothing', () => {
  const rig = rigOf(10);
  const client = rig.client(chunked(9) + chunked(9) + counted(9) + chunked(9));
  expect(client.received.match(/HTTP\/1.1 200/g)).toHaveLength(4);
});

test('without a limit any size goes through', () => {
  const rig = rigOf(Number.POSITIVE_INFINITY);
  expect(rig.client(counted(300_000)).received).toMatch(/^HTTP\/1.1 200/);
});

test('so many requests on one connection of a client', () => {
  const rig = createRig([toPort(9000)], { requestsMax: 3 });
  rig.upstream(9000, answering(okResponse));
  const client = rig.client(get.repeat(5));
  expect(client.received.match(/HTTP\/1.1 200/g)).toHaveLength(3);
  expect(client.received.match(/Connection: close/g)).toHaveLength(1);
  expect(client.hasEnded).toBe(true);
});

test.each<
  [
    title: string,
    reuse: { idleMax: number; idleTimeoutMs: number; requestsMax: number },
    waitMs: number,
    connections: number,
  ]
>([
  ['used again', { idleMax: 512, idleTimeoutMs: 60_000, requestsMax: 10_000 }, 10, 1],
  ['used once', { idleMax: 0, idleTimeoutMs: 60_000, requestsMax: 10_000 }, 10, 4],
  ['used twice', { idleMax: 512, idleTimeoutMs: 60_000, requestsMax: 2 }, 10, 2],
  ['too long idle', { idleMax: 512, idleTimeoutMs: 5_000, requestsMax: 10_000 }, 20_000, 4],
  [
    'never too long idle',
    { idleMax: 512, idleTimeoutMs: Number.POSITIVE_INFINITY, requestsMax: 10_000 },
    70_000,
    1,
  ],
])('connections to upstreams: %s', (_title, reuse, waitMs, connections) => {
  const rig = createRig([toPort(9000)], { reuse, keepaliveTimeoutMs: 1_000_000 });
  const answer: (peer: UpstreamPeer) => void = answering(okResponse);
  rig.upstream(9000, answer);
  const client = rig.client();
  for (let i = 0; i < 4; i++) {
    client.send(get);
    rig.world.run(waitMs);
  }
  expect(client.received.match(/HTTP\/1.1 200/g)).toHaveLength(4);
  expect(rig.peers).toHaveLength(connections);
});
