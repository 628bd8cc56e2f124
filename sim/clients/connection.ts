// One connection of a client: requests out in order, answers in in order, a WebSocket after an upgrade.
import type { Timer } from '../../src/ports/clock.ts';
import type { TcpClientHandler, TcpConnection } from '../../src/ports/tcp.ts';
import type { RequestRecord } from '../evidence/evidence.ts';
import type { PlannedRequest } from '../history/plan.ts';
import type { AnnouncingOptions } from '../network/tls-messages.ts';
import { type KeyPairName, keyPairs } from '../world/key-pairs.ts';
import type { Announcement } from './announcement.ts';
import type { ClientEnv, ClientTarget } from './client.ts';
import { type Reply, ReplyReader } from './reply-reader.ts';
import type { RequestText } from './request-text.ts';
import { WebSocketTalk } from './websocket-talk.ts';

export interface ConnectionOptions {
  /** null = plain. */
  readonly serverName: string | null;
  /** 0 = as fast as bytes come. */
  readonly readBytesPerSecond: number;
  /** null: its first bytes are those of a request, or of a handshake. */
  readonly announcement: Announcement | null;
  /** What it shows when it is asked for a certificate. */
  readonly shows: KeyPairName | '';
  readonly onGone: () => void;
}

/** Of a TLS connection whose handshake is over: what the gateway showed. */
export interface ShownCertificate {
  readonly peerCertificateId: string;
  /** PEM */
  readonly peerCertificate: string;
}

interface Waiting {
  readonly record: RequestRecord;
  readonly request: PlannedRequest;
  readonly text: RequestText;
  readonly done: (record: RequestRecord) => void;
  readonly timers: Timer[];
  sent: boolean;
  /** Waits for a 100. */
  holdsBody: boolean;
}

/** A body that is sent slowly goes out in so many parts. */
const partsMax = 10;
/** A header that comes late, or in pieces. */
const lateMs = 700;
const headerPieces = 5;
const pieceMs = 15;
/** A server that says nothing to Expect gets the body after this. */
const continueWaitMs = 1_000;

export class ClientConnection implements TcpClientHandler {
  readonly serverName: string | null;
  readonly announcement: Announcement | null;
  /** It has carried a request to its end. */
  used = false;
  private readonly env: ClientEnv;
  private readonly options: ConnectionOptions;
  private readonly tcp: TcpConnection;
  private readonly reader = new ReplyReader();
  private readonly waiting: Waiting[] = [];
  /** Told together with the first bytes. */
  private begun: Buffer | null = null;
  private talk: WebSocketTalk | null = null;
  private connected = false;
  private connectedUs = -1;
  private gone = false;
  /** A request is still being sent: another one behind it would get mixed up with it. */
  private sendingUntilUs = 0;
  private closing = false;
  /** A slow reader is busy until then with what it was given. */
  private readUntilUs = 0;

  constructor(env: ClientEnv, target: ClientTarget, options: ConnectionOptions) {
    this.env = env;
    this.options = options;
    this.serverName = options.serverName;
    this.announcement = options.announcement;
    const { address, port } = target;
    const { shows } = options;
    this.tcp =
      options.serverName === null
        ? env.tcp.connect(address, port, this)
        : env.tls.connect(
            {
              host: address,
              port,
              serverName: options.serverName,
              verify: false,
              verifyDepth: 0,
              certificateAuthorities: null,
              clientCertificate: shows === '' ? null : { id: shows, ...keyPairs[shows] },
              ...(this.announcement === null ? {} : { announces: this.announcement.bytes }),
            } as AnnouncingOptions,
            this,
          );
  }

  get idle(): boolean {
    return this.takesMore && this.waiting.length === 0 && this.connected;
  }

  get takesMore(): boolean {
    const sending = this.env.clock.monotonicUs() <= this.sendingUntilUs;
    return !this.gone && !this.closing && !sending && this.talk === null;
  }

