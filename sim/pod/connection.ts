// One connection to a pod: requests in order, each answered before the next is read, WebSocket echo after an upgrade.
import type { TcpConnection, TcpHandler } from '../../src/ports/tcp.ts';
import { type AnswerScript, properScript, wrongScript } from './answer-script.ts';
import type { Mischief, MischiefMoment } from './mischief.ts';
import { type PodRequest, RequestReader } from './request-reader.ts';
import { acceptKey, closeFrame, WebSocketEcho } from './websocket.ts';

export interface PodAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** Hears of the mischief that is done to it. */
  readonly onMischief?: ((kind: string) => void) | undefined;
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
  /** Something may be about to go wrong. */
  readonly misbehaves: boolean;
  /** What is to go wrong now, if anything is; counted as done. */
  strike(moment: MischiefMoment, path: string, connection: PodConnection): Mischief | null;
  later(delayMs: number, run: () => void): void;
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
  /** Answers begun; the one that is being given, while it is given. */
  private answers = 0;
  private hanging = false;
  /** The request that is being read has its answer. */
  private isRefused = false;
  private upgradeMischief: Mischief | null = null;
  /** Its own direction of the WebSocket has ended, the other has not. */
  private muted = false;

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

  /** It has served and waits for the next request. */
  get waits(): boolean {
    return this.idle && this.answers > 0 && this.socket === null && !this.ending && !this.closed;
  }

  get stream(): TcpConnection {
    return this.tcp;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.ending) return;
    this.owner.active();
    if (this.socket !== null) this.echo(bytes.subarray(start, end));
    else if (this.owner.misbehaves && this.idle && this.refusesRequest(bytes.toString('latin1', start, end)))
      return;
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
    if (this.hanging) this.destroy();
    else if (this.busy) this.ending = true;
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

  /** Ends what a mischief has left without an answer for ever. */
  giveUp(): void {
    if (this.hanging) this.destroy();
  }

  private reset(): void {
    if (this.closed) return;
    this.tcp.reset?.();
    this.destroy();
  }

  private refusesRequest(text: string): boolean {
    const mischief = this.owner.strike('request', text.split(' ', 2)[1] ?? '', this);
    if (mischief === null) return false;
    if (mischief.kind === 'resets-request') this.reset();
    else this.destroy();
    return true;
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
    if (this.closed || this.muted) return;
    if (this.blocked) this.queue.push(bytes);
    else this.blocked = !this.tcp.write(bytes);
  }

  private pump(): void {
    while (!this.busy && !this.blocked && !this.ending && !this.closed && this.socket === null) {
      const outcome = this.reader.next();
      if (outcome.kind === 'more') {
        this.refuseEarly();
        break;
      }
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

  private refuse(reason: string, status = 400, close = true): void {
    const body = Buffer.from(`${JSON.stringify({ error: reason })}\n`);
    const answer = { status, body, contentType: 'application/json' };
    this.play(properScript(answer, { close, headOnly: false }));
  }

  private refuseEarly(): void {
    const path = this.reader.begun;
    if (path === null || this.isRefused || !this.owner.misbehaves) return;
    const mischief = this.owner.strike('body', path, this);
    if (mischief === null) return;
    this.isRefused = true;
    this.refuse('no such bodies are taken', 413, mischief.kind === 'answers-early-and-closes');
  }

  private serve(request: PodRequest): void {
    if (this.isRefused) {
      this.isRefused = false;
      return;
    }
    if (isWebSocket(request)) {
      this.upgradeMischief = this.owner.strike('upgrade', request.path, this);
      if (this.upgradeMischief?.kind !== 'refuses-upgrade') {
        this.upgrade(request);
        return;
      }
    }
    this.busy = true;
    const reply = (answer: PodAnswer): void => {
      if (this.closed) return;
      const close = this.ending || this.owner.closing || wantsClose(request);
      const form = { close, headOnly: request.method === 'HEAD' };
      const mischief = this.owner.strike('answer', request.path, this);
      if (mischief !== null) answer.onMischief?.(mischief.kind);
      const wrong = mischief === null ? null : wrongScript(answer, form, mischief);
      this.play(wrong ?? properScript(answer, form));
    };
    this.owner.handle(request, reply, this);
  }

  /** Sends the steps, each in its time, then does with the connection what the script says. */
  private play(script: AnswerScript): void {
    this.answers++;
    this.busy = true;
    const step = (index: number): void => {
      if (this.closed) return;
      const next = script.steps[index];
      if (next === undefined) {
        this.played(script);
        return;
      }
      const say = (): void => {
        this.send(next.bytes);
        step(index + 1);
      };
      if (next.afterMs === 0) say();
      else this.owner.later(next.afterMs, say);
    };
    step(0);
  }

  private played({ end, idle }: AnswerScript): void {
    if (end === 'hang') {
      this.hanging = true;
      return;
    }
    this.busy = false;
    this.owner.active();
    if (end === 'reset') {
      this.reset();
      return;
    }
    if (idle !== null) {
      const { answers } = this;
      this.owner.later(idle.afterMs, () => {
        if (!this.waits || this.answers !== answers) return;
        if (idle.bytes === null) this.close();
        else this.send(idle.bytes);
      });
    }
    if (end === 'close') this.close();
    else this.pump();
  }

  private upgrade(request: PodRequest): void {
    const accept = acceptKey(request.headers['sec-websocket-key'] ?? '');
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    this.socket = new WebSocketEcho();
    this.owner.upgraded(request, this);
    this.send(Buffer.from(head));
    const mischief = this.upgradeMischief;
    if (mischief?.kind === 'drops-upgraded') this.owner.later(mischief.ms, () => this.reset());
    const rest = this.reader.takeRest();
    if (rest.length > 0) this.echo(rest);
  }

  private echo(bytes: Buffer): void {
    const { out, close } = this.socket!.push(bytes);
    const kind = this.upgradeMischief?.kind;
    if (kind !== 'stays-silent') for (const frame of out) this.send(frame);
    if (kind === 'half-closes' && out.length > 0 && !this.muted && !close) {
      this.muted = true;
      this.tcp.end();
    }
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
