// One connection to an upstream: connects, carries one request at a time, finds where its response ends, goes back to its
// pool. All per-request state is fields of one shape.
import type { TcpClientHandler, TcpConnection } from '../../ports/tcp.ts';
import { ChunkScanner, chunkMalformed, chunkMore } from '../http/chunk-scanner.ts';
import { Head, headBytesMax } from '../http/head.ts';
import { parseResponseHead } from '../http/response-parser.ts';
import type { Deadlines, HasDeadline } from './deadlines.ts';
import type { EndpointPool } from './pool.ts';
import { connectFailure, type ResponseSink, type UpstreamFailure } from './response-sink.ts';

const stateConnecting = 0;
const stateIdle = 1;
const stateHead = 2;
const stateCounted = 3;
const stateChunked = 4;
const stateUntilClose = 5;
const stateTunnel = 6;
/** The response is complete but its bytes have not all reached the client. */
const stateComplete = 7;
const stateClosed = 8;

/** More of them before one response are an attack or a defect. */
const interimResponsesMax = 16;
const emptyBytes = Buffer.alloc(0);

/** One head for all connections of a thread: it is read within the call that filled it. */
const scratchHead = new Head();

export class UpstreamConnection implements TcpClientHandler, HasDeadline {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  tcp: TcpConnection | null = null;
  /** The connection served an earlier request, so a failure may only mean that it had grown old. */
  isReused = false;
  /** Bytes of this request's response have arrived. */
  hasAnswered = false;
  /** A write returned false and has not drained. */
  isBlocked = false;
  private state = stateConnecting;
  private sink: ResponseSink | null = null;
  private readonly endpoint: EndpointPool;
  private readonly deadlines: Deadlines;
  private readonly scanner = new ChunkScanner();
  private left = 0;
  private requestCount = 0;
  private interimCount = 0;
  private isPaused = false;
  private mayReuse = false;
  private isHeadRequest = false;
  private isUpgrade = false;
  private keepsTrailer = false;
  private decodes = false;
  private readTimeoutMs = 60_000;
  private writeTimeoutMs = 60_000;
  private pending: Buffer | null = null;
  private readonly dataOut = (bytes: Buffer, start: number, end: number): void => {
    this.sink?.responseBody(bytes, start, end, false);
  };

  constructor(endpoint: EndpointPool, deadlines: Deadlines) {
    this.endpoint = endpoint;
    this.deadlines = deadlines;
  }

  /** Takes the connection for one request. The sink is told when it may write, at once if it is connected. */
  assign(
    sink: ResponseSink,
    isHeadRequest: boolean,
    isUpgrade: boolean,
    keepsTrailer: boolean,
    readTimeoutMs: number,
    writeTimeoutMs: number,
  ): void {
    this.sink = sink;
    this.isHeadRequest = isHeadRequest;
    this.isUpgrade = isUpgrade;
    this.keepsTrailer = keepsTrailer;
    this.readTimeoutMs = readTimeoutMs;
    this.writeTimeoutMs = writeTimeoutMs;
    this.hasAnswered = false;
    this.decodes = false;
    this.mayReuse = false;
    this.interimCount = 0;
    this.requestCount++;
  }

  /** First use of a new connection: how long it may take to be established. */
  startConnecting(tcp: TcpConnection, timeoutMs: number): void {
    this.tcp = tcp;
    this.deadlineMs = this.deadlines.nowMs + timeoutMs;
    this.deadlines.add(this);
  }

  get isConnected(): boolean {
    return this.state !== stateConnecting && this.state !== stateClosed;
  }

  /** The head (and what of the body is there) goes out; from now on a response is expected. */
  send(bytes: Buffer): boolean {
    this.state = stateHead;
    return this.write(bytes);
  }

  write(bytes: Buffer): boolean {
    if (this.tcp!.write(bytes)) {
      this.deadlineMs = this.deadlines.nowMs + this.readTimeoutMs;
      return true;
    }
    this.isBlocked = true;
    this.deadlineMs = this.deadlines.nowMs + this.writeTimeoutMs;
    return false;
  }

  pause(): void {
    this.isPaused = true;
    this.tcp!.pause();
    // Whoever paused us is slow, not the upstream.
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.deadlineMs = this.deadlines.nowMs + this.readTimeoutMs;
    this.unpause();
  }

