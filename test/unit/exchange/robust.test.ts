// What one client or one upstream may cost: memory and time stay bounded, and nobody else's answers are touched.
import { describe, expect, it } from 'vitest';
import { phaseDone } from '../../../src/proxy/exchange/context.ts';
import { statisticsLayout } from '../../../src/proxy/server/statistics.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n';
const seconds = 1000;

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('a client that never reads', () => {
  it('gets one refusal at a time, and is let go', () => {
    const rig = createRig([]);
    const client = rig.client();
    client.far.isSlow = true;
    client.send(get.repeat(50));
    rig.world.run();
    expect(rig.statistics[statisticsLayout.requests]).toBe(1);
    client.far.drain();
    client.far.isSlow = true;
    rig.world.run();
    expect(rig.statistics[statisticsLayout.requests]).toBe(2);
    for (let i = 0; i < 100; i++) client.send(get.repeat(100));
    rig.world.run();
    expect(client.far.pausedNow).toBe(true);
    rig.world.run(61 * seconds);
    expect(client.lostWith).not.toBe(null);
    expect(rig.statistics[statisticsLayout.connectionsActive]).toBe(0);
    expect(rig.statistics[statisticsLayout.exchangesActive]).toBe(0);
  });

  it('is let go in the middle of its own upload', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'));
    const client = rig.client();
    client.far.isSlow = true;
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx');
    for (let i = 0; i < 7; i++) {
      rig.world.run(10 * seconds);
      client.send('x');
    }
    rig.world.run(1 * seconds);
    expect(client.lostWith).not.toBe(null);
    expect(rig.peers[0]!.isLost).toBe(true);
  });
});

describe('a client that is slow', () => {
  it('leaves its upstream connection fit for the next request', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client();
    client.far.isSlow = true;
    client.send(get);
    rig.world.run();
    client.far.drain();
    rig.world.run();
    client.send(get);
    rig.world.run();
    expect(count(client.received, 'HTTP/1.1 200')).toBe(2);
    expect(rig.peers.length).toBe(1);
  });

  it.each([
    ['a head', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
    ['a request line', 'GET /'],
    ['empty lines', '\r\n'],
    ['nothing', ''],
  ])('gets 60 s for %s, however it trickles', (_name, start) => {
    const rig = createRig([toPort(9000)]);
    const client = rig.client(start);
    for (let i = 0; i < 61; i++) {
      rig.world.run(1 * seconds);
      if (start.length > 2) client.send('x');
    }
    rig.world.run(6 * seconds);
    if (start === '') expect(client.received).toBe('');
    else expect(client.received).toMatch(/^HTTP\/1\.1 408/);
    expect(client.lostWith).not.toBe(null);
  });

  it('a head that arrives byte by byte is read once', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client();
    const line = `X: ${'y'.repeat(6000)}\r\n`;
    for (const byte of `GET / HTTP/1.1\r\nHost: a\r\n${line}${line}\r\n`) client.send(byte);
    rig.world.run();
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
  });
});

describe('a client that half closes', () => {
  it('gets the answers to everything that it sent before', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client();
    client.send(get.repeat(3));
    client.socket.end();
    rig.world.run();
    expect(count(client.received, 'HTTP/1.1 200')).toBe(3);
    expect(client.hasEnded).toBe(true);
  });

  it.each([
    ['whole', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef', ''],
    ['in parts', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc', 'def'],
  ])('may read its answer slowly, sent %s', (_name, first, rest) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(first));
    const client = rig.client();
    client.far.isSlow = true;
    client.send(get);
    client.socket.end();
    rig.world.run(30 * seconds);
    expect(client.lostWith).toBe(null);
    client.far.drain();
    rig.world.run();
    rig.peers[0]!.send(rest);
    rig.world.run(1 * seconds);
    expect(client.received.endsWith('abcdef')).toBe(true);
    expect(client.hasEnded).toBe(true);
  });

  it('is let go when it reads nothing at all', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client();
    client.far.isSlow = true;
    client.send(get);
    client.socket.end();
    rig.world.run(61 * seconds);
    expect(client.lostWith).not.toBe(null);
  });

  it('may take its time with a long answer', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
      for (let i = 1; i <= 10; i++) rig.world.after(i * seconds, () => peer.send('x'));
    });
    const client = rig.client(get);
    client.socket.end();
    rig.world.run(12 * seconds);
    expect(client.received.endsWith('xxxxxxxxxx')).toBe(true);
    expect(client.hasEnded).toBe(true);
  });
});

describe('Connection', () => {
  it('cannot take away what a plugin has added', () => {
    const rig = createRig([
      {
        ...toPort(9000),
        plugins: [
          {
            name: 'adds',
            base: {
              access(context) {
                context.edits.setHeader('X-Consumer-Username', 'anna');
                return phaseDone;
              },
            },
            byConsumer: null,
            byGroup: null,
          },
        ],
      },
    ]);
    rig.upstream(9000, answering(okResponse));
    rig.client(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Consumer-Username\r\nX-Consumer-Username: anna\r\n\r\n',
    );
    expect(rig.peers[0]!.received).toContain('\r\nX-Consumer-Username: anna\r\n');
  });

  it('framing follows the request, whatever a plugin edits', () => {
    const rig = createRig([
      {
        ...toPort(9000),
        plugins: [
          {
            name: 'breaks',
            base: {
              access(context) {
                context.edits.removeHeader('content-length');
                context.edits.addHeader('Transfer-Encoding', 'chunked');
                return phaseDone;
              },
            },
            byConsumer: null,
            byGroup: null,
          },
        ],
      },
    ]);
    rig.upstream(9000, answering(okResponse));
    rig.client('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    expect(rig.peers[0]!.received).toContain('\r\nContent-Length: 2\r\n');
    expect(rig.peers[0]!.received).not.toContain('chunked');
  });
});

describe('tunnels', () => {
  it('take everything that came before the switch', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      if (!peer.received.includes('frame'))
        rig.world.after(50, () =>
          peer.send('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
        );
    });
    const client = rig.client(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    for (let i = 0; i < 20; i++) client.send('frame'.repeat(2000));
    rig.world.run(10);
    expect(client.far.pausedNow).toBe(true);
    rig.world.run(100);
    client.send('last');
    rig.world.run();
    expect(rig.peers[0]!.received.endsWith('framelast')).toBe(true);
    expect(count(rig.peers[0]!.received, 'frame')).toBe(40_000);
  });
});
