// A connection on one of node's stream handles: what a node:net socket does with it, without the two streams between. It
// reads into a buffer that it shares and writes straight to the kernel, so a request costs no object and no event.
import { constants } from 'node:os';
import type { TcpClientHandler, TcpConnection, TcpHandler } from '../ports/tcp.ts';
import { keptSoFar, noteKept, type ReadBuffers, type Reader, type ReaderGroup } from './read-buffers.ts';
import { plainAddress } from './socket-connection.ts';
import {
  errorCode,
  type HandleRequest,
  type SocketName,
  type StreamHandle,
  type StreamHandles,
  type WriteRequest,
} from './stream-handles.ts';

/** libuv's own, the same on every platform. */
const endOfFile = -4095;
const notConnected = -constants.errno.ENOTCONN;

/** The handle and its requests know their connection, so that the functions below are shared by all. */
interface Owned {
  connection: HandleConnection;
}

interface OwnedWrite extends WriteRequest, Owned {
  /** Held until they are written. */
  bytes: Buffer | readonly Buffer[];
}

export class HandleConnection implements TcpConnection, Reader {
  readonly tls = null;
  handler: TcpHandler | null = null;
  private readonly handle: StreamHandle;
  private readonly handles: StreamHandles;
  private buffer!: Buffer;
  private readonly headroomBytes: number;
  readers: ReaderGroup | null = null;
  readerIndex = -1;
  moveCount = 0;
  private writesUnderWay = 0;
  private isConnecting = false;
  private isOpen = true;
  private isPaused = false;
  /** The peer has sent its FIN. */
  private peerHasEnded = false;
  /** Our FIN is asked for. */
  private isEnding = false;
  private hasEnded = false;
  private error: string | null = null;
  private peer: SocketName | null = null;

  constructor(handles: StreamHandles, handle: StreamHandle, buffers: ReadBuffers) {
    this.handles = handles;
    this.handle = handle;
    this.headroomBytes = buffers.headroomBytes;
    (handle as unknown as Owned).connection = this;
    handle.onread = onRead;
    buffers.join(this);
  }

  readInto(bytes: Buffer, room: Buffer): void {
    this.buffer = bytes;
    this.handle.useUserBuffer(room);
  }

  /** Of an accepted connection: begins to read. */
  start(): void {
    this.handle.setNoDelay(true);
    if (this.isOpen && !this.isPaused) this.read();
  }

  /** `family` is 4 or 6. The handler is told how it went, never within this call. */
  connect(family: number, address: string, port: number): void {
    this.isConnecting = true;
    const request = this.owned(this.handles.createConnectRequest());
    request.oncomplete = onConnected;
    const status =
      family === 4
        ? this.handle.connect(request, address, port)
        : this.handle.connect6(request, address, port);
    if (status !== 0) this.close(errorCode(status));
  }

  private owned<Request extends HandleRequest>(request: Request): Request & Owned {
    (request as Request & Owned).connection = this;
    return request as Request & Owned;
  }

  private peerName(): SocketName {
    if (this.peer !== null) return this.peer;
    const name: SocketName = {};
    if (!this.isOpen || this.handle.getpeername(name) !== 0) return name;
    this.peer = name;
    return name;
  }

  get remoteAddress(): string {
    return plainAddress(this.peerName().address);
  }

  get remotePort(): number {
    return this.peerName().port ?? 0;
  }

  private ownName(): SocketName {
    const name: SocketName = {};
    if (this.isOpen) this.handle.getsockname(name);
    return name;
  }

  get localAddress(): string {
    return plainAddress(this.ownName().address);
  }

  get localPort(): number {
    return this.ownName().port ?? 0;
  }

  write(bytes: Buffer): boolean {
    if (!this.isOpen || this.isEnding) return true;
    return this.dispatched(this.handle.writeBuffer(null, bytes), bytes);
  }

  write2(first: Buffer, second: Buffer): boolean {
    if (!this.isOpen || this.isEnding) return true;
    const both = [first, second];
    return this.dispatched(this.handle.writev(null, both, true), both);
  }

