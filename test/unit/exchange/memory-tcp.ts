// Sockets and time in memory: everything that is written arrives when the test says so, in the order it was written.
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Tcp, TcpClientHandler, TcpConnection, TcpHandler, TlsInfo } from '../../../src/ports/tcp.ts';

/** Virtual time and a queue: one event at a time, no recursion from one side into the other. */
export class MemoryWorld implements Clock {
  private nowUs = 1_000_000;
  private sequence = 0;
  private queue: { readonly atUs: number; readonly order: number; run: (() => void) | null }[] = [];

  wallMs(): number {
    return 1_795_000_000_000 + Math.floor(this.nowUs / 1000);
  }

  monotonicUs(): number {
    return this.nowUs;
  }

  after(delayMs: number, run: () => void): Timer {
    const entry: { readonly atUs: number; readonly order: number; run: (() => void) | null } = {
      atUs: this.nowUs + delayMs * 1000,
      order: this.sequence++,
      run,
    };
    this.queue.push(entry);
    return {
      cancel() {
        entry.run = null;
      },
    };
  }

  /** Runs everything that is due within the next `ms` of virtual time. */
  run(ms = 5): void {
    const untilUs = this.nowUs + ms * 1000;
    for (;;) {
      this.queue.sort((a, b) => a.atUs - b.atUs || a.order - b.order);
      const next = this.queue[0];
      if (next === undefined || next.atUs > untilUs) break;
      this.queue.shift();
      this.nowUs = Math.max(this.nowUs, next.atUs);
      next.run?.();
    }
    this.nowUs = untilUs;
  }
}

export class MemorySocket implements TcpConnection {
  /** Whatever handshake there was before. */
  tls: TlsInfo | null = null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress = '10.0.0.1';
  readonly localPort: number;
  handler: TcpHandler | null = null;
  peer: MemorySocket | null = null;
  /** Writes return false while this is set; `drain` ends it. */
  isSlow = false;
  /** What is written meanwhile is taken from where it lies when that ends, as a kernel without room has it. */
  holdsWhileSlow = false;
  private unsent: Buffer[] = [];
  private readonly world: MemoryWorld;
  private waiting: Buffer[] = [];
  private isPaused = false;
  private isClosed = false;
  private endPending = false;

  constructor(world: MemoryWorld, remoteAddress: string, remotePort: number, localPort: number) {
    this.world = world;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.localPort = localPort;
  }

  /** Bytes that were written and have not gone. */
  get holdsBytes(): boolean {
    return this.unsent.length > 0;
  }

  get isOpen(): boolean {
    return !this.isClosed;
  }

  get pausedNow(): boolean {
    return this.isPaused;
  }

  write(bytes: Buffer): boolean {
    if (this.isClosed) return true;
    if (this.isSlow && this.holdsWhileSlow) {
      this.unsent.push(bytes);
      return false;
    }
    const copy = Buffer.from(bytes);
    const peer = this.peer!;
    this.world.after(0, () => peer.receive(copy));
    return !this.isSlow;
  }

  write2(first: Buffer, second: Buffer): boolean {
    return this.write(Buffer.concat([first, second]));
  }

  private receive(bytes: Buffer): void {
    if (this.isClosed) return;
    this.waiting.push(bytes);
    this.flush();
  }

  private flush(): void {
    while (!this.isPaused && !this.isClosed && this.waiting.length > 0) {
      const bytes = this.waiting.shift()!;
      const headroom = 1024;
      const buffer = Buffer.alloc(headroom + bytes.length);
      bytes.copy(buffer, headroom);
      this.handler?.onData(buffer, headroom, buffer.length, headroom);
      // A kept reference is found: what was handed over is gone after the call, unless it waits for a drain.
      if (this.peerOfHandlerIsFast) buffer.fill(0xdb);
    }
    if (this.endPending && !this.isPaused && !this.isClosed && this.waiting.length === 0) {
      this.endPending = false;
      this.handler?.onEnd();
    }
  }

  /** Set by a test that makes some socket slow: then buffers may be held until its drain. */
  peerOfHandlerIsFast = true;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.world.after(0, () => this.flush());
  }

  end(): void {
    const peer = this.peer!;
    this.world.after(0, () => {
      peer.endPending = true;
      peer.flush();
    });
  }

  drain(): void {
    this.isSlow = false;
    for (const bytes of this.unsent.splice(0)) this.write(bytes);
    this.world.after(0, () => this.handler?.onDrain());
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handler = null;
    const peer = this.peer;
    if (peer !== null) this.world.after(0, () => peer.lost('ECONNRESET'));
  }

  lost(error: string | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handler?.onClose(error);
  }
}

export class MemoryTcp implements Tcp {
  readonly world: MemoryWorld;
  private readonly listeners = new Map<number, (connection: TcpConnection) => TcpHandler | null>();
  /** Ports whose connections are never answered. */
  readonly silentPorts = new Set<number>();
  /** What connecting to a port fails with, once. */
  readonly connectErrors = new Map<number, string>();

  constructor(world: MemoryWorld) {
    this.world = world;
  }

  listen(
    options: { readonly host: string; readonly port: number },
    accept: (connection: TcpConnection) => TcpHandler | null,
    done: Parameters<Tcp['listen']>[2],
  ): void {
    this.listeners.set(options.port, accept);
    const close = (closed: () => void): void => {
      this.listeners.delete(options.port);
      closed();
    };
    done(null, { host: options.host, port: options.port, close });
  }

  connect(host: string, port: number, handler: TcpClientHandler): MemorySocket {
    const near = new MemorySocket(this.world, host, port, 40_000);
    near.handler = handler;
    const far = new MemorySocket(this.world, '10.9.8.7', 40_000, port);
    near.peer = far;
    far.peer = near;
    if (this.silentPorts.has(port)) return near;
    const error = this.connectErrors.get(port);
    if (error !== undefined) {
      this.connectErrors.delete(port);
      this.world.after(0, () => near.lost(error));
      return near;
    }
    this.world.after(0, () => {
      if (!near.isOpen) return;
      const accept = this.listeners.get(port);
      const accepted = accept?.(far) ?? null;
      if (accepted === null) {
        near.lost('ECONNREFUSED');
        return;
      }
      far.handler = accepted;
      handler.onConnect();
    });
    return near;
  }
}
