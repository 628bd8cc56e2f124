// The simulated network is no kinder than a real one: refusals, holds, resets, back-pressure, buffers that rot.
import { describe, expect, it } from 'vitest';
import { createHost } from '../../../sim/hosts/host.ts';
import type { TcpConnection } from '../../../src/ports/tcp.ts';
import { address, connect, createPair, type Pair, seconds, serve, tellAll } from './pair.ts';

it.each([
  ['in time', false, '10.0.0.2'],
  // The kernel takes connection, bytes and reset for it.
  ['after a pause in which the client has reset', true, ''],
])('the address of who is taken %s', (_, isPaused, expected) => {
  const pair = createPair();
  serve(pair, (connection) => {
    pair.tell(`server took '${connection.remoteAddress}'`);
    return tellAll('server', pair.tell);
  });
  if (isPaused) pair.server.pause();
  const connection = connect(pair);
  connection.write(Buffer.from('late'));
  connection.reset!();
  seconds(pair, 1);
  pair.server.resume();
  seconds(pair, 1);
  expect(pair.story).toEqual([
    'client connected',
    `server took '${expected}'`,
    'server got late',
    'server closed ECONNRESET',
  ]);
});

describe('connections', () => {
  const outcomes: readonly (readonly [string, (pair: Pair) => void, readonly string[]])[] = [
    ['nobody listens', (pair) => connect(pair), ['client closed ECONNREFUSED']],
    [
      'nobody owns the address',
      (pair) => {
        pair.network.detach(pair.server.machine, address);
        connect(pair);
      },
      ['client closed EHOSTUNREACH'],
    ],
    [
      'the machine is off',
      (pair) => {
        serve(pair);
        pair.faults.blackhole('server');
        connect(pair);
        seconds(pair, 130);
      },
      ['client closed ETIMEDOUT'],
    ],
    [
      'bytes go to and fro, both ends close',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        connection.write(Buffer.from('hello'));
        seconds(pair, 1);
        connection.end();
        seconds(pair, 1);
        pair.server.crash();
        seconds(pair, 1);
      },
      ['client connected', 'client got HELLO', 'server fin', 'client fin', 'client closed null'],
    ],
    [
      'a partition holds bytes and its end lets them go',
      (pair) => {
        serve(pair);
        const connection = connect(pair);
        const heal = pair.faults.partition('client', 'server', 'from');
        connection.write(Buffer.from('held'));
        seconds(pair, 60);
        pair.tell('healed');
        heal();
        seconds(pair, 1);
      },
      ['client connected', 'healed', 'client got HELD'],
    ],
    [
      'a process that crashes closes its connections',
      (pair) => {
        serve(pair);
        connect(pair);
        pair.server.crash();
        seconds(pair, 1);
      },
      ['client connected', 'client fin'],
    ],
    [
      'a machine that loses power tells nobody',
      (pair) => {
        serve(pair);
        connect(pair);
        pair.server.crash('power');
        seconds(pair, 60);
      },
      ['client connected'],
    ],
    [
      'a reset reaches both ends',
      (pair) => {
        serve(pair);
        connect(pair);
        expect(pair.faults.reset({ client: 'client', destination: ':80' })).toBe(1);
        seconds(pair, 1);
      },
      ['client connected', 'client closed ECONNRESET', 'server closed ECONNRESET'],
    ],
  ];
  it.each(outcomes)('%s', (_name, run, expected) => {
    const pair = createPair();
    run(pair);
    expect([...pair.story].sort()).toEqual([...expected].sort());
  });

  it('refuses bytes when the window is full and asks for more when there is room', () => {
    const pair = createPair();
    let total = 0;
    let accepted: TcpConnection | null = null;
    serve(pair, (connection) => {
      accepted = connection;
      connection.pause();
      return { ...tellAll('server', pair.tell), onData: (_bytes, start, end) => (total += end - start) };
    });
    const connection = connect(pair);
    expect(connection.write(Buffer.alloc(200_000))).toBe(true);
    expect(connection.write(Buffer.alloc(200_000))).toBe(false);
    seconds(pair, 5);
    expect([pair.story, total]).toEqual([['client connected'], 0]);
    accepted!.resume();
    seconds(pair, 5);
    expect([pair.story, total]).toEqual([['client connected', 'client drained'], 400_000]);
  });

  it('tells of room also to an end that reads nothing at the moment', () => {
    const pair = createPair();
    let accepted: TcpConnection | null = null;
    serve(pair, (connection) => {
      accepted = connection;
      connection.pause();
      return tellAll('server', pair.tell);
    });
    const connection = connect(pair);
    seconds(pair, 1);
    connection.write(Buffer.alloc(1_000));
    expect(accepted!.write(Buffer.alloc(400_000))).toBe(false);
    seconds(pair, 5);
    expect(pair.story.filter((line) => line === 'server drained')).toHaveLength(1);
  });

  /** A relay from one connection to another whose reader is slow: what the reader gets of bytes that did not fit at once. */
  const relays: readonly (readonly [string, boolean, boolean])[] = [
    ['stay while their source is paused', true, true],
    ['are overwritten by the next read when it is not', false, false],
  ];
  it.each(relays)('received bytes handed to a full write %s', (_name, pauses, intact) => {
    const pair = createPair();
    const sizes: Map<string, number> = new Map();
    let source: TcpConnection | null = null;
    let sink: TcpConnection | null = null;
    pair.server.start((env) => {
      env.tcp.listen(
        { host: '0.0.0.0', port: 80 },
        (connection) => {
          if (source === null) source = connection;
          else connection.pause();
          sink = connection;
          return {
            ...tellAll('server', () => {}),
            onData(bytes, start, end) {
              for (const letter of bytes.toString('latin1', start, end))
                sizes.set(letter, (sizes.get(letter) ?? 0) + 1);
            },
          };
        },
        () => {},
      );
    });
    seconds(pair, 1);
    pair.client.start((env) => {
      const out = env.tcp.connect('10.0.0.1', 80, {
        ...tellAll('out', () => {}),
        onDrain: () => from.resume(),
      });
      const from: TcpConnection = env.tcp.connect('10.0.0.1', 80, {
        ...tellAll('from', () => {}),
        onData(bytes, start, end) {
          if (!out.write(bytes.subarray(start, end)) && pauses) from.pause();
        },
      });
    });
    seconds(pair, 1);
    // The first accepted is the sink: it reads only later.
    const [reader, writer] = [source!, sink!] as readonly TcpConnection[];
    reader!.pause();
    writer!.resume();
    const total = 400_000;
    writer!.write(Buffer.alloc(total, 'x'));
    seconds(pair, 5);
    reader!.resume();
    seconds(pair, 5);
    expect(sizes.get('x') === total).toBe(intact);
  });

  it('overwrites received bytes once the call is over', () => {
    const pair = createPair();
    let kept: Buffer = Buffer.alloc(0);
    serve(pair, () => ({
      ...tellAll('server', pair.tell),
      onData: (bytes, start, end) => {
        kept = bytes.subarray(start, end);
      },
    }));
    connect(pair).write(Buffer.from('secret'));
    seconds(pair, 1);
    expect(kept.toString('hex')).toBe('dbdbdbdbdbdb');
  });
});

