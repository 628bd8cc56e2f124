// One end of a simulated TCP connection: windows, back-pressure, half-close, resets, as the port promises and no kinder.
import type { TcpClientHandler, TcpConnection, TcpEnd, TcpHandler, TlsInfo } from '../../src/ports/tcp.ts';
import type { Lane, Scheduler } from '../scheduler/scheduler.ts';
import { keepBuffer, segmentBytes, unkeepBuffer } from './buffers.ts';
import type { Pipe } from './pipe.ts';
import type { Owned, Process } from './process.ts';
import type { Endpoint, SegmentKind } from './segment.ts';

/** What is done with segments until the connection carries the owner's bytes. */
export interface Handshake {
  control(payload: unknown): void;
  /** `payload` is null for bytes without meaning to a handshake, which are copied. */
  data(payload: unknown, bytes: Buffer): void;
  /** The peer closed or refused in the middle. */
  failed(code: string): void;
}

export const roomMessage = { step: 'room' } as const;

/** Observation: bytes taken by a process. */
export const bytesTaken = 0x10;

export interface ConnectionPlace {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

const closeDelayUs = 1;

/** Length and up to eight spread bytes: enough for the run's hash, cheap for long bodies. */
function sample(bytes: Buffer, start: number, end: number): number {
  const stride = Math.max(1, (end - start) >> 3);
  let hash = end - start;
  for (let at = start; at < end; at += stride) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}

export class SimConnection implements TcpConnection, Endpoint, Owned {
  remoteAddress: string;
  remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** 'address:port' on the end that connected, '' on the other. */
  destination = '';
  tls: TlsInfo | null = null;
  /** Id of the certificate that the server showed; '' on plain connections and on the server's end. */
  peerCertificateId = '';
  /** The same certificate, as PEM. */
  peerCertificate = '';
  /** Called when the process has it no more. */
  onGone: (() => void) | null = null;
  life: Process | null;
  closed = false;
  reading = true;
  handler: TcpClientHandler | TcpHandler | null = null;
  handshake: Handshake | null = null;
  out!: Pipe;
  inbound!: Pipe;
  private readonly scheduler: Scheduler;
  private readonly lane: Lane;
  private readonly windowBytes: number;
  private pending: Buffer[] = [];
  private drainOwed = false;
  private roomAsked = false;
  private ending = false;
  private finSent = false;
  private finReceived = false;
  private destroyed = false;

  constructor(
    scheduler: Scheduler,
    lane: Lane,
    windowBytes: number,
    life: Process | null,
    place: ConnectionPlace,
  ) {
    this.scheduler = scheduler;
    this.lane = lane;
    this.windowBytes = windowBytes;
    this.life = life;
    this.remoteAddress = place.remoteAddress;
    this.remotePort = place.remotePort;
    this.localAddress = place.localAddress;
    this.localPort = place.localPort;
  }

  /** In production only the end that connects reads into a buffer of its own. */
  get readsInPlace(): boolean {
    return this.destination !== '';
  }

  /** From now on the other end is this one, whoever has connected. */
  speakFor({ address, port }: TcpEnd): void {
    this.remoteAddress = address;
    this.remotePort = port;
  }

  write(bytes: Buffer): boolean {
    if (this.closed) return true;
    if (this.ending)
      throw new Error(`write after end on the connection to ${this.remoteAddress}:${this.remotePort}`);
    const room = this.room();
    if (bytes.length <= room) {
      this.out.sendBytes(bytes, 0, bytes.length);
      return true;
    }
    if (room > 0) this.out.sendBytes(bytes, 0, room);
    keepBuffer(bytes);
    this.pending.push(room > 0 ? bytes.subarray(room) : bytes);
    this.drainOwed = true;
    this.countBacklog();
    return false;
  }

  private countBacklog(): void {
    if (this.life === null) return;
    let bytes = 0;
    for (const part of this.pending) bytes += part.length;
    this.life.backlogBytesMax = Math.max(this.life.backlogBytesMax, bytes);
  }

  write2(first: Buffer, second: Buffer): boolean {
    const size = first.length + second.length;
    if (this.closed || this.ending || size > segmentBytes || size > this.room()) {
      const tookFirst = this.write(first);
      return this.write(second) && tookFirst;
    }
    this.out.sendTwo(first, second);
    return true;
  }

  pause(): void {
    this.reading = false;
  }

  resume(): void {
    if (this.reading) return;
    this.reading = true;
    if (!this.closed) this.inbound.kick();
  }

  end(): void {
    if (this.closed || this.ending) return;
    this.ending = true;
    if (this.pending.length === 0 && this.handshake === null) this.sendFin();
  }

  destroy(): void {
    this.destroyed = true;
    if (this.closed) return;
    this.leave(false);
  }

