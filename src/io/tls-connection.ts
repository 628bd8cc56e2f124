// A connection on a TLS handle, after its handshake: the verbs of src/io/handle-connection.ts, where a write is done only
// when its cipher text is, one at a time, and what was deciphered together arrives together.
import type { TcpConnection, TcpEnd, TcpHandler, TlsInfo } from '../ports/tcp.ts';
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
import type { TlsHandle } from './tls-handles.ts';

/** libuv's own, the same on every platform. */
const endOfFile = -4095;
/** One larger than this may leave cipher text behind that is not even handed to the kernel. */
const writeBytesAtOnce = 131_072;

/** What a connection is made of. */
export interface TlsParts {
  readonly stream: TlsHandle;
  readonly tcp: StreamHandle;
  readonly buffers: ReadBuffers;
}

/** A socket of node:tls that did the handshake; its end is ours to tell (`closed`). */
export interface Owner {
  destroy(): unknown;
}

/** The handles and their requests know their connection, so that the functions below are shared by all. */
interface Owned {
  connection: TlsConnection;
}

type OwnedWrite = WriteRequest & Owned;

export class TlsConnection implements TcpConnection, Reader {
  readonly tls: TlsInfo;
  handler: TcpHandler | null = null;
  private readonly handles: StreamHandles;
  /** null: the TCP handle is ours to close. */
  private readonly owner: Owner | null;
  private readonly client: TcpEnd | null;
  private parts: TlsParts | null = null;
  private buffer!: Buffer;
  readers: ReaderGroup | null = null;
  readerIndex = -1;
  moveCount = 0;
  /** The last one. It says itself when it is done; whoever waits for that has it tell (`watch`). */
  private request: WriteRequest | null = null;
  private isWatched = false;
  /** Behind the write that is under way; ours until onDrain. */
  private waiting: Buffer[] = [];
  private owesDrain = false;
  private isOpen = true;
  private isPaused = false;
  private isReading = false;
  /** What arrived while paused, and an end behind it. */
  private held: Buffer[] = [];
  private peerHasEnded = false;
  private isEndHeld = false;
  private isReleasing = false;
  /** Our close_notify is asked for. */
  private isEnding = false;
  private hasEnded = false;
  private error: string | null = null;
  private peer: SocketName | null = null;

  /** `client`: who it is when that is not the one who has connected. */
  constructor(handles: StreamHandles, owner: Owner | null, tls: TlsInfo, client: TcpEnd | null = null) {
    this.handles = handles;
    this.owner = owner;
    this.client = client;
    this.tls = tls;
  }

  /** The handshake is done; the stream is reading. */
  open(parts: TlsParts): void {
    this.parts = parts;
    const { stream, tcp, buffers } = parts;
    (stream as unknown as Owned).connection = this;
    (tcp as unknown as Owned).connection = this;
    stream.onread = onRead;
    stream.onerror = onError;
    buffers.join(this);
    this.isReading = true;
    if (this.isPaused) this.stopReading();
    this.proceed();
  }

  readInto(bytes: Buffer, room: Buffer): void {
    this.buffer = bytes;
    this.parts!.stream.useUserBuffer(room);
  }

  private owned<Request extends HandleRequest>(request: Request): Request & Owned {
    (request as Request & Owned).connection = this;
    return request as Request & Owned;
  }

  private peerName(): SocketName {
    if (this.peer !== null) return this.peer;
    const name: SocketName = {};
    if (!this.isOpen || this.parts === null || this.parts.tcp.getpeername(name) !== 0) return name;
    this.peer = name;
    return name;
  }

  get remoteAddress(): string {
    return this.client?.address ?? plainAddress(this.peerName().address);
  }

  get remotePort(): number {
    return this.client?.port ?? this.peerName().port ?? 0;
  }

  private ownName(): SocketName {
    const name: SocketName = {};
    if (this.isOpen) this.parts?.tcp.getsockname(name);
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
    if (this.isWriting()) return this.wait(bytes);
    if (!this.isOpen) return true;
    return this.dispatched(this.parts!.stream.writeBuffer(null, bytes), bytes.length);
  }

  write2(first: Buffer, second: Buffer): boolean {
    if (!this.isOpen || this.isEnding) return true;
    if (this.isWriting()) {
      this.wait(first);
      return this.wait(second);
    }
    return !this.isOpen || this.writeAll([first, second]);
  }

  private wait(bytes: Buffer): false {
    this.waiting.push(bytes);
    this.owesDrain = true;
    noteKept();
    this.watch();
    return false;
  }

  /** Also until the handshake is done: what is written before waits. */
  private isWriting(): boolean {
    if (this.request === null) return this.parts === null;
    const { writeStatus } = this.request;
    if (writeStatus === null) return true;
    this.request = null;
    if (writeStatus < 0) this.close(errorCode(writeStatus));
    return false;
  }

  /** Most writes are done long before anybody asks, so they are not made to tell. */
  private watch(): void {
    if (this.request === null || this.isWatched) return;
    this.isWatched = true;
    this.owned(this.request).oncomplete = onWritten;
  }

  private writeAll(chunks: readonly Buffer[]): boolean {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    return this.dispatched(this.parts!.stream.writev(null, chunks, true), bytes);
  }

  /** Enciphered now, whatever it says: the bytes are the caller's again if the kernel took all cipher text. */
  private dispatched(result: number | WriteRequest, count: number): boolean {
    if (result === 0) return true;
    const error = typeof result === 'number' ? result : this.handles.lastWriteError();
    if (typeof result === 'number' || error !== 0) {
      this.close(errorCode(error));
      return true;
    }
    this.request = result;
    this.isWatched = false;
    if (count <= writeBytesAtOnce && this.parts!.tcp.writeQueueSize === 0) return true;
    if (!this.isWriting()) return true;
    this.owesDrain = true;
    noteKept();
    this.watch();
    return false;
  }