  send(
    record: RequestRecord,
    request: PlannedRequest,
    text: RequestText,
    timeoutMs: number,
    done: (record: RequestRecord) => void,
  ): void {
    const waiting: Waiting = { record, request, text, done, timers: [], sent: false, holdsBody: false };
    const { clock } = this.env;
    // Not known yet when it will be connected: nothing joins it before.
    if (request.sendMs > 0 || request.expects === true) this.sendingUntilUs = Number.POSITIVE_INFINITY;
    // Nothing can come behind its FIN or in the middle of a talk, and nothing behind its wish to close is answered.
    const isLast = request.halfCloses === true || request.kind === 'websocket';
    if (isLast || request.headers['Connection'] === 'close') this.closing = true;
    this.waiting.push(waiting);
    waiting.timers.push(clock.after(timeoutMs, () => this.fail('timeout')));
    if (request.abortMs > 0)
      waiting.timers.push(clock.after(request.abortMs, () => this.abort(request.abort ?? 'close')));
    if (this.connected) this.flush();
  }

  close(): void {
    if (this.talk !== null) this.talk.close();
    else if (this.waiting.length === 0) this.fail('closed');
  }

  /** Goes away in the middle of whatever there is. */
  abort(how: 'close' | 'reset'): void {
    if (how === 'reset' && !this.gone) this.tcp.reset?.();
    this.fail('aborted');
  }

  onConnect(): void {
    // Over TLS it has been told before the handshake.
    const told = this.serverName === null ? this.announcement : null;
    switch (told?.manner) {
      case undefined:
      case 'absent':
        break;
      case 'glued':
        this.begun = told!.bytes;
        break;
      case 'late':
        this.env.clock.after(lateMs, () => this.announce(told!.bytes, 1));
        return;
      case 'split':
        this.announce(told!.bytes, headerPieces);
        return;
      default:
        this.tcp.write(told!.bytes);
    }
    this.open();
  }

  private open(): void {
    this.connected = true;
    this.connectedUs = this.env.clock.monotonicUs();
    this.flush();
  }

  /** So many pieces, one after the other; then requests may go. */
  private announce(bytes: Buffer, pieces: number): void {
    if (this.gone) return;
    const size = Math.ceil(bytes.length / pieces);
    this.tcp.write(bytes.subarray(0, size));
    if (pieces === 1) this.open();
    else this.env.clock.after(pieceMs, () => this.announce(bytes.subarray(size), pieces - 1));
  }

