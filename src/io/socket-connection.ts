// A node socket behind the port's verbs. Writes are reported as taken only when they really are, so that a caller knows
// when its buffer is free again.
import type { Socket } from 'node:net';
import type { TcpConnection, TcpEnd, TcpHandler, TlsInfo } from '../ports/tcp.ts';
import { noteKept } from './read-buffers.ts';

const emptyBytes = Buffer.alloc(0);

/** IPv4 on a socket of IPv6 as IPv4. */
export function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** A socket that knows its connection: listeners are shared functions, not a closure per connection. */
export interface OwnedSocket extends Socket {
  connection?: SocketConnection;
}

export class SocketConnection implements TcpConnection {
  readonly tls: TlsInfo | null;
  readonly socket: OwnedSocket;
  private readonly client: TcpEnd | null;
  handler: TcpHandler | null = null;
  private isFlushing = false;
  private isDestroyed = false;
  private errorCode: string | null = null;
  private flushed: (() => void) | null = null;
  /** Under a TLS socket, where we have it. */
  private readonly plain: Socket | null;

  /** `client`: who it is when that is not the one who has connected. */
  constructor(
    socket: OwnedSocket,
    tls: TlsInfo | null,
    plain: Socket | null = null,
    client: TcpEnd | null = null,
  ) {
    this.socket = socket;
    this.tls = tls;
    this.plain = plain ?? (tls === null ? socket : null);
    this.client = client;
    socket.connection = this;
  }

  get remoteAddress(): string {
    return this.client?.address ?? plainAddress(this.socket.remoteAddress);
  }

  get remotePort(): number {
    return this.client?.port ?? this.socket.remotePort ?? 0;
  }

  get localAddress(): string {
    return plainAddress(this.socket.localAddress);
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  write(bytes: Buffer): boolean {
    const socket = this.socket;
    if (!socket.writable) return true;
    socket.write(bytes);
    return this.settle();
  }

  write2(first: Buffer, second: Buffer): boolean {
    const socket = this.socket;
    if (!socket.writable) return true;
    socket.cork();
    socket.write(first);
    socket.write(second);
    socket.uncork();
    return this.settle();
  }

  /** Nothing queued means that the kernel (or the cipher) has the bytes. Else an empty write marks the place to report. */
  private settle(): boolean {
    const socket = this.socket;
    if (socket.writableLength === 0) return true;
    noteKept();
    if (!this.isFlushing) {
      this.isFlushing = true;
      this.flushed ??= () => this.onFlushed();
      socket.write(emptyBytes, this.flushed);
    }
    return false;
  }

  private onFlushed(): void {
    this.isFlushing = false;
    if (this.isDestroyed || this.socket.destroyed) return;
    if (this.socket.writableLength > 0) this.settle();
    else this.handler?.onDrain();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    if (this.socket.writable) this.socket.end();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.handler = null;
    this.socket.destroy();
  }

  reset(): void {
    // Without a close_notify the peer knows in any case that the stream was cut.
    if (this.plain === null) {
      this.destroy();
      return;
    }
    this.isDestroyed = true;
    this.handler = null;
    this.plain.resetAndDestroy();
  }

  failed(code: string): void {
    this.errorCode = code;
  }

  closed(): void {
    const handler = this.handler;
    this.handler = null;
    handler?.onClose(this.errorCode);
  }
}

function onError(this: OwnedSocket, error: NodeJS.ErrnoException): void {
  this.connection?.failed(error.code ?? 'ERROR');
  // A TLS socket that cannot read what the peer sent tells so and stays open.
  this.destroy();
}

function onEnd(this: OwnedSocket): void {
  this.connection?.handler?.onEnd();
}

function onClose(this: OwnedSocket): void {
  this.connection?.closed();
}

function onData(this: OwnedSocket, bytes: Buffer): void {
  this.connection?.handler?.onData(bytes, 0, bytes.length, 0);
}

/** `readsByEvent` is false for sockets that read into a static buffer. */
export function attach(socket: OwnedSocket, readsByEvent: boolean): void {
  if (readsByEvent) socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('error', onError);
  socket.on('close', onClose);
}
