// Two machines with a link between them, and a story of what each end was told.
import { createHost, type Host } from '../../../sim/hosts/host.ts';
import { createFaults } from '../../../sim/network/faults.ts';
import { createNetwork } from '../../../sim/network/network.ts';
import { createScheduler } from '../../../sim/scheduler/scheduler.ts';
import type { TcpClientHandler, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';

export const address = '10.0.0.1';

export function createPair() {
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

export type Pair = ReturnType<typeof createPair>;

export function tellAll(who: string, tell: (text: string) => void): TcpClientHandler {
  return {
    onConnect: () => tell(`${who} connected`),
    onData: (bytes, start, end) => tell(`${who} got ${bytes.toString('latin1', start, end)}`),
    onDrain: () => tell(`${who} drained`),
    onEnd: () => tell(`${who} fin`),
    onClose: (error) => tell(`${who} closed ${error}`),
  };
}

/** The server's handler records, and answers each piece in capitals. */
export function serve(pair: Pair, handler?: (connection: TcpConnection) => TcpHandler): void {
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

export function connect(pair: Pair, host: Host = pair.client): TcpConnection {
  let connection: TcpConnection | null = null;
  host.start((env) => {
    connection = env.tcp.connect(address, 80, tellAll('client', pair.tell));
  });
  pair.scheduler.runUntil(pair.scheduler.nowUs + 10_000);
  return connection!;
}

export const seconds = (pair: Pair, count: number): void =>
  pair.scheduler.runUntil(pair.scheduler.nowUs + count * 1_000_000);
