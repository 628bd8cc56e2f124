// HTTP as messages: whole and streamed replies, and every way in which an exchange does not come to its end.
import { describe, expect, it } from 'vitest';
import type { HttpCall, HttpHandler, HttpReply } from '../../../src/ports/http.ts';
import { createPair, type Pair, seconds } from './pair.ts';

function serveHttp(pair: Pair, handler: HttpHandler, bodyBytesMax = 1_000): void {
  pair.server.start((env) => {
    env.httpServer.listen({ host: '0.0.0.0', port: 80, bodyBytesMax }, handler, () => {});
  });
  pair.scheduler.runUntil(1_000);
}

function call(pair: Pair, body: Buffer | null = null, port = 80): HttpCall {
  let made: HttpCall | null = null;
  pair.client.start((env) => {
    made = env.httpClient({ host: '10.0.0.1', port, headers: { 'x-default': 'yes' } }).request(
      { method: body === null ? 'GET' : 'POST', path: '/a?b=c', headers: { 'x-own': '1' }, body },
      {
        onHead: (status) => pair.tell(`head ${status}`),
        onData: (bytes) => pair.tell(`data ${bytes.length > 20 ? bytes.length : bytes}`),
        onEnd: (error) => pair.tell(`end ${error}`),
      },
    );
  });
  pair.scheduler.runUntil(pair.scheduler.nowUs + 50);
  return made!;
}

/** Three pieces, a second apart, never an end: a watch. */
const endless =
  (pair: Pair): HttpHandler =>
  (_request, reply) => {
    reply.head(200, {});
    reply.onGone = () => pair.tell('server: gone');
    for (const [index, piece] of ['one', 'two', 'three'].entries())
      pair.scheduler.after(index * 1_000_000, () => reply.write(piece), pair.scheduler.lane('pieces'));
  };

const outcomes: readonly (readonly [string, (pair: Pair) => void, readonly string[]])[] = [
  [
    'request and reply',
    (pair) => {
      serveHttp(pair, (request, reply) => {
        reply.head(201, {});
        reply.end(`${request.method} ${request.path} ${Object.keys(request.headers).join()} ${request.body}`);
      });
      call(pair, Buffer.from('B'));
      seconds(pair, 1);
    },
    ['head 201', 'data 29', 'end null'],
  ],
  [
    'a body that is too large',
    (pair) => {
      serveHttp(pair, () => pair.tell('handler called'));
      call(pair, Buffer.alloc(1_001));
      seconds(pair, 1);
    },
    ['head 413', 'data 25', 'end null'],
  ],
  [
    'nobody listens',
    (pair) => {
      call(pair);
      seconds(pair, 1);
    },
    ['end ECONNREFUSED'],
  ],
  [
    'nobody owns the address',
    (pair) => {
      pair.network.detach(pair.server.machine, '10.0.0.1');
      call(pair);
      seconds(pair, 1);
    },
    ['end EHOSTUNREACH'],
  ],
  [
    'pieces come as they are written',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      seconds(pair, 60);
    },
    ['head 200', 'data one', 'data two', 'data three'],
  ],
  [
    'the server aborts',
    (pair) => {
      serveHttp(pair, (_request, reply) => {
        reply.head(200, {});
        reply.write('half');
        reply.abort();
      });
      call(pair);
      seconds(pair, 1);
    },
    ['head 200', 'data half', 'end ECONNRESET'],
  ],
  [
    'the server crashes in the middle',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      pair.server.crash();
      seconds(pair, 5);
    },
    ['head 200', 'data one', 'end ECONNRESET'],
  ],
  [
    'the client gives up: it hears no more, and the server is told',
    (pair) => {
      serveHttp(pair, endless(pair));
      const made = call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      made.cancel();
      seconds(pair, 5);
    },
    ['head 200', 'data one', 'server: gone'],
  ],
  [
    'a middlebox cuts it: both are told',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      expect(pair.faults.reset({ client: 'client', destination: ':80' })).toBe(1);
      seconds(pair, 5);
    },
    ['head 200', 'data one', 'end ECONNRESET', 'server: gone'],
  ],
  [
    'two middleboxes cut it at once: both are told, once',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      for (let box = 0; box < 2; box++) pair.faults.reset({ client: 'client', destination: ':80' });
      seconds(pair, 5);
    },
    ['head 200', 'data one', 'end ECONNRESET', 'server: gone'],
  ],
  [
    'a partition holds what is written, its end lets it go',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      const heal = pair.faults.partition('server', 'client');
      seconds(pair, 30);
      pair.tell('healed');
      heal();
      seconds(pair, 1);
    },
    ['head 200', 'data one', 'healed', 'data two', 'data three'],
  ],
  [
    'the server loses power: nobody tells the client, which waits',
    (pair) => {
      serveHttp(pair, endless(pair));
      call(pair);
      pair.scheduler.runUntil(pair.scheduler.nowUs + 500_000);
      pair.server.crash('power');
      seconds(pair, 600);
    },
    ['head 200', 'data one'],
  ],
];

describe('exchanges', () => {
  it.each(outcomes)('%s', (_name, run, expected) => {
    const pair = createPair();
    run(pair);
    expect([...pair.story].sort()).toEqual([...expected].sort());
  });

  it('a slow link makes the server wait for room', () => {
    const pair = createPair();
    let reply: HttpReply | null = null;
    let drainedUs = 0;
    serveHttp(pair, (_request, own) => {
      reply = own;
      own.head(200, {});
      own.onDrain = () => (drainedUs = pair.scheduler.nowUs);
    });
    call(pair);
    seconds(pair, 1);
    pair.faults.shape('server', 'client', { bytesPerSecond: 100_000 });
    const startUs = pair.scheduler.nowUs;
    expect(reply!.write(Buffer.alloc(200_000))).toBe(true);
    expect(reply!.write(Buffer.alloc(200_000))).toBe(false);
    seconds(pair, 10);
    expect(pair.story).toEqual(['head 200', 'data 200000', 'data 200000']);
    expect(drainedUs - startUs >= 2_000_000 && drainedUs - startUs < 4_100_000).toBe(true);
  });
});