describe('hosts', () => {
  it('run nothing of a life that ended, and start again from their factory', () => {
    const pair = createPair();
    pair.server.start((env) => {
      const life = pair.server.lives;
      env.clock.after(5_000, () => pair.tell(`life ${life}: timer`));
      env.storage.write('lives', Buffer.from(`${env.storage.read('lives') ?? ''}${life}`));
    });
    seconds(pair, 1);
    pair.server.crash();
    pair.server.restart();
    seconds(pair, 20);
    expect(pair.story).toEqual(['life 2: timer']);
  });

  it('receive nothing while paused and all of it afterwards', () => {
    const pair = createPair();
    serve(pair);
    const connection = connect(pair);
    pair.server.pause();
    connection.write(Buffer.from('wait'));
    seconds(pair, 5);
    expect(pair.story).toEqual(['client connected']);
    pair.server.resume();
    seconds(pair, 1);
    expect(pair.story).toEqual(['client connected', 'client got WAIT']);
  });

  it('tell their own time', () => {
    const pair = createPair();
    const times: number[] = [];
    const late = createHost(
      { scheduler: pair.scheduler, network: pair.network },
      {
        name: 'late',
        clockSkewUs: -3_000_000,
        clockRatePpm: 100_000,
      },
    );
    late.start((env) => env.clock.after(1_100, () => times.push(pair.scheduler.nowUs, env.clock.wallMs())));
    seconds(pair, 5);
    expect(times).toEqual([1_000_000, 1_767_225_600_000 + 1_100 - 3_000]);
  });
});