  private unpause(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.tcp!.resume();
  }

  /** The exchange is through with it. Without a complete exchange it closes. */
  release(requestIsComplete: boolean): void {
    this.sink = null;
    if (this.state !== stateComplete || !this.mayReuse || !requestIsComplete) {
      this.destroy();
    } else if (this.requestCount >= this.endpoint.reuse.requestsMax || !this.endpoint.keeps(this)) {
      this.destroy();
    } else {
      this.state = stateIdle;
      // A client that was slow with the last bytes had it paused: it must hear the upstream's FIN, and its next answer.
      this.unpause();
      this.isReused = true;
      this.deadlineMs = this.deadlines.nowMs + this.endpoint.reuse.idleTimeoutMs;
    }
  }

  /** Closes at once, without a word to the sink. */
  destroy(): void {
    if (this.state === stateClosed) return;
    this.state = stateClosed;
    this.sink = null;
    this.pending = null;
    this.deadlines.remove(this);
    this.endpoint.closed(this);
    this.tcp?.destroy();
  }

  /** Half-close of a tunnel. */
  endTunnel(): void {
    this.tcp!.end();
  }

  onConnect(): void {
    this.state = stateHead;
    this.deadlineMs = this.deadlines.nowMs + this.readTimeoutMs;
    if (this.sink === null) this.destroy();
    else this.sink.upstreamConnected();
  }

  onDrain(): void {
    this.isBlocked = false;
    this.deadlineMs = this.deadlines.nowMs + this.readTimeoutMs;
    this.sink?.upstreamDrained();
  }

  onDeadline(): void {
    if (this.state === stateIdle) this.destroy();
    else if (this.state === stateConnecting) this.fail('connect_timeout');
    else if (this.state >= stateCounted && this.state <= stateUntilClose) this.fail('response_stalled');
    else if (this.state === stateTunnel) this.fail('tunnel_idle');
    else this.fail(this.isBlocked ? 'send_timeout' : 'response_timeout');
  }

  onEnd(): void {
    switch (this.state) {
      case stateUntilClose:
        this.complete();
        this.sink?.responseBody(emptyBytes, 0, 0, true);
        return;
      case stateTunnel:
        this.sink?.tunnelEnded();
        return;
      case stateComplete:
        this.mayReuse = false;
        return;
      case stateIdle:
        this.destroy();
        return;
      default:
        if (this.state === stateConnecting) this.fail('reset_before_send');
        else this.fail(this.state === stateHead ? 'closed_after_send' : 'response_cut');
    }
  }

  onClose(error: string | null): void {
    if (this.state === stateClosed) return;
    if (error === null && (this.state === stateUntilClose || this.state === stateComplete)) {
      this.onEnd();
      this.destroy();
      return;
    }
    if (this.state === stateComplete || this.state === stateIdle) this.mayReuse = false;
    if (this.state === stateIdle) this.destroy();
    else if (this.state === stateConnecting) this.fail(connectFailure(error));
    else if (this.state === stateHead) this.fail(error === null ? 'closed_after_send' : 'reset_after_send');
    else if (this.state !== stateComplete) this.fail('response_cut');
  }

  private fail(failure: UpstreamFailure): void {
    const sink = this.sink;
    this.destroy();
    sink?.upstreamFailed(failure);
  }

  onData(bytes: Buffer, start: number, end: number, headroom: number): void {
    this.deadlineMs = this.deadlines.nowMs + this.readTimeoutMs;
    switch (this.state) {
      case stateHead:
        this.readHead(bytes, start, end, headroom);
        return;
      case stateCounted:
        this.readCounted(bytes, start, end);
        return;
      case stateChunked:
        this.readChunked(bytes, start, end);
        return;
      case stateUntilClose:
        this.sink!.responseBody(bytes, start, end, false);
        return;
      case stateTunnel:
        this.sink!.tunnelled(bytes, start, end);
        return;
      case stateComplete:
        this.mayReuse = false;
        return;
      default:
        // Nobody asked: whatever this is, the connection cannot be trusted any more.
        this.destroy();
    }
  }

