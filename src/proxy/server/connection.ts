// One HTTP/1.1 connection of a client: finds where requests begin and end, gives them to its exchange one after the other.
import type { ClientIdentity, TcpConnection, TcpEnd, TcpHandler } from '../../ports/tcp.ts';
import type { ExchangeClient } from '../exchange/client.ts';
import { Exchange } from '../exchange/exchange.ts';
import { type Exit, type ExitReason, exits } from '../exchange/exits.ts';
import { Head, headBytesMax } from '../http/head.ts';
import { fieldTooLong, needMore, parseRequestHead, versionUnsupported } from '../http/request-parser.ts';
import type { HasDeadline } from '../upstream/deadlines.ts';
import type { Listening } from './listening.ts';
import { bodyMalformed, RequestBody } from './request-body.ts';

/** Between requests, or in the middle of a head. */
const stateHead = 0;
const stateBody = 1;
/** The request is complete, its response is not. */
const stateResponse = 2;
const stateTunnel = 3;
/** Everything is said; what the client still sends is thrown away until it closes too. */
const stateLingering = 4;
const stateClosed = 5;

const requestLineBytesMax = 8192;
const pipelinedBytesMax = 65_536;
const bodyTimeoutMs = 60_000;
const sendTimeoutMs = 60_000;
const lingerTimeoutMs = 5000;
/** A client that has sent FIN may only be half closed: it gets this long for its answer. */
const halfCloseGraceMs = 2000;

export class ClientConnection implements TcpHandler, ExchangeClient, HasDeadline {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  /** Position in the list of all; -1 = not in it. */
  listIndex = -1;
  readonly isTls: boolean;
  readonly serverName: string;
  readonly clientIdentity: ClientIdentity | null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly tcp: TcpConnection;
  private readonly listening: Listening;
  private readonly exchange: Exchange;
  private readonly head = new Head();
  private readonly body: RequestBody;
  private state = stateHead;
  private requestCount = 0;
  private pending: Buffer | null = null;
  private isPaused = false;
  /** Until when the client must have taken what it was sent; Infinity: it has. */
  private sendDeadlineMs = Number.POSITIVE_INFINITY;
  private hasEnded = false;
  /** The head has begun to arrive: its own, shorter deadline runs. */
  private isReadingHead = false;
  /** `next` is on the stack: pipelined requests are taken in its loop, not by recursion. */
  private isTaking = false;

  /** `client`: who it is when that is not the one who has connected. */
  constructor(tcp: TcpConnection, listening: Listening, client?: TcpEnd) {
    this.tcp = tcp;
    this.listening = listening;
    this.isTls = tcp.tls !== null;
    this.serverName = tcp.tls?.serverName ?? '';
    this.clientIdentity = tcp.tls?.client ?? null;
    this.remoteAddress = client?.address ?? tcp.remoteAddress;
    this.remotePort = client?.port ?? tcp.remotePort;
    this.localPort = listening.publicPort(tcp.localPort);
    this.body = new RequestBody(listening.engine.bodyBytesMax);
    this.exchange = new Exchange(listening.engine, this, listening.writer);
    // A connection that says nothing at all gets as long as a head may take.
    listening.engine.deadlines.add(this);
    this.deadlineMs = listening.engine.deadlines.nowMs + listening.headTimeoutMs;
  }

  /** Asked for by few routes, and not for nothing. */
  get localAddress(): string {
    return this.tcp.localAddress;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    switch (this.state) {
      case stateHead:
        this.take(bytes, start, end, false);
        return;
      case stateBody:
        this.readBody(bytes, start, end);
        return;
      case stateResponse:
        this.queue(bytes, start, end, false);
        return;
      case stateTunnel:
        this.exchange.requestBody(bytes, start, end, false);
        return;
      default:
    }
  }

  /** Bytes of the next request while the last one is being answered. `isOwn`: the buffer is ours to keep. */
  private queue(bytes: Buffer, start: number, end: number, isOwn: boolean): void {
    if (start >= end) return;
    const added = bytes.subarray(start, end);
    if (this.pending !== null) this.pending = Buffer.concat([this.pending, added]);
    else this.pending = isOwn ? added : Buffer.from(added);
    if (this.pending.length > pipelinedBytesMax) this.pauseRequest();
  }

  /** Takes requests out of the bytes until one is not complete or not answered at once. */
  private take(given: Buffer, givenStart: number, givenEnd: number, isOwn: boolean): void {
    let bytes = given;
    let start = givenStart;
    let end = givenEnd;
    let ownsBytes = isOwn;
    if (this.pending !== null) {
      bytes = Buffer.concat([this.pending, given.subarray(start, end)]);
      ownsBytes = true;
      this.pending = null;
      // Only a line end can complete anything: byte by byte, a head would else be read again for each byte.
      if (given.subarray(start, end).indexOf(10) < 0 && this.isWithinLimits(bytes)) {
        this.pending = bytes;
        return;
      }
      start = 0;
      end = bytes.length;
    }
    this.isTaking = true;
    for (;;) {
      start = this.takeOne(bytes, start, end, ownsBytes);
      if (start < 0) break;
      if (this.state !== stateHead) {
        this.queue(bytes, start, end, ownsBytes);
        break;
      }
      if (start >= end) break;
    }
    this.isTaking = false;
    // Half closed, and everything that came before is answered.
    if (this.hasEnded && this.state === stateHead) this.linger();
  }