  written(status: number): void {
    if (!this.isOpen) return;
    this.request = null;
    if (status < 0) this.close(errorCode(status));
    else this.proceed();
  }

  /** Nothing is under way: what waits is next, then whoever waits is told. */
  private proceed(): void {
    if (this.waiting.length > 0) {
      const chunks = this.waiting;
      this.waiting = [];
      this.writeAll(chunks);
      this.watch();
    }
    if (!this.isOpen || this.isWriting()) return;
    if (this.isEnding) this.shutdown();
    else if (this.owesDrain) {
      this.owesDrain = false;
      this.handler?.onDrain();
    }
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    if (this.isOpen && this.isReading) this.stopReading();
  }

  private stopReading(): void {
    this.isReading = false;
    this.parts!.stream.readStop();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.held.length > 0 || this.isEndHeld) this.release();
    else this.read();
  }

  private read(): void {
    if (!this.isOpen || this.parts === null || this.isReading || this.peerHasEnded) return;
    this.isReading = true;
    const status = this.parts.stream.readStart();
    if (status !== 0) this.close(errorCode(status));
  }

  /** What is held comes from the event loop, not within the call that asks for it. */
  private release(): void {
    if (this.isReleasing) return;
    this.isReleasing = true;
    setImmediate(releaseHeld, this);
  }

  released(): void {
    this.isReleasing = false;
    while (this.isOpen && !this.isPaused) {
      const bytes = this.held.shift();
      if (bytes === undefined) {
        if (!this.isEndHeld) this.read();
        else {
          this.isEndHeld = false;
          this.peerEnded();
        }
        return;
      }
      const { headroomBytes } = this.parts!.buffers;
      this.handler?.onData(bytes, headroomBytes, bytes.length, headroomBytes);
    }
  }

  received(): void {
    if (!this.isOpen) return;
    const count = this.handles.lastRead();
    const { headroomBytes } = this.parts!.buffers;
    const isHeld = this.isPaused || this.held.length > 0;
    if (count > 0) {
      const end = headroomBytes + count;
      if (isHeld) this.held.push(Buffer.from(this.buffer.subarray(0, end)));
      else this.deliver(end, headroomBytes);
    } else if (count === endOfFile) {
      // Once with the close_notify, once with the FIN.
      if (this.peerHasEnded) return;
      this.peerHasEnded = true;
      if (isHeld) this.isEndHeld = true;
      else this.peerEnded();
    } else if (count < 0) {
      this.close(errorCode(count));
    }
  }

  private deliver(end: number, headroomBytes: number): void {
    const { readers } = this;
    const keptBefore = keptSoFar();
    this.handler?.onData(this.buffer, headroomBytes, end, headroomBytes);
    if (readers !== null && keptSoFar() !== keptBefore) readers.leaveBufferTo(this);
  }

  private peerEnded(): void {
    this.handler?.onEnd();
    if (this.hasEnded) this.close(null);
  }

  end(): void {
    if (!this.isOpen || this.isEnding) return;
    this.isEnding = true;
    if (this.isWriting()) this.watch();
    else if (this.isOpen) this.shutdown();
  }

  private shutdown(): void {
    const request = this.owned(this.handles.createShutdownRequest());
    request.oncomplete = onShutdown;
    const status = this.parts!.stream.shutdown(request);
    if (status !== 0) this.ended();
  }

  /** One that fails has nobody left who could take it: reading tells. */
  ended(): void {
    if (!this.isOpen) return;
    this.hasEnded = true;
    if (this.peerHasEnded && !this.isEndHeld) this.close(null);
  }

  /** Of the handshake or of what came after it. */
  failed(code: string): void {
    this.close(code);
  }

  /** The handler hears of it from the event loop: whoever is writing is not called back in the middle of it. */
  private close(error: string | null): void {
    if (!this.isOpen) return;
    this.shut();
    this.error = error;
    this.closeHandles();
  }

  private shut(): void {
    this.isOpen = false;
    this.readers?.remove(this);
  }

  private closeHandles(): void {
    if (this.owner === null) this.parts!.tcp.close(onClosed);
    else this.owner.destroy();
  }

  /** The handles are gone. */
  closed(): void {
    this.shut();
    const { handler, error } = this;
    this.handler = null;
    if (this.owner === null) this.parts!.stream.destroySSL();
    handler?.onClose(error);
  }

  destroy(): void {
    this.handler = null;
    if (!this.isOpen) return;
    this.shut();
    this.closeHandles();
  }

  reset(): void {
    // Without a close_notify the peer knows in any case that the stream was cut.
    if (!this.isOpen || this.owner !== null || (this.isEnding && !this.hasEnded)) {
      this.destroy();
      return;
    }
    this.handler = null;
    this.shut();
    this.parts!.tcp.reset(onClosed);
  }
}

function onRead(this: TlsHandle): void {
  (this as unknown as Owned).connection.received();
}

function onError(this: TlsHandle, { code }: { readonly code?: string }): void {
  (this as unknown as Owned).connection.failed(code ?? 'ERROR');
}

function onWritten(this: OwnedWrite, status: number): void {
  this.connection.written(status);
}

function onShutdown(this: HandleRequest & Owned): void {
  this.connection.ended();
}

function releaseHeld(connection: TlsConnection): void {
  connection.released();
}

function onClosed(this: StreamHandle): void {
  (this as unknown as Owned).connection.closed();
}
