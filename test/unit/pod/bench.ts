// A pod server over byte streams held in memory, with time that is advanced by hand.
import { createPodServer, type PodServer } from '../../../sim/pod/server.ts';
import type { Tcp, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';
import { createKeyedRandom, createManualClock, type ManualClock } from '../controllers/manual-clock.ts';

export interface Client {
  send(text: string | Buffer): void;
  readonly received: () => string;
  readonly state: () => 'open' | 'ended' | 'cut' | 'reset' | 'refused';
}

export interface Bench {
  readonly clock: ManualClock;
  readonly server: PodServer;
  readonly exits: number[];
  connect(): Client;
}

export function createBench(environment: Record<string, string> = {}): Bench {
  const clock = createManualClock();
  const exits: number[] = [];
  let accept: ((connection: TcpConnection) => TcpHandler | null) | null = null;
  const tcp: Tcp = {
    listen(options, onAccept, done) {
      accept = onAccept;
      const close = (closed: () => void) => {
        accept = null;
        closed();
      };
      done(null, { host: options.host, port: options.port, close });
    },
    connect() {
      throw new Error('a pod server opens no connections');
    },
  };
  const server = createPodServer({
    clock,
    random: createKeyedRandom(1),
    tcp,
    host: '127.1.0.1',
    ports: [8080],
    identity: { pod: 'p', namespace: 'default', service: 's', node: 'n', uid: 'u' },
    environment,
    onExit: (code) => void exits.push(code),
  });
  server.start(() => {});

  function connect(): Client {
    let received = '';
    let state: ReturnType<Client['state']> = 'open';
    const take = (bytes: Buffer) => {
      received += bytes.toString('latin1');
      return true;
    };
    const connection: TcpConnection = {
      remoteAddress: '127.0.0.1',
      remotePort: 1,
      localAddress: '127.0.0.1',
      localPort: 8080,
      tls: null,
      write: take,
      write2: (first, second) => take(Buffer.concat([first, second])),
      pause() {},
      resume() {},
      end() {
        state = 'ended';
      },
      destroy() {
        if (state === 'open') state = 'cut';
      },
      reset() {
        state = 'reset';
      },
    };
    const handler = accept === null ? null : accept(connection);
    if (handler === null) state = 'refused';
    const send = (data: string | Buffer) => {
      const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
      handler?.onData(bytes, 0, bytes.length, 0);
    };
    return { send, received: () => received, state: () => state };
  }
  return { clock, server, exits, connect };
}
