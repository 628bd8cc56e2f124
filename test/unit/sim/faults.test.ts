// What faults do to connections that are open: who notices, when, and what comes through afterwards.
import { describe, expect, it } from 'vitest';
import { createHost } from '../../../sim/hosts/host.ts';
import type { TcpConnection } from '../../../src/ports/tcp.ts';
import { connect, createPair, type Pair, seconds, serve, tellAll } from './pair.ts';

describe('faults', () => {
  const outcomes: readonly (readonly [string, (pair: Pair) => void, readonly string[]])[] = [
    [
      'one-way partition: requests arrive, answers do not',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.story.length = 0;
        const heal = pair.faults.partition('server', 'client', 'to');
        connection.write(Buffer.from('ask'));
        seconds(pair, 30);
        pair.tell('healed');
        heal();
        seconds(pair, 1);
      },
      ['healed', 'client got ASK'],
    ],
    [
      'a clog lets all it held out in one burst, in order',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.story.length = 0;
        const release = pair.faults.clog('client', 'server');
        for (const letter of 'abc') {
          connection.write(Buffer.from(letter));
          seconds(pair, 1);
        }
        release();
        pair.scheduler.runUntil(pair.scheduler.nowUs + 2_000);
        pair.tell(`together ${pair.story.map((line) => line.slice('client got '.length)).join('')}`);
        pair.story.splice(0, pair.story.length - 1);
      },
      ['together ABC'],
    ],
    [
      'an unplugged machine gets everything once it is plugged in again',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.story.length = 0;
        const plugIn = pair.faults.blackhole('server');
        connection.write(Buffer.from('late'));
        seconds(pair, 60);
        expect(pair.story).toEqual([]);
        plugIn();
        seconds(pair, 1);
      },
      ['client got LATE'],
    ],
    [
      'a connection that is cut twice in a moment is reset, and what was under way is lost',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.story.length = 0;
        connection.write(Buffer.from('lost'));
        for (const _time of [1, 2]) pair.faults.reset({ client: 'client' });
        seconds(pair, 1);
      },
      ['server closed ECONNRESET', 'client closed ECONNRESET'],
    ],
    [
      'half-open: who writes to a machine without power is told after fifteen minutes',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.server.crash('power');
        pair.story.length = 0;
        connection.write(Buffer.from('anyone?'));
        seconds(pair, 900);
        pair.tell('900 s');
        seconds(pair, 60);
      },
      ['900 s', 'client closed ETIMEDOUT'],
    ],
    [
      'half-open: who writes nothing is never told',
      (pair) => {
        serve(pair);
        connect(pair);
        pair.server.crash('power');
        pair.story.length = 0;
        seconds(pair, 10_000);
      },
      [],
    ],
    [
      'a machine that has power again answers old connections with a reset',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.server.crash('power');
        pair.story.length = 0;
        connection.write(Buffer.from('still there?'));
        seconds(pair, 20);
        pair.tell('restarted');
        pair.server.restart();
        seconds(pair, 5);
      },
      ['restarted', 'client closed ECONNRESET'],
    ],
    [
      'so it does when the connection is used only after the restart',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.server.crash('power');
        pair.server.restart();
        seconds(pair, 5);
        pair.story.length = 0;
        connection.write(Buffer.from('hello again'));
        seconds(pair, 1);
      },
      ['client closed ECONNRESET'],
    ],
    [
      'a connect to a machine without power works once it has it back in time',
      (pair) => {
        serve(pair);
        pair.server.crash('power');
        connect(pair);
        seconds(pair, 30);
        pair.tell('restarted');
        pair.server.restart();
        seconds(pair, 1);
      },
      ['restarted', 'client connected'],
    ],
    [
      'a cut comes after its byte, in whatever pieces the bytes come, and once',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        pair.story.length = 0;
        const cut = {
          client: () => true,
          destination: () => true,
          side: 'server',
          bytes: 5,
        } as const;
        pair.faults.cutAt({ ...cut, onCut: () => false });
        connection.write(Buffer.from('abc'));
        seconds(pair, 1);
        connection.write(Buffer.from('defg'));
        seconds(pair, 1);
        const other = createHost(pair, { name: 'other', addresses: ['10.0.0.3'] });
        connect(pair, other).write(Buffer.from('whole again'));
        seconds(pair, 1);
      },
      [
        'client got ABC',
        'client got DE',
        'client closed ECONNRESET',
        'server closed ECONNRESET',
        'client connected',
        'client got WHOLE AGAIN',
      ],
    ],
    [
      'a cut before the first byte of a connection to come',
      (pair) => {
        serve(pair);
        pair.faults.cutAt({
          client: (name) => name === 'client',
          destination: (name) => name === '10.0.0.1:80',
          side: 'client',
          bytes: 0,
          onCut: () => true,
        });
        connect(pair).write(Buffer.from('nothing of it'));
        seconds(pair, 1);
      },
      ['client connected', 'server closed ECONNRESET', 'client closed ECONNRESET'],
    ],
    [
      'a machine that hears no knock goes on with who is in, and hears who knocked when it does again',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        const deaf = pair.faults.deafen('server');
        connect(pair, createHost(pair, { name: 'other', addresses: ['10.0.0.3'] }));
        connection.write(Buffer.from('still in'));
        seconds(pair, 30);
        pair.tell(`${deaf.unheard()} unheard`);
        deaf.end();
        seconds(pair, 2);
      },
      ['client connected', 'client got STILL IN', '1 unheard', 'client connected'],
    ],
    [
      'a connection reset by its owner: what was sent before arrives, then the reset',
      (pair) => {
        serve(pair, (connection) => ({
          ...tellAll('server', pair.tell),
          onData() {
            connection.write(Buffer.from('some'));
            connection.reset!();
          },
        }));
        connect(pair).write(Buffer.from('ask'));
        seconds(pair, 1);
      },
      ['client connected', 'client got some', 'client closed ECONNRESET'],
    ],
  ];
  it.each(outcomes)('%s', (_name, run, expected) => {
    const pair = createPair();
    run(pair);
    expect(pair.story).toEqual(expected);
  });

  it('the window stays shut while acknowledgements cannot come back', () => {
    const pair = createPair();
    let taken = 0;
    serve(pair, () => ({
      ...tellAll('server', pair.tell),
      onData: (_bytes, start, end) => (taken += end - start),
    }));
    const connection = connect(pair);
    const heal = pair.faults.partition('server', 'client', 'to');
    expect(connection.write(Buffer.alloc(262_144))).toBe(true);
    seconds(pair, 1);
    expect(taken).toBe(262_144);
    expect(connection.write(Buffer.alloc(100_000))).toBe(false);
    seconds(pair, 60);
    expect(taken).toBe(262_144);
    heal();
    seconds(pair, 2);
    expect([taken, pair.story]).toEqual([362_144, ['client connected', 'client drained']]);
  });

  it('two connections share the bytes per second of their link', () => {
    const pair = createPair();
    const doneUs: number[] = [];
    serve(pair, () => {
      let taken = 0;
      return {
        ...tellAll('server', () => {}),
        onData(_bytes, start, end) {
          taken += end - start;
          if (taken === 50_000) doneUs.push(pair.scheduler.nowUs);
        },
      };
    });
    const connections: TcpConnection[] = [];
    pair.client.start((env) => {
      for (let i = 0; i < 2; i++)
        connections.push(
          env.tcp.connect(
            '10.0.0.1',
            80,
            tellAll('client', () => {}),
          ),
        );
    });
    seconds(pair, 1);
    const restore = pair.faults.shape('client', 'server', { bytesPerSecond: 10_000 });
    const startUs = pair.scheduler.nowUs;
    for (const connection of connections) connection.write(Buffer.alloc(50_000));
    seconds(pair, 20);
    const last = Math.max(...doneUs) - startUs;
    expect(doneUs).toHaveLength(2);
    expect(last >= 10_000_000 && last < 10_010_000).toBe(true);
    restore();
    const againUs = pair.scheduler.nowUs;
    doneUs.length = 0;
    connections[0]!.write(Buffer.alloc(10));
    seconds(pair, 1);
    expect(pair.scheduler.nowUs - againUs).toBe(1_000_000);
  });

  it('bytes that are there together come out of one read or of several, never in another order', () => {
    const pair = createPair();
    const reads: string[] = [];
    let accepted: TcpConnection | null = null;
    serve(pair, (connection) => {
      accepted = connection;
      connection.pause();
      return {
        ...tellAll('server', () => {}),
        onData: (bytes, start, end) => reads.push(bytes.toString('latin1', start, end)),
      };
    });
    const connection = connect(pair);
    const text = 'abcdefghijklmnopqrstuvwxyz';
    for (const letter of text) connection.write(Buffer.from(letter));
    seconds(pair, 1);
    accepted!.resume();
    seconds(pair, 1);
    expect(reads.join('')).toBe(text);
    expect(reads.some((read) => read.length === 2) && reads.some((read) => read.length === 1)).toBe(true);
  });

  it('a link with short segments cuts bytes anywhere', () => {
    const pair = createPair();
    const reads: number[] = [];
    serve(pair, () => ({
      ...tellAll('server', () => {}),
      onData: (_b, start, end) => reads.push(end - start),
    }));
    const connection = connect(pair);
    pair.faults.shape('client', 'server', { segmentBytesMax: 7 });
    connection.write(Buffer.alloc(1_000));
    seconds(pair, 1);
    expect(reads.reduce((sum, size) => sum + size, 0)).toBe(1_000);
    expect(new Set(reads).size).toBe(7);
  });
});
