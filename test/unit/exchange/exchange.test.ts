// One exchange after the other over sockets in memory: what the client sees and what the upstream sees.
import { describe, expect, it } from 'vitest';
import { statisticsLayout } from '../../../src/proxy/server/statistics.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello';
const seconds = 1000;

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('keep-alive', () => {
  it('serves many requests over one connection each side', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client(get);
    for (let i = 0; i < 4; i++) {
      client.send(get);
      rig.world.run();
    }
    expect(count(client.received, 'HTTP/1.1 200 OK')).toBe(5);
    expect(rig.peers.length).toBe(1);
    expect(client.hasEnded).toBe(false);
  });

  it('answers pipelined requests in order', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client(`${get}${get}${post}${get}`);
    expect(count(client.received, 'HTTP/1.1 200 OK')).toBe(4);
    expect(rig.peers[0]!.requests.map((head) => head.split(' ')[0])).toEqual(['GET', 'GET', 'POST', 'GET']);
  });

  it('answers a pipeline of refused requests without deep recursion', () => {
    const rig = createRig([]);
    const client = rig.client(get.repeat(2000));
    rig.world.run(50);
    expect(count(client.received, 'HTTP/1.1 404')).toBe(2000);
  });

  it('closes after Connection: close', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(client.received).toContain('Connection: close\r\n');
    expect(client.hasEnded).toBe(true);
  });

  it('keeps HTTP/1.0 open only when asked', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    expect(rig.client('GET / HTTP/1.0\r\n\r\n').hasEnded).toBe(true);
    const kept = rig.client('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect(kept.hasEnded).toBe(false);
    expect(kept.received).toContain('Connection: keep-alive\r\n');
  });

  it('closes idle connections in their time', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    const client = rig.client(get);
    rig.world.run(76 * seconds);
    expect(client.lostWith).not.toBe(null);
    expect(rig.peers[0]!.isLost).toBe(true);
    expect(rig.statistics[statisticsLayout.connectionsActive]).toBe(0);
    expect(rig.statistics[statisticsLayout.exchangesActive]).toBe(0);
  });

  it('refuses connections over the limit while all others have a request under way', () => {
    const rig = createRig([toPort(9000)], { connectionsMax: 2 });
    rig.upstream(9000, () => {});
    const busy = [rig.client(get), rig.client(get)];
    expect(rig.client(get).lostWith).not.toBe(null);
    expect(busy.map(({ lostWith }) => lostWith)).toEqual([null, null]);
    expect(rig.statistics[statisticsLayout.connectionsRefused]).toBe(1);
  });

  it.each(['', 'GET /sl', get])(
    'for one more than the limit the longest waiting leaves (it sent %j)',
    (sent) => {
      const rig = createRig([toPort(9000)], { connectionsMax: 3 });
      rig.upstream(9000, answering(okResponse));
      const waiting = [0, 1, 2].map(() => {
        const client = rig.client(sent);
        rig.world.run(1 * seconds);
        return client;
      });
      expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 200/);
      expect(waiting.map(({ lostWith }) => lostWith === null)).toEqual([false, true, true]);
      expect(rig.statistics[statisticsLayout.connectionsDisplaced]).toBe(1);
    },
  );

  it('upstreams and clients share what the worker may open, and both find room', () => {
    const rig = createRig([toPort(9000)], { socketsMax: 16 });
    rig.upstream(9000, answering(okResponse));
    for (let i = 0; i < 100; i++) {
      rig.client();
      expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 200/);
      const clients = rig.statistics[statisticsLayout.connectionsActive]!;
      const upstreams = rig.peers.filter(({ isLost }) => !isLost).length;
      expect(clients + upstreams).toBeLessThanOrEqual(16);
    }
    expect(rig.statistics[statisticsLayout.connectionsRefused]).toBe(0);
  });

  it('without a descriptor left it closes somebody who waits, and connects', () => {
    const rig = createRig([{ ...toPort(9000), service: { retries: 0 } }]);
    rig.upstream(9000, answering(okResponse));
    const idle = rig.client();
    rig.tcp.connectErrors.set(9000, 'EMFILE');
    const client = rig.client();
    client.send(get);
    rig.world.run();
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    expect(idle.lostWith).not.toBe(null);
  });
});

