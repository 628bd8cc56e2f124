// One connection to a pod: requests in order, each answered before the next is read, WebSocket echo after an upgrade.
import type { TcpConnection, TcpHandler } from '../../src/ports/tcp.ts';
import { type PodRequest, RequestReader } from './request-reader.ts';
import { acceptKey, closeFrame, WebSocketEcho } from './websocket.ts';

export interface PodAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
}

/** The server behind the connections. */
export interface PodConnectionOwner {
  /** Answers later or at once; exactly one call of `reply`. */
  handle(request: PodRequest, reply: (answer: PodAnswer) => void, connection: PodConnection): void;
  /** A request has become a WebSocket. */
  upgraded(request: PodRequest, connection: PodConnection): void;
  /** The pod is draining: answers carry `Connection: close`. */
  readonly closing: boolean;
  gone(connection: PodConnection): void;
  active(): void;
}

/** Bytes of later requests that may wait behind one that is being answered. */
const pipelineBytesMax = 262_144;

export class PodConnection implements TcpHandler {
  /** When it was accepted, on the pod's clock. */
  readonly openedUs: number;
  private readonly tcp: TcpConnection;
  private readonly owner: PodConnectionOwner;
  private readonly reader = new RequestReader();
  private socket: WebSocketEcho | null = null;
  private readonly queue: Buffer[] = [];
  private blocked = false;
  private paused = false;
  private busy = false;
  private ending = false;
  private closed = false;

  constructor(tcp: TcpConnection, owner: PodConnectionOwner, openedUs: number) {
    this.tcp = tcp;
    this.owner = owner;
    this.openedUs = openedUs;
  }

  get port(): number {
    return this.tcp.localPort;
  }

  get originPort(): number {
    return this.tcp.remotePort;
  }

  /** Nothing asked that is not answered. An open WebSocket counts as idle: it never ends by itself. */
  get idle(): boolean {
    return !this.busy && !this.blocked && (this.socket !== null || this.reader.idle);
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.ending) return;
    this.owner.active();
    if (this.socket !== null) this.echo(bytes.subarray(start, end));
    else {
      this.reader.push(bytes.subarray(start, end));
      this.pump();
    }
  }

  onDrain(): void {
    this.blocked = false;
    while (this.queue.length > 0 && !this.blocked) this.blocked = !this.tcp.write(this.queue.shift()!);
    if (this.blocked) return;
    if (this.ending) this.tcp.end();
    else this.pump();
  }

  onEnd(): void {
    if (this.busy) this.ending = true;
    else this.close();
  }

  onClose(): void {
    this.closed = true;
    this.owner.gone(this);
  }

  /** Answers what was asked, then ends the connection; an idle one ends now. */
  drain(): void {
    if (this.socket !== null && !this.ending) {
      this.send(closeFrame(1001));
      this.close();
    } else if (this.idle) this.close();
  }

  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    this.tcp.destroy();
    this.owner.gone(this);
  }

  private close(): void {
    this.ending = true;
    if (!this.blocked && !this.closed) this.tcp.end();
  }

  private send(bytes: Buffer): void {
    if (this.closed) return;
    if (this.blocked) this.queue.push(bytes);
    else this.blocked = !this.tcp.write(bytes);
  }

  private pump(): void {
    while (!this.busy && !this.blocked && !this.ending && !this.closed && this.socket === null) {
      const outcome = this.reader.next();
      if (outcome.kind === 'more') break;
      if (outcome.kind === 'continue') this.send(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
      else if (outcome.kind === 'bad') this.refuse(outcome.reason);
      else this.serve(outcome.request);
    }
    const full = this.reader.pendingBytes > pipelineBytesMax && (this.busy || this.blocked);
    if (full !== this.paused && !this.closed) {
      this.paused = full;
      if (full) this.tcp.pause();
      else this.tcp.resume();
    }
  }

  private refuse(reason: string): void {
    const body = Buffer.from(`${JSON.stringify({ error: reason })}\n`);
    this.send(encodeAnswer({ status: 400, body, contentType: 'application/json' }, true, false));
    this.close();
  }

  private serve(request: PodRequest): void {
    if (isWebSocket(request)) {
      this.upgrade(request);
      return;
    }
    this.busy = true;
    const reply = (answer: PodAnswer): void => {
      if (this.closed) return;
      this.busy = false;
      const close = this.ending || this.owner.closing || wantsClose(request);
      this.send(encodeAnswer(answer, close, request.method === 'HEAD'));
      this.owner.active();
      if (close) this.close();
      else this.pump();
    };
    this.owner.handle(request, reply, this);
  }

  private upgrade(request: PodRequest): void {
    const accept = acceptKey(request.headers['sec-websocket-key'] ?? '');
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    this.socket = new WebSocketEcho();
    this.owner.upgraded(request, this);
    this.send(Buffer.from(head));
    const rest = this.reader.takeRest();
    if (rest.length > 0) this.echo(rest);
  }

  private echo(bytes: Buffer): void {
    const { out, close } = this.socket!.push(bytes);
    for (const frame of out) this.send(frame);
    if (close) this.close();
    else if (this.blocked !== this.paused) {
      this.paused = this.blocked;
      if (this.paused) this.tcp.pause();
    }
  }
}

function wantsClose(request: PodRequest): boolean {
  const connection = (request.headers['connection'] ?? '').toLowerCase();
  const options = connection.split(',').map((option) => option.trim());
  return options.includes('close') || (request.http10 && !options.includes('keep-alive'));
}

function isWebSocket(request: PodRequest): boolean {
  const path = request.path.split('?')[0]!;
  return (
    request.method === 'GET' &&
    (path === '/ws' || path.endsWith('/ws')) &&
    (request.headers['upgrade'] ?? '').toLowerCase() === 'websocket' &&
    request.headers['sec-websocket-key'] !== undefined
  );
}

function encodeAnswer(answer: PodAnswer, close: boolean, headOnly: boolean): Buffer {
  const bodyless = answer.status === 204 || answer.status === 304;
  const head =
    `HTTP/1.1 ${answer.status} ${reasonPhrase(answer.status)}\r\n` +
    (bodyless ? '' : `Content-Type: ${answer.contentType}\r\nContent-Length: ${answer.body.length}\r\n`) +
    `Connection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`;
  return bodyless || headOnly ? Buffer.from(head) : Buffer.concat([Buffer.from(head), answer.body]);
}

const reasonPhrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function reasonPhrase(status: number): string {
  return reasonPhrases[status] ?? 'Status';
}