  /** 0: the kernel has it all. */
  private dispatched(result: number | WriteRequest, bytes: OwnedWrite['bytes']): boolean {
    if (result === 0) return true;
    if (typeof result === 'number') {
      this.close(errorCode(result));
      return true;
    }
    const error = this.handles.lastWriteError();
    if (error !== 0) {
      this.close(errorCode(error));
      return true;
    }
    const request = this.owned(result) as OwnedWrite;
    request.bytes = bytes;
    request.oncomplete = onWritten;
    this.writesUnderWay++;
    const status = request.writeStatus;
    // Done before `oncomplete` was there to hear of it.
    if (typeof status === 'number') this.written(status, false);
    if (this.writesUnderWay === 0) return true;
    noteKept();
    return false;
  }

  written(status: number, tells: boolean): void {
    if (!this.isOpen) return;
    this.writesUnderWay--;
    if (status < 0) this.close(errorCode(status));
    else if (tells && this.writesUnderWay === 0) this.handler?.onDrain();
  }

  private read(): void {
    const status = this.handle.readStart();
    if (status !== 0) this.close(errorCode(status));
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    if (this.isOpen && !this.isConnecting) this.handle.readStop();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.isOpen && !this.isConnecting && !this.peerHasEnded) this.read();
  }

  end(): void {
    if (!this.isOpen || this.isEnding) return;
    this.isEnding = true;
    if (!this.isConnecting) this.shutdown();
  }

  private shutdown(): void {
    const request = this.owned(this.handles.createShutdownRequest());
    request.oncomplete = onShutdown;
    const status = this.handle.shutdown(request);
    if (status !== 0) this.ended(status);
  }

  ended(status: number): void {
    if (!this.isOpen) return;
    this.hasEnded = true;
    if (status < 0 && status !== notConnected) this.close(errorCode(status));
    else if (this.peerHasEnded) this.close(null);
  }

  connected(status: number): void {
    if (!this.isOpen) return;
    this.isConnecting = false;
    if (status < 0) {
      this.close(errorCode(status));
      return;
    }
    this.start();
    (this.handler as TcpClientHandler | null)?.onConnect();
    if (this.isEnding) this.shutdown();
  }

  received(): void {
    if (!this.isOpen) return;
    const count = this.handles.lastRead();
    const { headroomBytes, handler } = this;
    if (count > 0) {
      const { readers } = this;
      const keptBefore = keptSoFar();
      handler?.onData(this.buffer, headroomBytes, headroomBytes + count, headroomBytes);
      if (readers !== null && keptSoFar() !== keptBefore) readers.leaveBufferTo(this);
    } else if (count === endOfFile) {
      this.peerHasEnded = true;
      this.handle.readStop();
      handler?.onEnd();
      if (this.hasEnded) this.close(null);
    } else if (count < 0) {
      this.close(errorCode(count));
    }
  }

  /** The handler hears of it from the event loop: whoever is writing is not called back in the middle of it. */
  private close(error: string | null): void {
    if (!this.isOpen) return;
    this.shut();
    this.error = error;
    this.handle.close(onClosed);
  }

  private shut(): void {
    this.isOpen = false;
    this.readers?.remove(this);
  }

  closed(): void {
    const { handler } = this;
    this.handler = null;
    handler?.onClose(this.error);
  }

  destroy(): void {
    this.handler = null;
    if (!this.isOpen) return;
    this.shut();
    this.handle.close();
  }

  reset(): void {
    // libuv resets no stream that is connecting or on its way to a FIN.
    if (!this.isOpen || this.isConnecting || (this.isEnding && !this.hasEnded)) {
      this.destroy();
      return;
    }
    this.handler = null;
    this.shut();
    this.handle.reset();
  }
}

function onRead(this: StreamHandle): void {
  (this as unknown as Owned).connection.received();
}

function onWritten(this: OwnedWrite, status: number): void {
  this.connection.written(status, true);
}

function onShutdown(this: HandleRequest & Owned, status: number): void {
  this.connection.ended(status);
}

function onConnected(this: HandleRequest & Owned, status: number): void {
  this.connection.connected(status);
}

function onClosed(this: StreamHandle): void {
  (this as unknown as Owned).connection.closed();
}