  /** Both ends have taken all that was sent. */
  get quiet(): boolean {
    return !this.closed && this.handshake === null && this.out.empty && this.inbound.empty;
  }

  /** The peer gets these bytes now, before it can send anything more; false where it takes none. */
  speakNow(bytes: Buffer): boolean {
    return this.quiet && this.out.deliverNow(bytes);
  }

  /** What is on its way still arrives; behind it comes a reset instead of a FIN. */
  reset(): void {
    this.destroyed = true;
    if (this.closed) return;
    this.out.sendReset();
    this.leave(true);
  }

  /** The handshake is through: the owner's bytes may flow. */
  established(): void {
    this.handshake = null;
    this.flush();
  }

  /** Closed from outside or by the peer: the owner hears `code`. */
  fail(code: string | null): void {
    if (this.closed) return;
    this.closed = true;
    this.disown();
    this.inbound.drop();
    this.pending = [];
    const { handler, handshake } = this;
    this.handler = null;
    this.handshake = null;
    if (handshake !== null) handshake.failed(code ?? 'ECONNRESET');
    else handler?.onClose(code);
  }

  /** Cuts the connection as a middlebox does: both ends see a reset. */
  cut(): void {
    this.out.cut();
    this.inbound.cut();
  }

  onSegmentData(bytes: Buffer, start: number, end: number, payload: unknown): void {
    if (this.handshake !== null) {
      this.handshake.data(payload, Buffer.from(bytes.subarray(start, end)));
      return;
    }
    this.scheduler.observe(bytesTaken, this.lane.key, sample(bytes, start, end));
    this.handler?.onData(bytes, start, end, start);
  }

  onSegmentControl(payload: unknown): void {
    if (payload === roomMessage) {
      this.roomAsked = false;
      this.flush();
    } else this.handshake?.control(payload);
  }

  onSegmentFin(): void {
    if (this.handshake !== null) {
      this.fail('ECONNRESET');
      return;
    }
    this.finReceived = true;
    this.handler?.onEnd();
    this.closeWhenBothEnded();
  }

  onSegmentReset(): void {
    if (!this.out.resetting) this.out.drop();
    this.fail('ECONNRESET');
  }

  onStray(kind: SegmentKind): void {
    if (kind === 'reset' || (kind === 'fin' && this.finSent)) return;
    this.out.sendReset();
  }

  onRoom(): void {
    if (this.pending.length === 0 || this.roomAsked) return;
    this.roomAsked = true;
    this.inbound.sendControl(roomMessage);
  }

  onTimeout(): void {
    this.fail('ETIMEDOUT');
  }

  processEnded(silent: boolean): void {
    if (this.closed) return;
    this.destroyed = true;
    this.leave(silent);
  }

  processResumed(): void {
    this.inbound.kick();
  }

  private disown(): void {
    this.life?.owned.delete(this);
    this.onGone?.();
    this.onGone = null;
  }

  private room(): number {
    if (this.handshake !== null || this.pending.length > 0) return 0;
    return this.windowBytes - this.out.outstanding;
  }

  private flush(): void {
    if (this.closed || this.handshake !== null) return;
    while (this.pending.length > 0) {
      const room = this.windowBytes - this.out.outstanding;
      if (room <= 0) {
        this.onRoomLater();
        return;
      }
      const first = this.pending[0]!;
      if (first.length <= room) {
        this.out.sendBytes(first, 0, first.length);
        unkeepBuffer(first);
        this.pending.shift();
      } else {
        this.out.sendBytes(first, 0, room);
        this.pending[0] = first.subarray(room);
      }
    }
    if (this.drainOwed) {
      this.drainOwed = false;
      this.handler?.onDrain();
    }
    if (this.ending && this.pending.length === 0) this.sendFin();
  }

  /** The window closed again while it was being filled: the next bytes taken by the peer will ask. */
  private onRoomLater(): void {
    this.roomAsked = false;
  }

  private sendFin(): void {
    if (this.finSent || this.closed) return;
    this.finSent = true;
    this.out.sendFin();
    this.closeWhenBothEnded();
  }

  private closeWhenBothEnded(): void {
    if (!this.finSent || !this.finReceived || this.closed) return;
    this.closed = true;
    const { life, handler } = this;
    this.disown();
    this.handler = null;
    if (life === null || handler === null) return;
    this.scheduler.after(
      closeDelayUs,
      () => life.enter(() => (this.destroyed ? undefined : handler.onClose(null))),
      this.lane,
    );
  }

  private leave(silent: boolean): void {
    const unread = this.inbound.hasUnread();
    this.closed = true;
    this.disown();
    this.handler = null;
    this.handshake = null;
    this.pending = [];
    if (silent) return;
    if (unread) {
      this.inbound.drop();
      this.out.sendReset();
    } else if (!this.finSent) {
      this.finSent = true;
      this.out.sendFin();
    }
  }
}
