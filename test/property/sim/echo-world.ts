// An echo host and its clients over the in-memory network: the smallest world that can show determinism. Run as a program
// it prints the outcome of one run as JSON.

import { createHost, type HostEnv } from '../../../sim/hosts/host.ts';
import { createFaults } from '../../../sim/network/faults.ts';
import type { LinkProfile } from '../../../sim/network/link.ts';
import { createNetwork } from '../../../sim/network/network.ts';
import { createScheduler, type Recorder } from '../../../sim/scheduler/scheduler.ts';
import type { TcpClientHandler, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';

export interface EchoOptions {
  readonly seed: number;
  readonly clients: readonly string[];
  readonly rounds: number;
  readonly link?: Partial<LinkProfile>;
  readonly faults?: boolean;
  readonly recorder?: Recorder;
}

export interface EchoOutcome {
  readonly hash: string;
  readonly events: number;
  /** Per client: what happened to it, with virtual times. */
  readonly stories: Readonly<Record<string, readonly string[]>>;
  /** Per client: bytes sent and bytes that came back, in order. */
  readonly sent: Readonly<Record<string, string>>;
  readonly received: Readonly<Record<string, string>>;
}

const echoAddress = '10.0.0.1';

function serveEcho(env: HostEnv): void {
  env.tcp.listen(
    { host: '0.0.0.0', port: 7 },
    (connection): TcpHandler => ({
      onData(bytes, start, end) {
        if (!connection.write(Buffer.from(bytes.subarray(start, end)))) connection.pause();
      },
      onDrain: () => connection.resume(),
      onEnd: () => connection.end(),
      onClose() {},
    }),
    (error) => env.log.info('listening', { error }),
  );
}

interface Story {
  readonly lines: string[];
  sent: string;
  received: string;
}

function runClient(env: HostEnv, rounds: number, story: Story): void {
  const tell = (text: string): void => {
    story.lines.push(`${env.clock.monotonicUs()} ${text}`);
  };
  let round = 0;
  let connection: TcpConnection;
  const send = (): void => {
    const size = 1 + (env.random.uint32('size') % 2_000);
    const text = env.random.bytes('content', size).toString('base64');
    story.sent += text;
    connection.write(Buffer.from(text));
  };
  const handler: TcpClientHandler = {
    onConnect() {
      tell('connected');
      send();
    },
    onData(bytes, start, end) {
      story.received += bytes.toString('latin1', start, end);
      if (story.received.length < story.sent.length) return;
      tell(`echoed ${story.received.length}`);
      round++;
      if (round === rounds) connection.end();
      else env.clock.after(env.random.uint32('think') % 50, send);
    },
    onDrain() {},
    onEnd: () => tell('fin'),
    onClose: (error) => tell(`closed ${error}`),
  };
  env.clock.after(1 + (env.random.uint32('begin') % 20), () => {
    connection = env.tcp.connect(echoAddress, 7, handler);
  });
}

export function runEcho(options: EchoOptions): EchoOutcome {
  const scheduler = createScheduler({ seed: options.seed, recorder: options.recorder });
  const network = createNetwork(scheduler);
  const world = { scheduler, network };
  const faults = createFaults(network);
  if (options.link !== undefined) faults.shape('*', '*', options.link);
  createHost(world, { name: 'echo', addresses: [echoAddress] }).start(serveEcho);
  const stories: Record<string, Story> = {};
  for (const name of options.clients) {
    const story: Story = { lines: [], sent: '', received: '' };
    stories[name] = story;
    createHost(world, { name, clockSkewUs: 1_000 }).start((env) => runClient(env, options.rounds, story));
  }
  if (options.faults === true) {
    const lane = scheduler.lane('faults');
    scheduler.at(
      100_000,
      () => {
        const heal = faults.partition('echo', '*', 'to');
        scheduler.after(300_000, heal, lane);
      },
      lane,
    );
  }
  scheduler.runUntilIdle(10_000_000);
  const each = <Value>(pick: (story: Story) => Value): Record<string, Value> =>
    Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, pick(story)]));
  return {
    hash: scheduler.hash(),
    events: scheduler.eventCount,
    stories: each((story) => story.lines),
    sent: each((story) => story.sent),
    received: each((story) => story.received),
  };
}

if (import.meta.main) {
  const clients = Array.from({ length: 20 }, (_, index) => `client-${index}`);
  const { hash, events } = runEcho({ seed: Number(process.argv[2]), clients, rounds: 50, faults: true });
  process.stdout.write(JSON.stringify({ hash, events }));
}
