// What goes wrong between a client and an upstream, and what each side is told: retries, cuts, timeouts, drains.
import { describe, expect, it } from 'vitest';
import type { TargetHealth } from '../../../src/proxy/balance/balancer.ts';
import { statisticsLayout, sumExits } from '../../../src/proxy/server/statistics.ts';
import { answering, createRig, okResponse, toPort, type UpstreamPeer } from './rig.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello';
const seconds = 1000;

function silent(): void {}

function dropping(peer: UpstreamPeer): void {
  peer.socket.destroy();
}

function recorder(): { readonly health: TargetHealth; readonly reports: string[] } {
  const reports: string[] = [];
  const health: TargetHealth = {
    reportStatus: (status) => void reports.push(String(status)),
    reportTcpFailure: () => void reports.push('tcp'),
    reportTimeout: () => void reports.push('timeout'),
  };
  return { health, reports };
}

describe('retries', () => {
  it.each([['GET', get] as const, ['POST', post] as const])(
    '%s goes to another target when nobody listens',
    (_name, text) => {
      const { health, reports } = recorder();
      const rig = createRig([
        {
          host: '*',
          prefix: '/',
          targets: [
            { host: '10.0.0.1', port: 9000, health },
            { host: '10.0.0.1', port: 9001 },
          ],
        },
      ]);
      rig.upstream(9001, answering(okResponse));
      const { received } = rig.client(text);
      expect(received).toMatch(/^HTTP\/1\.1 200/);
      expect(rig.peers[0]!.received).toContain('Host: 10.0.0.1:9001\r\n');
      expect(reports).toEqual(['tcp']);
    },
  );

  it('GET is sent again when the connection closes before an answer', () => {
    const rig = createRig([toPort(9000, 9001)]);
    rig.upstream(9000, dropping);
    rig.upstream(9001, answering(okResponse));
    expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 200/);
    expect(rig.statistics[statisticsLayout.retries]).toBe(1);
  });

  it('POST is never sent twice', () => {
    const rig = createRig([toPort(9000, 9001)]);
    rig.upstream(9000, dropping);
    rig.upstream(9001, answering(okResponse));
    expect(rig.client(post).received).toMatch(/^HTTP\/1\.1 502/);
    expect(rig.peers.length).toBe(1);
  });

  it('a stale connection costs no try', () => {
    const rig = createRig([{ ...toPort(9000), service: { retries: 0 } }]);
    let served = 0;
    rig.upstream(9000, (peer) => {
      // The first connection answers once and dies on its second request.
      if (peer === rig.peers[0] && served++ > 0) peer.socket.destroy();
      else peer.send(okResponse);
    });
    const client = rig.client(get);
    client.send(get);
    rig.world.run();
    expect(client.received.split('HTTP/1.1 200').length - 1).toBe(2);
    expect(rig.peers.length).toBe(2);
  });

  it('gives up after the tries that the service allows', () => {
    const rig = createRig([{ ...toPort(9000, 9001), service: { retries: 2 } }]);
    rig.upstream(9000, dropping);
    rig.upstream(9001, dropping);
    expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 502/);
    expect(rig.peers.length).toBe(3);
  });

  it('what is not HTTP is a 502 and not tried again', () => {
    const rig = createRig([toPort(9000, 9001)]);
    rig.upstream(9000, (peer) => peer.send('HELLO\r\n\r\n'));
    expect(rig.client(get).received).toContain('An invalid response was received from the upstream server');
    expect(rig.peers.length).toBe(1);
  });
});