describe('heads', () => {
  it('writes what the upstream has to know and nothing hop by hop', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    rig.client(
      'GET /a%20b?x=1 HTTP/1.1\r\nHost: Shop.Example:80\r\nConnection: keep-alive, X-Secret\r\nX-Secret: 1\r\nTE: trailers\r\n' +
        'X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nKeep-Alive: 5\r\nProxy: x\r\nAccept: a\r\nVia: 1.0 b\r\n\r\n',
    );
    const head = rig.peers[0]!.received;
    expect(head).toMatch(/^GET \/a%20b\?x=1 HTTP\/1\.1\r\nHost: 10\.0\.0\.1:9000\r\n/);
    for (const line of [
      'X-Forwarded-For: 1.2.3.4, 10.9.8.7',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: shop.example',
      'X-Forwarded-Port: 8000',
      'X-Forwarded-Path: /a%20b',
      'X-Real-IP: 10.9.8.7',
      'Via: 1.0 b, 1.1 kong/3.9.1',
      'TE: trailers',
      'Accept: a',
      'Connection: keep-alive',
    ])
      expect(head).toContain(`\r\n${line}\r\n`);
    expect(head).not.toMatch(/X-Secret|Keep-Alive: 5|Proxy: x|https/);
    expect(head).toMatch(/\r\nX-Kong-Request-Id: [0-9a-f]{32}\r\n/);
  });

  it('strips the path and names the prefix', () => {
    const rig = createRig([
      { ...toPort(9000), prefix: '/api', route: { stripPath: true }, service: { path: '/v1' } },
    ]);
    rig.upstream(9000, answering(okResponse));
    rig.client('GET /api/items?q HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(rig.peers[0]!.received).toMatch(/^GET \/v1\/items\?q HTTP/);
    expect(rig.peers[0]!.received).toContain('X-Forwarded-Prefix: /api\r\n');
  });

  it('reduces absolute-form and takes its host', () => {
    const rig = createRig([{ ...toPort(9000), host: 'b', route: { preserveHost: true } }]);
    rig.upstream(9000, answering(okResponse));
    rig.client('GET http://b/x?y HTTP/1.1\r\nHost: other\r\n\r\n');
    expect(rig.peers[0]!.received).toMatch(/^GET \/x\?y HTTP\/1\.1\r\nHost: b\r\n/);
  });

  it('adds its own lines to the response and drops hop-by-hop ones', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(
      9000,
      answering(
        'HTTP/1.1 200 OK\r\nServer: test\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nContent-Length: 2\r\n\r\nhi',
      ),
    );
    const { received } = rig.client(get);
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: test\r\nContent-Length: 2\r\n/);
    expect(received).toContain('Via: 1.1 kong/3.9.1\r\n');
    expect(received).toMatch(/X-Kong-Upstream-Latency: \d+\r\n/);
    expect(received).not.toMatch(/X-Hop|Keep-Alive/);
    expect(received.endsWith('\r\n\r\nhi')).toBe(true);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nServer: t\r\nDate: d\r\nContent-Length: 99\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nServer: t\r\nDate: d\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nServer: t\r\nDate: d\r\nContent-Length: 5\r\n\r\n'],
  ])('%s with a response without a body keeps the connection', (method, response) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(response));
    const request = `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;
    const client = rig.client(request);
    client.send(request);
    rig.world.run();
    expect(count(client.received, 'HTTP/1.1 ')).toBe(2);
    expect(rig.peers.length).toBe(1);
  });
});

describe('own answers', () => {
  it('says that no route matched, as Kong does', () => {
    const rig = createRig([]);
    const { received } = rig.client('GET / HTTP/1.1\r\nHost: nobody\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    const body = JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4)) as Record<string, string>;
    expect(body['message']).toBe('no Route matched with those values');
    expect(received).toContain(`X-Kong-Request-Id: ${body['request_id']}\r\n`);
    expect(received).toContain('Server: kong/3.9.1\r\n');
  });

  it.each([
    ['redirect', 301, /^HTTP\/1\.1 301 .*\r\nLocation: https:\/\/a\/x\?y\r\n/s],
    ['426', 426, /^HTTP\/1\.1 426 Upgrade Required\r\n.*Upgrade: TLS\/1\.2, HTTP\/1\.1\r\n/s],
  ])('sends HTTPS-only routes away by %s', (_name, status, expected) => {
    const rig = createRig([{ ...toPort(9000), route: { allowsHttp: false, httpsRedirectStatus: status } }]);
    expect(rig.client('GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n').received).toMatch(expected);
  });

  it('tells gRPC over HTTP/1 to upgrade', () => {
    const rig = createRig([{ ...toPort(9000), route: { isGrpc: true } }]);
    const head = 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n';
    expect(rig.client(head).received).toMatch(
      /^HTTP\/1\.1 426 .*grpc-message: Please use HTTP2 protocol\r\n.*Upgrade: HTTP\/2\r\nConnection: Upgrade\r\n/s,
    );
  });

  it('fails closed', () => {
    const rig = createRig([{ ...toPort(9000), route: { unavailableReason: 'key-auth is broken' } }]);
    expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 503/);
    expect(rig.peers.length).toBe(0);
  });

  it('answers 503 without a target and without a service', () => {
    expect(createRig([toPort()]).client(get).received).toContain(
      'failure to get a peer from the ring-balancer',
    );
    const rig = createRig([{ ...toPort(9000), route: { service: null } }]);
    expect(rig.client(get).received).toContain('no Service found with those values');
  });

  it('writes an access line for each', () => {
    const rig = createRig([]);
    rig.client(get);
    rig.world.run(seconds);
    const line = JSON.parse(rig.lines[0]!) as { response: { status: number }; reason: string };
    expect([line.response.status, line.reason]).toEqual([404, 'no_route']);
  });
});
