// Connections in memory that cost next to nothing: what is written to the upstream is answered when the engine is done
// with what it was given, and what is written to the client is only counted.
import type { Tcp, TcpClientHandler, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';

const headroom = 1024;

/** Bytes as a socket would hand them over, again and again: the callee may write into them. */
class Delivery {
  private readonly bytes: Buffer;
  private readonly buffer: Buffer;

  constructor(text: string) {
    this.bytes = Buffer.from(text, 'latin1');
    this.buffer = Buffer.alloc(headroom + this.bytes.length);
  }

  to(handler: TcpHandler): void {
    this.bytes.copy(this.buffer, headroom);
    handler.onData(this.buffer, headroom, this.buffer.length, headroom);
  }
}

class MemoryConnection implements TcpConnection {
  readonly tls = null;
  readonly remoteAddress = '10.9.8.7';
  readonly remotePort = 40_000;
  readonly localAddress = '10.0.0.1';
  readonly localPort = 8000;
  handler: TcpHandler | null = null;
  written = 0;
  isClosed = false;

  write(bytes: Buffer): boolean {
    this.written += bytes.length;
    return true;
  }

  write2(first: Buffer, second: Buffer): boolean {
    this.written += first.length + second.length;
    return true;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.isClosed = true;
  }

  destroy(): void {
    this.isClosed = true;
  }
}

/** The clients and the upstream around one engine. */
export class MemoryTcp implements Tcp {
  private upstreams: MemoryConnection[] = [];
  private readonly connecting: TcpClientHandler[] = [];
  private readonly clients: MemoryConnection[] = [];
  private readonly request: Delivery;
  private readonly response: Delivery;
  private accept: ((connection: TcpConnection) => TcpHandler | null) | null = null;
  private turn = 0;
  /** What the last client has got. */
  answeredBytes = 0;

  constructor(request: string, response: string) {
    this.request = new Delivery(request);
    this.response = new Delivery(response);
  }

  listen(
    options: { readonly host: string; readonly port: number },
    accept: (connection: TcpConnection) => TcpHandler | null,
    done: Parameters<Tcp['listen']>[2],
  ): void {
    this.accept = accept;
    done(null, { ...options, close: (closed) => closed() });
  }

  connect(_host: string, _port: number, handler: TcpClientHandler): TcpConnection {
    const connection = new MemoryConnection();
    connection.handler = handler;
    this.upstreams = [...this.upstreams.filter(({ isClosed }) => !isClosed), connection];
    this.connecting.push(handler);
    return connection;
  }

  open(clients: number): void {
    for (let i = 0; i < clients; i++) this.clients.push(this.openOne());
  }

  private openOne(): MemoryConnection {
    const client = new MemoryConnection();
    client.handler = this.accept!(client);
    return client;
  }

  /** One request of the next client, and its answer. */
  exchange(): void {
    let client = this.clients[this.turn]!;
    // The proxy ends a connection after some thousands of requests, as it does outside.
    if (client.isClosed) client = this.clients[this.turn] = this.openOne();
    this.turn = (this.turn + 1) % this.clients.length;
    client.written = 0;
    this.request.to(client.handler!);
    while (this.connecting.length > 0) this.connecting.pop()!.onConnect();
    for (const upstream of this.upstreams) {
      if (upstream.written === 0) continue;
      upstream.written = 0;
      this.response.to(upstream.handler!);
    }
    if (client.written === 0) throw new Error('an exchange was not answered');
    this.answeredBytes = client.written;
  }
}