  /** Whether an incomplete head may go on growing. */
  private isWithinLimits(bytes: Buffer): boolean {
    return bytes.length <= headBytesMax && (bytes.length <= requestLineBytesMax || bytes.indexOf(10) >= 0);
  }

  /** One request out of bytes[start, end): the index after what was used, or -1 when there is nothing left to do. */
  private takeOne(bytes: Buffer, start: number, end: number, isOwn: boolean): number {
    const { body, head, listening } = this;
    const next = parseRequestHead(head, bytes, start, end);
    if (next === needMore) {
      if (end - start > headBytesMax) this.refuse(exits.headTooLarge);
      else if (end - start > requestLineBytesMax && bytes.subarray(start, end).indexOf(10) < 0)
        this.refuse(exits.targetTooLong);
      else this.waitForHead(bytes, start, end, isOwn);
      return -1;
    }
    if (next < 0) {
      if (next === versionUnsupported) this.refuse(exits.versionUnsupported);
      else this.refuse(next === fieldTooLong ? exits.headTooLarge : exits.badRequest);
      return -1;
    }
    if (next - start > headBytesMax) {
      this.refuse(exits.headTooLarge);
      return -1;
    }
    if (head.fieldsStart - head.start > requestLineBytesMax) {
      this.refuse(exits.targetTooLong);
      return -1;
    }
    this.isReadingHead = false;
    const { exchange } = this;
    exchange.closeAfter =
      head.saysClose ||
      (head.minor === 0 && !head.saysKeepAlive) ||
      listening.engine.isDraining ||
      ++this.requestCount >= listening.requestsMax;
    const bodyEnd = body.begin(head, bytes, next, end);
    if (bodyEnd === bodyMalformed) {
      this.refuse(exits.badRequest);
      return -1;
    }
    this.state = body.isComplete ? stateResponse : stateBody;
    exchange.isBodyTooLarge = body.bytes > listening.engine.bodyBytesMax;
    this.setDeadline();
    listening.engine.statistics.add(listening.activeWord);
    exchange.begin(head, bodyEnd, body.isComplete);
    return bodyEnd;
  }

  private readBody(bytes: Buffer, start: number, end: number): void {
    const { body, exchange } = this;
    const bodyEnd = body.read(bytes, start, end);
    if (bodyEnd === bodyMalformed) {
      exchange.badBody();
      return;
    }
    if (body.bytes > this.listening.engine.bodyBytesMax) {
      exchange.bodyTooLarge();
      return;
    }
    if (body.isComplete) {
      this.state = stateResponse;
      this.queue(bytes, bodyEnd, end, false);
    }
    this.setDeadline();
    exchange.requestBody(bytes, start, bodyEnd, body.isComplete);
  }

  /** How long the connection may go on as it is: the body's time, the grace of a half-closed one, and the client's reading. */
  private setDeadline(): void {
    const { nowMs } = this.listening.engine.deadlines;
    let deadlineMs = Number.POSITIVE_INFINITY;
    if (this.state === stateBody) {
      if (!this.isPaused) deadlineMs = nowMs + bodyTimeoutMs;
    } else if (this.state === stateLingering) {
      if (this.sendDeadlineMs === deadlineMs) deadlineMs = nowMs + lingerTimeoutMs;
    } else if (this.hasEnded && this.state === stateResponse) {
      // While something is on its way to it, the client's reading is what is waited for.
      if (this.sendDeadlineMs === deadlineMs) deadlineMs = nowMs + halfCloseGraceMs;
    }
    this.deadlineMs = Math.min(deadlineMs, this.sendDeadlineMs);
  }

  private waitForHead(bytes: Buffer, start: number, end: number, isOwn: boolean): void {
    if (start >= end) return;
    const rest = bytes.subarray(start, end);
    this.pending = isOwn ? rest : Buffer.from(rest);
    if (this.isReadingHead) return;
    this.isReadingHead = true;
    this.deadlineMs = this.listening.engine.deadlines.nowMs + this.listening.headTimeoutMs;
  }

  private refuse(exit: Exit): void {
    this.state = stateResponse;
    this.isReadingHead = false;
    this.pending = null;
    this.deadlineMs = this.sendDeadlineMs;
    this.listening.engine.statistics.add(this.listening.activeWord);
    this.exchange.refuse(this.head, exit);
  }

  write(bytes: Buffer): boolean {
    if (this.hasEnded) this.setDeadline();
    return this.tcp.write(bytes) || this.unsent();
  }