describe('cut responses', () => {
  it.each([
    ['counted', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('a %s body that stops is a reset for the client', (_name, response) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      peer.send(response);
      rig.world.after(1, () => peer.socket.destroy());
    });
    const client = rig.client(get);
    rig.world.run();
    expect(client.lostWith).toBe('ECONNRESET');
    expect(client.hasEnded).toBe(false);
    expect(client.received).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(sumExits(rig.statistics, 'response_cut')).toBe(1);
  });

  it('a body until close is framed in chunks and ends well', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      peer.send('HTTP/1.0 200 OK\r\n\r\nhello');
      peer.socket.end();
    });
    const client = rig.client(get);
    expect(client.received).toContain('Transfer-Encoding: chunked\r\n');
    expect(client.received.endsWith('\r\n\r\n5\r\nhello\r\n0\r\n\r\n')).toBe(true);
    expect(client.hasEnded).toBe(false);
  });

  it('chunks for an HTTP/1.0 client are taken apart', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) =>
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'),
    );
    const client = rig.client('GET / HTTP/1.0\r\n\r\n');
    expect(client.received.endsWith('\r\n\r\nhello!')).toBe(true);
    expect(client.received).not.toContain('Transfer-Encoding');
    expect(client.hasEnded).toBe(true);
  });

  it('chunks with trailers pass as they are', () => {
    const rig = createRig([toPort(9000)]);
    const body = '5;x=1\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n';
    rig.upstream(9000, answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`));
    const client = rig.client(get);
    expect(client.received.endsWith(`\r\n\r\n${body}`)).toBe(true);
    client.send(get);
    rig.world.run();
    expect(rig.peers.length).toBe(1);
  });
});

describe('timeouts', () => {
  it('an upstream that does not answer is a 504', () => {
    const { health, reports } = recorder();
    const rig = createRig([
      {
        host: '*',
        prefix: '/',
        targets: [{ host: '10.0.0.1', port: 9000, health }],
        service: { readTimeoutMs: 1000, retries: 0 },
      },
    ]);
    rig.upstream(9000, silent);
    const client = rig.client(get);
    rig.world.run(2 * seconds);
    expect(client.received).toContain('The upstream server is timing out');
    expect(reports).toEqual(['timeout']);
  });

  it('an upstream that cannot be reached is a 504 after the connect timeout', () => {
    const rig = createRig([{ ...toPort(9000), service: { connectTimeoutMs: 500, retries: 0 } }]);
    rig.tcp.silentPorts.add(9000);
    const client = rig.client(get);
    rig.world.run(1 * seconds);
    expect(client.received).toMatch(/^HTTP\/1\.1 504/);
  });

  it('a head that does not come is a 408', () => {
    const rig = createRig([], { headTimeoutMs: 3000 });
    const client = rig.client('GET / HTTP/1.1\r\nHo');
    rig.world.run(4 * seconds);
    expect(client.received).toMatch(/^HTTP\/1\.1 408/);
  });

  it('a body that does not come is a 408', () => {
    const rig = createRig([{ ...toPort(9000), service: { readTimeoutMs: 1000 } }]);
    rig.upstream(9000, silent);
    // The service's own read timeout does not run while the client is the one who is late.
    const client = rig.client(post.slice(0, -2));
    rig.world.run(59 * seconds);
    expect(client.received).toBe('');
    rig.world.run(3 * seconds);
    expect(client.received).toMatch(/^HTTP\/1\.1 408/);
  });
});

describe('clients that leave', () => {
  it('the upstream is cancelled', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, silent);
    const client = rig.client(get);
    client.socket.destroy();
    rig.world.run();
    expect(rig.peers[0]!.isLost).toBe(true);
    rig.world.run(1 * seconds);
    expect(JSON.parse(rig.lines[0]!)).toMatchObject({ response: { status: 499 }, reason: 'client_gone' });
  });

  it('one that only half closed gets its answer', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => rig.world.after(100, () => peer.send(okResponse)));
    const client = rig.client(get);
    client.socket.end();
    rig.world.run(1 * seconds);
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    expect(client.hasEnded).toBe(true);
  });

  it('one that closed for good holds the upstream only for the grace time', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, silent);
    rig.client(get).socket.end();
    rig.world.run(3 * seconds);
    expect(rig.peers[0]!.isLost).toBe(true);
  });
});

describe('idle upstream connections', () => {
  it('that speak unasked are closed', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client(get);
    rig.peers[0]!.send('HTTP/1.1 408 Too slow\r\n\r\n');
    rig.world.run();
    expect(rig.peers[0]!.isLost).toBe(true);
    client.send(get);
    rig.world.run();
    expect(client.received.split('HTTP/1.1 200').length - 1).toBe(2);
  });

  it('close when their endpoint is retired, busy ones after their request', () => {
    const rig = createRig([]);
    const endpoint = rig.serving.endpoints.acquire('10.0.0.1', 9000, null);
    expect(rig.serving.endpoints.acquire('10.0.0.1', 9000, null)).toBe(endpoint);
    rig.serving.endpoints.release(endpoint);
    rig.serving.endpoints.release(endpoint);
    expect(rig.serving.endpoints.acquire('10.0.0.1', 9000, null)).not.toBe(endpoint);
  });
});

describe('back-pressure', () => {
  it('a slow client stops the upstream, and its drain lets it go on', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc'));
    const client = rig.client();
    client.far.isSlow = true;
    client.send(get);
    rig.world.run();
    const near = rig.peers[0]!.socket.peer!;
    expect(near.pausedNow).toBe(true);
    rig.peers[0]!.send('def');
    rig.world.run();
    expect(client.received.endsWith('abc')).toBe(true);
    client.far.drain();
    rig.world.run();
    expect(client.received.endsWith('abcdef')).toBe(true);
  });

  it('a slow upstream stops the client', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      if (peer.received.includes('0123456789')) peer.send(okResponse);
    });
    const client = rig.client('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n012');
    const near = rig.peers[0]!.socket.peer!;
    near.isSlow = true;
    client.send('345');
    rig.world.run();
    expect(client.far.pausedNow).toBe(true);
    client.send('6789');
    rig.world.run();
    expect(rig.peers[0]!.received).not.toContain('6789');
    near.drain();
    rig.world.run();
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
  });
});

describe('drain', () => {
  it('closes idle connections, finishes what runs, announces the end', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => rig.world.after(50, () => peer.send(okResponse)));
    const idle = rig.client();
    const busy = rig.client(get);
    let isDrained = false;
    rig.serving.drain(10 * seconds, () => {
      isDrained = true;
    });
    rig.world.run();
    expect(idle.lostWith).not.toBe(null);
    expect(rig.client().lostWith).toBe('ECONNREFUSED');
    expect(isDrained).toBe(false);
    rig.world.run(100);
    expect(busy.received).toContain('Connection: close\r\n');
    busy.socket.end();
    rig.world.run();
    expect(isDrained).toBe(true);
  });

  it('cuts what is left at its deadline', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, silent);
    const client = rig.client(get);
    let isDrained = false;
    rig.serving.drain(1 * seconds, () => {
      isDrained = true;
    });
    rig.world.run(2 * seconds);
    expect(isDrained).toBe(true);
    expect(client.lostWith).toBe('ECONNRESET');
  });
});

describe('interim responses and upgrades', () => {
  it('answers Expect itself and passes other 1xx on', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      if (peer.received.includes('hello'))
        peer.send(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${okResponse}`);
    });
    const client = rig.client(
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    );
    expect(client.received).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('hello');
    rig.world.run();
    expect(client.received.split('HTTP/1.1 ').map((part) => part.slice(0, 3))).toEqual([
      '',
      '100',
      '103',
      '200',
    ]);
    expect(rig.peers[0]!.received).not.toContain('Expect');
  });

  it('refuses other expectations', () => {
    const rig = createRig([toPort(9000)]);
    expect(rig.client('GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n').received).toMatch(
      /^HTTP\/1\.1 417/,
    );
  });

  it('tunnels a WebSocket both ways and closes it with either side', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      if (peer.received.endsWith('\r\n\r\n'))
        peer.send(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome',
        );
      else peer.send('echo');
    });
    const client = rig.client(
      'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(rig.peers[0]!.received).toContain('Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n');
    expect(client.received).toMatch(/^HTTP\/1\.1 101 /);
    expect(client.received).toContain('Upgrade: websocket\r\n');
    expect(client.received).toContain('Connection: Upgrade\r\n');
    client.send('frame');
    rig.world.run();
    expect(client.received.endsWith('welcomeecho')).toBe(true);
    client.socket.end();
    rig.world.run();
    expect(rig.peers[0]!.hasEnded).toBe(true);
    rig.peers[0]!.socket.end();
    rig.world.run();
    expect(client.hasEnded).toBe(true);
    expect(rig.statistics[statisticsLayout.exchangesActive]).toBe(0);
  });

  it('an early answer ends an upload', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(
      9000,
      answering('HTTP/1.1 413 Too Big\r\nServer: t\r\nDate: d\r\nContent-Length: 0\r\n\r\n'),
    );
    const client = rig.client('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nsome');
    expect(client.received).toMatch(/^HTTP\/1\.1 413/);
    expect(client.received).toContain('Connection: close\r\n');
    client.send('more');
    rig.world.run(6 * seconds);
    expect(client.lostWith).not.toBe(null);
    expect(rig.peers[0]!.isLost).toBe(true);
  });
});