  /** With what is still to be said of the client before it, in one piece. */
  private say(bytes: Buffer): void {
    const { begun } = this;
    this.begun = null;
    this.tcp.write(begun === null ? bytes : Buffer.concat([begun, bytes]));
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.options.readBytesPerSecond > 0) this.takeTime(end - start);
    const text = bytes.toString('latin1', start, end);
    if (this.talk !== null) this.talk.push(text);
    else {
      this.reader.push(text);
      this.read();
    }
  }

  /** Timers know whole milliseconds: what is less waits for the next bytes, or tiny pieces would be read too slowly. */
  private takeTime(bytes: number): void {
    const { clock } = this.env;
    const nowUs = clock.monotonicUs();
    this.readUntilUs =
      Math.max(nowUs, this.readUntilUs) + (bytes * 1_000_000) / this.options.readBytesPerSecond;
    const restMs = Math.floor((this.readUntilUs - nowUs) / 1000);
    if (restMs === 0) return;
    this.tcp.pause();
    clock.after(restMs, () => {
      if (!this.gone) this.tcp.resume();
    });
  }

  onDrain(): void {}

  onEnd(): void {
    if (this.gone) return;
    if (this.talk !== null) {
      this.talk.ended();
      return;
    }
    const first = this.waiting[0];
    const reply = first === undefined ? null : this.reader.end(true);
    if (first !== undefined && reply !== null) this.answer(first, reply, reply.complete ? '' : 'cut');
    this.fail('closed');
  }

  onClose(error: string | null): void {
    const first = this.waiting[0];
    const reply = first === undefined || this.talk !== null ? null : this.reader.end(false);
    if (first !== undefined && reply !== null) this.answer(first, reply, error ?? 'cut');
    this.lose(error ?? 'closed');
  }

  private flush(): void {
    for (const waiting of this.waiting) {
      if (waiting.sent) continue;
      waiting.sent = true;
      waiting.holdsBody = waiting.request.expects === true && waiting.text.body.length > 0;
      this.describe(waiting.record);
      this.write(waiting);
    }
  }

  private describe(record: RequestRecord): void {
    record.connectedUs = this.connectedUs;
    record.origin = `${this.tcp.localAddress}:${this.tcp.localPort}`;
    const { peerCertificateId = '', peerCertificate = '' } = this.tcp as Partial<ShownCertificate>;
    record.certificate = peerCertificateId;
    record.certificatePem = peerCertificate;
  }

  private write(waiting: Waiting): void {
    const { request, text, timers } = waiting;
    if (waiting.holdsBody) {
      // Also where the one before it was written just now.
      this.sendingUntilUs = Number.POSITIVE_INFINITY;
      this.say(text.head);
      timers.push(this.env.clock.after(continueWaitMs, () => this.releaseBody(waiting)));
      return;
    }
    if (request.sendMs === 0) {
      this.sendingUntilUs = 0;
      this.say(Buffer.concat([text.head, text.body]));
      this.written(waiting);
      return;
    }
    // With a body the head goes at once and the body trickles; without one the head does.
    const slow = text.body.length > 0 ? text.body : text.head;
    if (text.body.length > 0) this.say(text.head);
    const parts = Math.min(partsMax, slow.length);
    this.sendingUntilUs = this.env.clock.monotonicUs() + request.sendMs * 1000;
    for (let index = 0; index < parts; index++) {
      const from = Math.floor((slow.length * index) / parts);
      const to = Math.floor((slow.length * (index + 1)) / parts);
      const delayMs = Math.floor((request.sendMs * index) / parts);
      timers.push(
        this.env.clock.after(delayMs, () => {
          if (this.gone) return;
          this.say(slow.subarray(from, to));
          if (index === parts - 1) this.written(waiting);
        }),
      );
    }
  }

  private releaseBody(waiting: Waiting): void {
    if (!waiting.holdsBody || this.gone) return;
    waiting.holdsBody = false;
    this.sendingUntilUs = 0;
    this.tcp.write(waiting.text.body);
    this.written(waiting);
  }

  private written({ request }: Waiting): void {
    if (request.halfCloses === true && !this.gone) this.tcp.end();
  }

  private read(): void {
    for (;;) {
      const first = this.waiting[0];
      if (first === undefined) {
        if (this.reader.hasBytes) this.fail('bytes without a request');
        return;
      }
      const { continues } = this.reader;
      const reply = this.reader.next(first.record.method);
      if (this.reader.continues > continues) this.releaseBody(first);
      if (reply === 'more') return;
      if (reply === 'bad') {
        this.fail('bad answer');
        return;
      }
      if (reply === 'switched') {
        this.startTalk(first);
        return;
      }
      // The server may still wait for what was announced.
      const unsent = first.holdsBody;
      const surplus = this.waiting.length === 1 && this.reader.hasBytes;
      this.answer(first, reply, surplus ? 'bytes after the reply' : '');
      this.used = true;
      if (reply.closes || surplus || unsent) {
        // RFC 9112 section 9.3.2: what was pipelined behind it gets no answer and is the client's to repeat.
        this.fail(reply.closes ? 'unanswered' : 'closed');
        return;
      }
    }
  }

  private startTalk(first: Waiting): void {
    const { record, request } = first;
    record.status = 101;
    const messages: string[] = [];
    (record as { messages: readonly string[] }).messages = messages;
    this.talk = new WebSocketTalk(this.env.clock, this.tcp, {
      nonce: record.nonce,
      holdMs: request.holdMs,
      messages,
      onOver: (error) => this.fail(error),
    });
    this.talk.push(this.reader.rest());
  }

  private answer(waiting: Waiting, reply: Reply, error: string): void {
    const { record } = waiting;
    record.status = reply.status;
    record.headers = reply.headers;
    record.body = reply.body;
    record.complete = reply.complete;
    this.settle(waiting, error);
  }

  private settle(waiting: Waiting, error: string): void {
    const { record, timers, done } = waiting;
    this.waiting.splice(this.waiting.indexOf(waiting), 1);
    for (const timer of timers) timer.cancel();
    record.error = error;
    record.doneUs = this.env.clock.monotonicUs();
    done(record);
  }

  /** Ends the connection from this side. */
  private fail(reason: string): void {
    if (this.gone) return;
    this.closing = true;
    this.tcp.destroy();
    this.lose(reason);
  }

  private lose(reason: string): void {
    if (this.gone) return;
    this.gone = true;
    this.options.onGone();
    const talked = this.talk !== null;
    this.talk?.stop();
    for (const waiting of [...this.waiting]) {
      if (talked && reason === '') waiting.record.complete = true;
      this.settle(waiting, reason);
    }
  }
}