  private complete(): void {
    this.state = stateComplete;
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  private readHead(given: Buffer, givenStart: number, givenEnd: number, givenHeadroom: number): void {
    let bytes = given;
    let start = givenStart;
    let end = givenEnd;
    let headroom = givenHeadroom;
    this.hasAnswered = true;
    if (this.pending !== null) {
      bytes = Buffer.concat([this.pending, given.subarray(givenStart, givenEnd)]);
      start = 0;
      end = bytes.length;
      headroom = 0;
      this.pending = null;
    }
    const head = scratchHead;
    for (;;) {
      head.keepsTrailer = this.keepsTrailer;
      const next = parseResponseHead(head, bytes, start, end);
      if (next < 0 || (next === 0 ? end - start : next - start) > headBytesMax) {
        this.fail('bad_response');
        return;
      }
      if (next === 0) {
        this.pending = start === end ? null : Buffer.from(bytes.subarray(start, end));
        return;
      }
      if (head.status >= 200) break;
      if (head.status === 101) {
        this.readSwitch(head, bytes, end);
        return;
      }
      if (++this.interimCount > interimResponsesMax) {
        this.fail('bad_response');
        return;
      }
      this.sink!.informational(head);
      start = next;
      headroom = 0;
    }
    this.beginBody(head, bytes, end, headroom);
  }

  private readSwitch(head: Head, bytes: Buffer, end: number): void {
    // Only what was asked for: anything else would be a tunnel that nobody has agreed to.
    if (!this.isUpgrade || !head.upgradeIsWebsocket) {
      this.fail('bad_response');
      return;
    }
    this.state = stateTunnel;
    this.sink!.switched(head, bytes, end);
  }

  private beginBody(head: Head, bytes: Buffer, end: number, headroom: number): void {
    const sink = this.sink!;
    const bodyStart = head.end;
    this.mayReuse = head.minor === 1 ? !head.saysClose : head.saysKeepAlive;
    this.decodes = sink.prepareResponse(head);
    if (this.sink !== sink) return;
    let bodyEnd = end;
    let isLast = false;
    if (this.isHeadRequest || head.status === 204 || head.status === 304) {
      bodyEnd = bodyStart;
      isLast = true;
    } else if (head.isChunked) {
      this.scanner.reset();
      this.state = stateChunked;
      if (this.decodes) {
        sink.responseHead(head, bytes, bodyStart, headroom, false);
        if (this.sink === sink && bodyStart < end) this.readChunked(bytes, bodyStart, end);
        return;
      }
      const next = this.scanner.scan(bytes, bodyStart, end, null);
      if (next === chunkMalformed) {
        this.fail('bad_response');
        return;
      }
      isLast = next !== chunkMore;
      if (isLast) bodyEnd = next;
    } else if (head.contentLength >= 0) {
      this.state = stateCounted;
      const left = head.contentLength - (end - bodyStart);
      isLast = left <= 0;
      if (isLast) bodyEnd = bodyStart + head.contentLength;
      else this.left = left;
    } else {
      this.state = stateUntilClose;
      this.mayReuse = false;
    }
    if (bodyEnd < end) this.mayReuse = false;
    if (isLast) this.complete();
    sink.responseHead(head, bytes, bodyEnd, headroom, isLast);
  }

  private readCounted(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size < this.left) {
      this.left -= size;
      this.sink!.responseBody(bytes, start, end, false);
      return;
    }
    const bodyEnd = start + this.left;
    if (bodyEnd < end) this.mayReuse = false;
    this.left = 0;
    this.complete();
    this.sink!.responseBody(bytes, start, bodyEnd, true);
  }

  private readChunked(bytes: Buffer, start: number, end: number): void {
    const sink = this.sink!;
    const next = this.scanner.scan(bytes, start, end, this.decodes ? this.dataOut : null);
    if (this.sink !== sink) return;
    if (next === chunkMalformed) {
      this.fail('response_cut');
      return;
    }
    if (next !== chunkMore) {
      if (next < end) this.mayReuse = false;
      this.complete();
    }
    if (this.decodes) {
      if (next !== chunkMore) sink.responseBody(emptyBytes, 0, 0, true);
      return;
    }
    sink.responseBody(bytes, start, next === chunkMore ? end : next, next !== chunkMore);
  }
}
