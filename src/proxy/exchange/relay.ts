// The response's way to the client: head with our lines, body as it comes or through filters, back-pressure, tunnels.
import type { Head } from '../http/head.ts';
import { writeLatin1 } from '../http/latin1.ts';
import type { ResponseSink, UpstreamFailure } from '../upstream/response-sink.ts';
import { BodyChain } from './body-chain.ts';
import type { BodyFilter } from './context.ts';
import type { Exchange } from './exchange.ts';
import {
  type ConnectionLine,
  connectionClose,
  connectionDefault,
  connectionKeepAlive,
  connectionUpgrade,
  type ResponseHeadWriter,
} from './response-head.ts';

/** The body's bytes go on with the framing they came with. */
const bodyRaw = 0;
/** The body is framed anew in chunks. */
const bodyChunks = 1;
/** The body ends with the connection. */
const bodyPlain = 2;

const lastChunk = Buffer.from('0\r\n\r\n', 'latin1');
const keepFraming = { framing: false, isChunked: false };
const dropFraming = { framing: true, isChunked: false };
const chunkFraming = { framing: true, isChunked: true };

export class Relay implements ResponseSink {
  /** A response head has gone to the client. */
  hasBegun = false;
  private readonly exchange: Exchange;
  private readonly writer: ResponseHeadWriter;
  private mode = bodyRaw;
  /** The head must not say how long a body is: there is none, or this client could not understand it. */
  private hidesFraming = false;
  private chain: BodyChain | null = null;
  private isBlocked = false;
  private isDone = false;
  private clientEnded = false;
  private upstreamEnded = false;
  private readonly filteredOut = (bytes: Buffer): void => {
    this.sendBody(bytes, 0, bytes.length);
  };

  constructor(exchange: Exchange, writer: ResponseHeadWriter) {
    this.exchange = exchange;
    this.writer = writer;
  }

  begin(): void {
    this.hasBegun = false;
    this.mode = bodyRaw;
    this.chain = null;
    this.isBlocked = false;
    this.isDone = false;
    this.clientEnded = false;
    this.upstreamEnded = false;
  }

  upstreamConnected(): void {
    this.exchange.forward.connected();
  }

  upstreamDrained(): void {
    this.exchange.forward.drained();
  }

  upstreamFailed(failure: UpstreamFailure): void {
    if (this.hasBegun) this.exchange.cutResponse(failure);
    else this.exchange.forward.failed(failure);
  }

  prepareResponse(head: Head): boolean {
    const { exchange } = this;
    exchange.proxied(head);
    const filters: BodyFilter[] | null = exchange.plugins.filterHeader();
    const { minor } = exchange.request.head;
    const isBodiless = head.status === 204 || head.status === 304 || exchange.request.method === 'HEAD';
    const untilClose = !head.isChunked && head.contentLength < 0;
    if (filters !== null && !isBodiless) this.chain = new BodyChain(filters, this.filteredOut);
    if (isBodiless) this.mode = bodyRaw;
    else if (minor === 0) this.mode = filters !== null || head.isChunked || untilClose ? bodyPlain : bodyRaw;
    else this.mode = filters !== null || untilClose ? bodyChunks : bodyRaw;
    if (this.mode === bodyPlain) exchange.closeAfter = true;
    // RFC 9112 section 6.1: no Transfer-Encoding with 204, nor for HTTP/1.0; RFC 9110 section 8.6: no Content-Length with 204.
    this.hidesFraming =
      isBodiless &&
      (head.status === 204 ? head.isChunked || head.contentLength >= 0 : minor === 0 && head.isChunked);
    return head.isChunked && this.mode !== bodyRaw;
  }

  private connectionLine(): ConnectionLine {
    const { exchange } = this;
    const { minor } = exchange.request.head;
    if (minor === 2) return connectionDefault;
    if (exchange.closeAfter) return connectionClose;
    return minor === 0 ? connectionKeepAlive : connectionDefault;
  }

  private framing(): { readonly framing: boolean; readonly isChunked: boolean } {
    if (this.mode === bodyChunks) return chunkFraming;
    return this.mode === bodyPlain || this.hidesFraming ? dropFraming : keepFraming;
  }

  responseHead(head: Head, bytes: Buffer, end: number, headroom: number, isLast: boolean): void {
    const { exchange } = this;
    const { response, client, request } = exchange;
    if (exchange.engine.isDraining || (isLast && !exchange.forward.isComplete)) exchange.closeAfter = true;
    const connection = this.connectionLine();
    this.hasBegun = true;
    if (!isLast) exchange.settle();
    const { upstreamMs, proxyMs } = exchange;
    if (response.lines === null && this.mode === bodyRaw && !this.hidesFraming) {
      const view = this.writer.writeInPlace(
        head,
        end,
        headroom,
        upstreamMs,
        proxyMs,
        connection,
        request.idBytes,
      );
      if (view !== null) {
        exchange.responseBytes += view.length;
        exchange.responseHeadBytes = view.length - (end - head.end);
        this.written(client.write(view), isLast);
        return;
      }
    }
    const written = this.writer.write(
      head,
      response.lines,
      this.framing(),
      upstreamMs,
      proxyMs,
      connection,
      request.idBytes,
      exchange.date,
    );
    exchange.responseBytes += written.length;
    exchange.responseHeadBytes = written.length;
    if (this.mode === bodyRaw && end > head.end) {
      exchange.responseBytes += end - head.end;
      this.written(client.write2(written, bytes.subarray(head.end, end)), isLast);
      return;
    }
    const hasRoom = client.write(written);
    if (this.mode === bodyRaw || (end === head.end && !isLast)) {
      this.written(hasRoom, isLast);
      return;
    }
    if (!hasRoom) this.block();
    this.responseBody(bytes, head.end, end, isLast);
  }