  write2(first: Buffer, second: Buffer): boolean {
    if (this.hasEnded) this.setDeadline();
    return this.tcp.write2(first, second) || this.unsent();
  }

  private unsent(): boolean {
    if (this.sendDeadlineMs === Number.POSITIVE_INFINITY) {
      this.sendDeadlineMs = this.listening.engine.deadlines.nowMs + sendTimeoutMs;
      if (this.hasEnded) this.setDeadline();
      else this.deadlineMs = Math.min(this.deadlineMs, this.sendDeadlineMs);
    }
    return false;
  }

  onDrain(): void {
    this.sendDeadlineMs = Number.POSITIVE_INFINITY;
    if (this.state !== stateHead) this.setDeadline();
    this.exchange.clientDrained();
  }

  pauseRequest(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    // Whoever paused us is slow, not the client.
    if (this.state === stateBody) this.setDeadline();
    this.tcp.pause();
  }

  resumeRequest(): void {
    if (!this.isPaused || this.state === stateClosed) return;
    if (this.state === stateResponse && this.pending !== null && this.pending.length > pipelinedBytesMax)
      return;
    this.unpause();
    if (this.state === stateBody) this.setDeadline();
  }

  private unpause(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.tcp.resume();
  }

  exchangeDone(): void {
    if (this.state === stateClosed) return;
    const { exchange, listening } = this;
    listening.engine.statistics.subtract(listening.activeWord);
    if (exchange.closeAfter || exchange.isTunnel || (this.hasEnded && !this.hasMore())) {
      this.linger();
      return;
    }
    this.state = stateHead;
    this.deadlineMs = listening.engine.deadlines.nowMs + listening.keepaliveTimeoutMs;
    this.unpause();
    // Within `take` the loop goes on by itself.
    if (this.pending !== null && !this.isTaking) {
      const { pending } = this;
      this.pending = null;
      this.take(pending, 0, pending.length, true);
    }
  }

  /** Whether something may be left of what the client sent before its FIN. */
  private hasMore(): boolean {
    return this.pending !== null || this.isTaking;
  }

  /** FIN, then a while for the client to read what it was sent: closing with unread input would reset the connection. */
  private linger(): void {
    this.tcp.end();
    this.state = stateLingering;
    this.pending = null;
    this.setDeadline();
    this.unpause();
  }

  cut(): void {
    if (this.state === stateClosed) return;
    this.listening.engine.statistics.subtract(this.listening.activeWord);
    this.tcp.reset?.();
    this.close();
  }

  beginTunnel(): void {
    this.state = stateTunnel;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    const { pending } = this;
    this.pending = null;
    this.unpause();
    if (pending !== null) this.exchange.requestBody(pending, 0, pending.length, false);
  }

  endTunnel(): void {
    this.tcp.end();
  }

  onEnd(): void {
    this.hasEnded = true;
    switch (this.state) {
      case stateTunnel:
        this.exchange.relay.clientTunnelEnded();
        return;
      case stateResponse:
        this.setDeadline();
        return;
      case stateBody:
        this.gone('client_gone');
        return;
      default:
        this.close();
    }
  }

  onClose(_error: string | null): void {
    this.gone('client_gone');
  }

  /** The client has left. */
  private gone(reason: ExitReason): void {
    if (this.state === stateClosed) return;
    if (this.exchange.isActive) {
      this.listening.engine.statistics.subtract(this.listening.activeWord);
      this.exchange.clientGone(reason);
    }
    this.close();
  }

  onDeadline(): void {
    // It takes nothing, so it gets nothing: no answer could reach it.
    if (this.sendDeadlineMs <= this.listening.engine.deadlines.nowMs) {
      this.gone('client_stalled');
      return;
    }
    switch (this.state) {
      case stateHead:
        // A head that has begun deserves an answer; silence does not.
        if (this.isReadingHead) this.refuse(exits.headTimeout);
        else this.close();
        return;
      case stateBody:
        this.exchange.bodyTimeout();
        return;
      case stateResponse:
      case stateTunnel:
        this.gone('client_gone');
        return;
      default:
        this.close();
    }
  }

  /** The worker drains: idle connections close, busy ones after their response. */
  drain(): void {
    if (this.state === stateHead && !this.isReadingHead) this.close();
    else this.exchange.closeAfter = true;
  }

  /** No request is under way: one has not come, or not whole, or has been answered. */
  get onlyWaits(): boolean {
    return this.state === stateHead || this.state === stateLingering;
  }

  /** Its socket is needed for somebody else. */
  displace(): void {
    this.close();
  }

  /** The drain's time is up. */
  abort(): void {
    this.gone('drain_cut');
  }

  private close(): void {
    if (this.state === stateClosed) return;
    this.state = stateClosed;
    this.pending = null;
    this.tcp.destroy();
    this.listening.closed(this);
  }
}
