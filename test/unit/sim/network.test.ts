// The simulated network is no kinder than a real one: refusals, holds, resets, back-pressure, buffers that rot.
import { describe, expect, it } from 'vitest';
import { createHost, type Host } from '../../../sim/hosts/host.ts';
import { createFaults } from '../../../sim/network/faults.ts';
import { createNetwork } from '../../../sim/network/network.ts';
import { createScheduler } from '../../../sim/scheduler/scheduler.ts';
import type { TcpClientHandler, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';

const address = '10.0.0.1';

function createPair() {
  const scheduler = createScheduler({ seed: 1 });
  const network = createNetwork(scheduler);
  const world = { scheduler, network };
  const server = createHost(world, { name: 'server', addresses: [address] });
  const client = createHost(world, { name: 'client', addresses: ['10.0.0.2'] });
  const story: string[] = [];
  const tell = (text: string): void => {
    story.push(text);
  };
  return { scheduler, network, faults: createFaults(network), server, client, story, tell };
}

type Pair = ReturnType<typeof createPair>;

function tellAll(who: string, tell: (text: string) => void): TcpClientHandler {
  return {
    onConnect: () => tell(`${who} connected`),
    onData: (bytes, start, end) => tell(`${who} got ${bytes.toString('latin1', start, end)}`),
    onDrain: () => tell(`${who} drained`),
    onEnd: () => tell(`${who} fin`),
    onClose: (error) => tell(`${who} closed ${error}`),
  };
}

/** The server's handler records, and answers each piece in capitals. */
function serve(pair: Pair, handler?: (connection: TcpConnection) => TcpHandler): void {
  pair.server.start((env) => {
    env.tcp.listen(
      { host: '0.0.0.0', port: 80 },
      handler ??
        ((connection) => ({
          ...tellAll('server', pair.tell),
          onData: (bytes, start, end) => {
            connection.write(Buffer.from(bytes.toString('latin1', start, end).toUpperCase()));
          },
        })),
      () => {},
    );
  });
  pair.scheduler.runUntil(1_000);
}

function connect(pair: Pair, host: Host = pair.client): TcpConnection {
  let connection: TcpConnection | null = null;
  host.start((env) => {
    connection = env.tcp.connect(address, 80, tellAll('client', pair.tell));
  });
  pair.scheduler.runUntil(pair.scheduler.nowUs + 10_000);
  return connection!;
}

const seconds = (pair: Pair, count: number): void =>
  pair.scheduler.runUntil(pair.scheduler.nowUs + count * 1_000_000);

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