  /** A response of our own, complete; its bytes stay as they are. */
  sendWhole(bytes: Buffer): void {
    this.hasBegun = true;
    this.isBlocked = !this.exchange.client.write(bytes);
    // The log phase comes with the drain, when the buffer that the request was read from is gone.
    if (this.isBlocked) this.exchange.settle();
    this.written(true, true);
  }

  /** Bytes have been handed to the client: go on, wait, or be done. */
  private written(hasRoom: boolean, isLast: boolean): void {
    if (isLast) this.isDone = true;
    if (!hasRoom) this.block();
    else if (isLast && !this.isBlocked) this.exchange.finish();
  }

  private block(): void {
    if (this.isBlocked) return;
    this.isBlocked = true;
    this.exchange.takesLonger();
    this.exchange.forward.upstream?.pause();
  }

  responseBody(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.chain !== null) {
      if (!this.chain.push(bytes, start, end, isLast)) this.block();
    } else if (end > start) {
      this.sendBody(bytes, start, end);
    }
    if (!isLast) return;
    if (this.mode === bodyChunks) {
      this.exchange.responseBytes += lastChunk.length;
      if (!this.exchange.client.write(lastChunk)) this.block();
    }
    this.written(!this.isBlocked, true);
  }

  private sendBody(bytes: Buffer, start: number, end: number): void {
    const { client, engine } = this.exchange;
    const size = end - start;
    let hasRoom: boolean;
    if (this.mode === bodyChunks) {
      const { slab } = engine;
      slab.reserve(size + 16);
      const at = slab.offset;
      let out = writeLatin1(slab.bytes, `${size.toString(16)}\r\n`, at);
      bytes.copy(slab.bytes, out, start, end);
      out += size;
      slab.bytes[out] = 13;
      slab.bytes[out + 1] = 10;
      slab.offset = out + 2;
      this.exchange.responseBytes += slab.offset - at;
      hasRoom = client.write(slab.bytes.subarray(at, slab.offset));
    } else {
      this.exchange.responseBytes += size;
      hasRoom = client.write(bytes.subarray(start, end));
    }
    if (!hasRoom) this.block();
  }

  /** The client has taken what it was given. */
  clientDrained(): void {
    if (!this.isBlocked) return;
    this.isBlocked = false;
    if (this.isDone) {
      this.exchange.finish();
      return;
    }
    this.chain?.drained();
    this.exchange.forward.upstream?.resume();
  }

  informational(head: Head): void {
    const { request, client } = this.exchange;
    // 100 answers an Expect that we have answered ourselves.
    if (request.head.minor !== 1 || head.status === 100) return;
    client.write(this.writer.writeInterim(head));
  }

  switched(head: Head, bytes: Buffer, end: number): void {
    const { exchange } = this;
    exchange.proxied(head);
    exchange.plugins.filterHeader();
    this.hasBegun = true;
    exchange.isTunnel = true;
    exchange.closeAfter = true;
    exchange.settle();
    const { upstreamMs, proxyMs, request, client, response } = exchange;
    const written = this.writer.write(
      head,
      response.lines,
      keepFraming,
      upstreamMs,
      proxyMs,
      connectionUpgrade,
      request.idBytes,
      exchange.date,
    );
    exchange.responseBytes += written.length;
    exchange.responseHeadBytes = written.length;
    client.beginTunnel();
    if (!client.write(written)) this.block();
    if (end > head.end) this.tunnelled(bytes, head.end, end);
  }

  tunnelled(bytes: Buffer, start: number, end: number): void {
    this.exchange.responseBytes += end - start;
    if (!this.exchange.client.write(bytes.subarray(start, end))) this.block();
  }

  tunnelEnded(): void {
    this.upstreamEnded = true;
    this.exchange.client.endTunnel();
    if (this.clientEnded) this.exchange.finishTunnel();
  }

  /** The client has no more to say in a tunnel. */
  clientTunnelEnded(): void {
    this.clientEnded = true;
    this.exchange.forward.upstream?.endTunnel();
    if (this.upstreamEnded) this.exchange.finishTunnel();
  }

  /** Keeps nothing of the response. */
  end(): void {
    this.chain = null;
  }
}
