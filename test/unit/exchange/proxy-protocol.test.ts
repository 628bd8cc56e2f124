// A proxy behind a load balancer that speaks the PROXY protocol: who the client is for the upstream, the log and the plugins.
import { describe, expect, it } from 'vitest';
import { statisticsLayout } from '../../../src/proxy/server/statistics.ts';
import { answering, createRig, okResponse, type Rig, toPort } from './rig.ts';

const header = 'PROXY TCP4 192.0.2.1 10.0.0.1 1234 443\r\n';
const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
/** Where the clients of the rig come from. */
const sender = '10.9.8.7';
const seconds = 1000;

function start(trusted: readonly string[] = ['10.9.0.0/16']): Rig {
  const rig = createRig([toPort(9000)], { proxyProtocol: { trusted } });
  rig.upstream(9000, answering(okResponse));
  return rig;
}

function check(rig: Rig, client: string): void {
  const { received } = rig.peers[0]!;
  expect(received).toContain(`\r\nX-Forwarded-For: ${client}\r\n`);
  expect(received).toContain(`\r\nX-Real-IP: ${client}\r\n`);
  expect(JSON.parse(rig.lines[0]!).client_ip).toBe(client);
}

describe('the client', () => {
  it.each([
    ['is the one in the header', ['10.9.0.0/16'], header, '192.0.2.1'],
    ['is the one in the header of anybody', ['0.0.0.0/0', '::/0'], header, '192.0.2.1'],
    ['is the sender that speaks for itself', ['10.9.0.0/16'], 'PROXY UNKNOWN\r\n', sender],
    ['is the sender that is not trusted', ['10.8.0.0/16', '2001:db8::/32'], header, sender],
  ])('%s', (_name, trusted, sent, client) => {
    const rig = start(trusted);
    expect(rig.client(sent + request).received).toMatch(/^HTTP\/1\.1 200/);
    rig.serving.drain(0, () => {});
    check(rig, client);
  });

  it('is the same for every request of its connection', () => {
    const rig = start();
    const client = rig.client(header + request);
    client.send(request);
    rig.world.run(5);
    expect(client.received.split('HTTP/1.1 200').length).toBe(3);
    expect(
      rig.peers
        .map((peer) => peer.received)
        .join('')
        .split('X-Real-IP: 192.0.2.1').length,
    ).toBe(3);
  });

  it('goes on the chain that it sends, as its last', () => {
    const rig = start();
    rig.client(`${header}GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n`);
    expect(rig.peers[0]!.received).toContain('\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.1\r\n');
  });
});

it('takes the header in any pieces', () => {
  const rig = start();
  const client = rig.client();
  for (const byte of header + request) client.send(byte);
  rig.world.run(5);
  expect(client.received).toMatch(/^HTTP\/1\.1 200/);
});

describe('a connection without the header', () => {
  it.each([
    ['a request', request],
    ['two headers', header + header + request],
  ])('is closed or refused: %s', (name, text) => {
    const rig = start();
    const client = rig.client(text);
    rig.world.run();
    expect(rig.peers).toEqual([]);
    expect(client.received).toMatch(name === 'a request' ? /^$/ : /^HTTP\/1\.1 400/);
  });

  it('is counted as refused, and given back', () => {
    const rig = start();
    rig.client(request);
    expect(rig.statistics[statisticsLayout.connectionsRefused]).toBe(1);
    expect(rig.statistics[statisticsLayout.connectionsActive]).toBe(0);
    expect(rig.serving.connectionCount()).toBe(0);
  });

  it.each([
    ['says nothing', ''],
    ['says half a header', 'PROXY TCP4'],
  ])('is closed after the time of a head when it %s', (_name, text) => {
    const rig = start();
    const client = rig.client(text);
    rig.world.run(59 * seconds);
    expect(client.lostWith).toBe(null);
    rig.world.run(3 * seconds);
    expect(client.lostWith).not.toBe(null);
    expect(rig.serving.connectionCount()).toBe(0);
  });

  it('holds no drain up', () => {
    const rig = start();
    rig.client('PROXY TCP4');
    let isDrained = false;
    rig.serving.drain(30 * seconds, () => {
      isDrained = true;
    });
    rig.world.run(5);
    expect(isDrained).toBe(true);
  });
});

it('counts a connection once, before and behind its header', () => {
  const rig = start();
  rig.client(header + request);
  expect(rig.statistics[statisticsLayout.connectionsAccepted]).toBe(1);
  expect(rig.statistics[statisticsLayout.connectionsActive]).toBe(1);
  expect(rig.serving.connectionCount()).toBe(1);
});
