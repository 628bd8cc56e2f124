// A proxy between scripted clients and scripted upstreams, all in memory.
import { silentLog } from '../../../src/ports/log.ts';
import type { TcpConnection, TcpHandler, TlsInfo } from '../../../src/ports/tcp.ts';
import type { Tls } from '../../../src/ports/tls.ts';
import type { Compiled } from '../../../src/proxy/compile/compiled.ts';
import type { WorkerOptions } from '../../../src/proxy/server/protocol.ts';
import { routeCounterCount } from '../../../src/proxy/server/route-counters.ts';
import { createServing, type Serving } from '../../../src/proxy/server/serve.ts';
import { statisticsWords } from '../../../src/proxy/server/statistics.ts';
import type { EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { type StaticRoute, staticTables } from '../../bench/static-tables.ts';
import { type MemorySocket, MemoryTcp, MemoryWorld } from './memory-tcp.ts';

export const proxyPort = 8000;
const proxyTlsPort = 8443;

/** One connection that an upstream has accepted. */
export class UpstreamPeer implements TcpHandler {
  readonly socket: MemorySocket;
  received = '';
  hasEnded = false;
  isLost = false;
  private readonly answer: (peer: UpstreamPeer) => void;

  constructor(socket: MemorySocket, answer: (peer: UpstreamPeer) => void) {
    this.socket = socket;
    this.answer = answer;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    this.received += bytes.toString('latin1', start, end);
    this.answer(this);
  }

  onDrain(): void {}

  onEnd(): void {
    this.hasEnded = true;
  }

  onClose(): void {
    this.isLost = true;
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** Heads received so far. */
  get requests(): string[] {
    return this.received
      .split(/(?=(?:GET|POST|PUT|HEAD|OPTIONS|DELETE) [^ ]+ HTTP\/1\.1\r\n)/)
      .filter((part) => part !== '');
  }
}

/** One client connection. */
export class ClientPeer implements TcpHandler {
  socket!: MemorySocket;
  received = '';
  hasEnded = false;
  lostWith: string | null = null;

  onConnect(): void {}

  onData(bytes: Buffer, start: number, end: number): void {
    this.received += bytes.toString('latin1', start, end);
  }

  onDrain(): void {}

  onEnd(): void {
    this.hasEnded = true;
  }

  onClose(error: string | null): void {
    this.lostWith = error ?? 'closed';
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** The proxy's end of the connection. */
  get far(): MemorySocket {
    return this.socket.peer!;
  }
}

export interface Rig {
  readonly world: MemoryWorld;
  readonly tcp: MemoryTcp;
  readonly serving: Serving;
  readonly peers: UpstreamPeer[];
  readonly statistics: Float64Array;
  readonly routeCounters: Float64Array;
  readonly lines: string[];
  client(text?: string): ClientPeer;
  /** One whose handshake came to this. */
  tlsClient(info: TlsInfo, text?: string): ClientPeer;
  upstream(port: number, answer: (peer: UpstreamPeer) => void): void;
}

/** Handshakes of clients have happened before; upstreams have none. */
function handshaken(tcp: MemoryTcp, info: () => TlsInfo): Tls {
  return {
    listen: (options, accept, done) =>
      tcp.listen(
        options,
        (connection) => {
          (connection as MemorySocket).tls = info();
          return accept(connection);
        },
        done,
      ),
    connect() {
      throw new Error('no TLS towards upstreams in memory');
    },
  };
}

type Tables = (endpoints: EndpointRegistry) => Compiled;

/** `routes`: without a config behind them, or tables made of one. */
export function createRig(
  routes: readonly StaticRoute[] | Tables,
  options: Partial<WorkerOptions> = {},
): Rig {
  const world = new MemoryWorld();
  const tcp = new MemoryTcp(world);
  let draws = 0;
  const random = {
    uint32: () => draws++,
    bytes: (_stream: string, length: number) => Buffer.alloc(length, draws++ & 255),
  };
  const statistics = new Float64Array(statisticsWords);
  const routeCounters = new Float64Array(routeCounterCount(8));
  const lines: string[] = [];
  let handshake: TlsInfo | null = null;
  const holder: { tables: Compiled | null } = { tables: null };
  const serving = createServing(
    { clock: world, random, tcp, tls: handshaken(tcp, () => handshake!), log: silentLog },
    {
      kind: 'start',
      index: 0,
      host: '127.0.0.1',
      httpPort: proxyPort,
      httpsPort: proxyTlsPort,
      accessLog: 'json',
      keepaliveTimeoutMs: 75_000,
      headTimeoutMs: 60_000,
      ...options,
    },
    () => holder.tables!,
    {
      shared: { statistics, routes: [routeCounters] },
      onAccessLines: (bytes) => lines.push(...bytes.toString('utf8').trimEnd().split('\n')),
    },
  );
  holder.tables =
    typeof routes === 'function' ? routes(serving.endpoints) : staticTables(routes, serving.endpoints);
  serving.start(() => {});
  const peers: UpstreamPeer[] = [];
  const connect = (port: number, text: string | undefined): ClientPeer => {
    const client = new ClientPeer();
    client.socket = tcp.connect('127.0.0.1', port, client);
    world.run(1);
    if (text !== undefined) {
      client.send(text);
      world.run(5);
    }
    return client;
  };
  return {
    world,
    tcp,
    serving,
    peers,
    statistics,
    routeCounters,
    lines,
    client: (text) => connect(proxyPort, text),
    tlsClient(info, text) {
      handshake = info;
      return connect(proxyTlsPort, text);
    },
    upstream(port, answer) {
      tcp.listen(
        { host: '10.0.0.1', port },
        (connection: TcpConnection) => {
          const peer = new UpstreamPeer(connection as MemorySocket, answer);
          peers.push(peer);
          return peer;
        },
        () => {},
      );
    },
  };
}

/** Answers every complete GET head that arrives. */
export function answering(response: string): (peer: UpstreamPeer) => void {
  const answered = new WeakMap<UpstreamPeer, number>();
  return (peer) => {
    const heads = peer.received.split('\r\n\r\n').length - 1;
    for (let i = answered.get(peer) ?? 0; i < heads; i++) peer.send(response);
    answered.set(peer, heads);
  };
}

export const okResponse = 'HTTP/1.1 200 OK\r\nServer: test\r\nDate: now\r\nContent-Length: 2\r\n\r\nhi';

export function toPort(...ports: number[]): StaticRoute {
  return { host: '*', prefix: '/', targets: ports.map((port) => ({ host: '10.0.0.1', port })) };
}
