// The pod server: answers who it is and what it was asked, keeps a receipt of every request, and drains as it was told.
// It needs nothing but byte streams and a clock, so it is the same on real sockets and in virtual time.
import { boundedDraw } from '../../src/base/prng.ts';
import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Tcp, TcpConnection, TcpListener } from '../../src/ports/tcp.ts';
import { type PodAnswer, PodConnection, type PodConnectionOwner } from './connection.ts';
import { type Mischief, type MischiefMoment, momentOf, parseMischief } from './mischief.ts';
import { type Personality, readPersonality } from './personality.ts';
import { receiptLine } from './receipt-lines.ts';
import { createRing, type Receipt, type Ring } from './receipts.ts';
import type { PodRequest } from './request-reader.ts';

export interface PodIdentity {
  readonly pod: string;
  readonly namespace: string;
  readonly service: string;
  readonly node: string;
  readonly uid: string;
}

export interface PodServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tcp: Tcp;
  readonly host: string;
  readonly ports: readonly number[];
  readonly identity: PodIdentity;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Besides the usual ones (/healthz and so on). */
  readonly healthPaths?: readonly string[];
  /** Called once, when the process would have ended; not after kill(). */
  readonly onExit: (exitCode: number) => void;
  readonly receiptsMax?: number;
  /** Hears of every request that gets a receipt, and of every WebSocket. What it returns hears of mischief with the answer. */
  readonly onRequest?: RequestListener;
  /** Hears of each line of the log. */
  readonly onLine?: (line: string) => void;
}

export type RequestListener = (taken: TakenRequest) => (kind: string) => void;

export interface TakenRequest {
  readonly request: PodRequest;
  readonly status: number;
  readonly port: number;
  /** When its connection was accepted, on the pod's clock. */
  readonly connectedUs: number;
  /** Port of the peer's end. */
  readonly originPort: number;
}

export interface PodServer {
  /** Called back once all ports listen, or with the first error. */
  start(done: (error: string | null, ports: readonly number[]) => void): void;
  /** SIGTERM. */
  terminate(): void;
  /** SIGKILL: everything is cut, onExit is not called. `done` when the ports are free. */
  kill(done?: () => void): void;
  /** From now on things go wrong as told, in place of what went wrong before; null: no more. `onHit` hears of each time. */
  misbehave(mischief: Mischief | null, onHit?: () => void): void;
  /** From now on it has these traits instead of its own. */
  become(traits: Partial<Personality>): void;
  /** Connections that have carried requests and carry none now. */
  waiting(): readonly TcpConnection[];
  receipts(): readonly Receipt[];
  readonly receiptCount: number;
  logs(): string;
  /** Lines from the given one on that are still kept; `next` is the number of the one to come. */
  logLines(from: number): { readonly lines: readonly string[]; readonly next: number };
}

const usualHealthPaths: readonly string[] = ['/healthz', '/livez', '/readyz', '/health', '/ready', '/live'];
const receiptsMaxDefault = 20_000;
const logLinesMax = 1000;
/** Where receipts are told there, so that a reader may be a second behind. */
const receiptLinesMax = 5000;
/** With nothing asked for this long while draining, the pod takes itself for forgotten. */
const quietMs = 500;
/** How much longer than asked for a pod goes on serving when requests keep coming. */
const overtimeMs = 5000;
const listenRetryMs = 20;
const listenTriesMax = 50;

export function createPodServer(options: PodServerOptions): PodServer {
  return new Server(options);
}

class Server implements PodServer, PodConnectionOwner {
  closing = false;
  private readonly options: PodServerOptions;
  private personality: Personality;
  private readonly ring;
  private readonly lines: Ring<string>;
  private readonly tellsReceipts: boolean;
  private told = 0;
  private readonly connections = new Set<PodConnection>();
  private readonly timers = new Set<Timer>();
  private readonly healthPaths: ReadonlySet<string>;
  private readonly stream: string;
  private listeners: TcpListener[] = [];
  private startUs: number;
  private startMs: number;
  private lastActiveUs = 0;
  private terminating = false;
  private forcedUnready = false;
  private ended = false;
  private mischief: Mischief | null = null;
  private strikesLeft = 0;
  private onHit: () => void = () => {};

  constructor(options: PodServerOptions) {
    this.options = options;
    this.ring = createRing<Receipt>(options.receiptsMax ?? receiptsMaxDefault);
    this.tellsReceipts = options.environment['POD_LOG'] === 'receipts';
    this.lines = createRing<string>(this.tellsReceipts ? receiptLinesMax : logLinesMax);
    this.healthPaths = new Set([...usualHealthPaths, ...(options.healthPaths ?? [])]);
    this.stream = `pod/${options.identity.namespace}/${options.identity.pod}`;
    this.startUs = options.clock.monotonicUs();
    this.startMs = options.clock.wallMs();
    const { personality, complaints } = readPersonality(options.environment);
    this.personality = personality;
    for (const complaint of complaints) this.log(complaint);
  }

  get receiptCount(): number {
    return this.ring.total;
  }

  receipts(): readonly Receipt[] {
    return this.ring.items();
  }

  logs(): string {
    const lines = this.lines.items();
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  logLines(from: number): { readonly lines: readonly string[]; readonly next: number } {
    const { total } = this.lines;
    const wanted = total - from;
    return { lines: wanted <= 0 ? [] : this.lines.items().slice(-wanted), next: total };
  }

  private log(line: string): void {
    this.lines.add(line);
    this.options.onLine?.(line);
  }

  start(done: (error: string | null, ports: readonly number[]) => void): void {
    const { crashAfterMs, exitAfterMs, exitCode } = this.personality;
    this.startUs = this.options.clock.monotonicUs();
    if (crashAfterMs !== null) this.later(crashAfterMs, () => this.exit(1));
    if (exitAfterMs !== null) this.later(exitAfterMs, () => this.exit(exitCode));
    this.listen(0, 0, done);
  }

  /** A port may still be busy for a moment after the container before this one was killed. */
  private listen(
    index: number,
    tries: number,
    done: (error: string | null, ports: readonly number[]) => void,
  ): void {
    const port = this.options.ports[index];
    if (port === undefined) {
      const ports = this.listeners.map((listener) => listener.port);
      this.log(`listening on ${this.options.host}, ports ${ports.join(', ')}`);
      done(null, ports);
      return;
    }
    this.options.tcp.listen(
      { host: this.options.host, port },
      (tcp) => {
        if (this.ended) return null;
        const connection = new PodConnection(tcp, this, this.options.clock.monotonicUs());
        this.connections.add(connection);
        return connection;
      },
      (error, listener) => {
        if (this.ended) listener?.close(() => {});
        else if (listener !== null) {
          this.listeners.push(listener);
          this.listen(index + 1, 0, done);
        } else if (error === 'EADDRINUSE' && tries < listenTriesMax) {
          this.later(listenRetryMs, () => this.listen(index, tries + 1, done));
        } else {
          this.log(`cannot listen on ${this.options.host}:${port}: ${error}`);
          done(error, []);
        }
      },
    );
  }

  handle(request: PodRequest, reply: (answer: PodAnswer) => void, connection: PodConnection): void {
    const { latencyMs } = this.personality;
    const path = request.path.split('?')[0]!;
    if (this.healthPaths.has(path)) {
      reply(this.health());
      return;
    }
    if (path.startsWith('/_pod/')) {
      reply(this.control(path, request.path.slice(path.length + 1)));
      return;
    }
    const answer = this.answer(request, connection);
    const spread = latencyMs[1] - latencyMs[0];
    const drawn =
      spread === 0 ? 0 : boundedDraw(this.options.random.uint32(this.label('latency', request)), spread + 1);
    const waitMs = latencyMs[0] + drawn;
    if (waitMs === 0) reply(answer);
    else this.later(waitMs, () => reply(answer));
  }

  misbehave(mischief: Mischief | null, onHit: () => void = () => {}): void {
    const before = this.mischief;
    this.mischief = mischief;
    this.strikesLeft = mischief?.count ?? 0;
    this.onHit = onHit;
    this.log(mischief === null ? 'behaves' : `misbehaves: ${JSON.stringify(mischief)}`);
    for (const connection of [...this.connections]) connection.giveUp();
    if (mischief?.kind === 'refuses') {
      this.closeListeners(() => {});
      for (const connection of [...this.connections]) if (connection.waits) connection.drain();
    } else if (before?.kind === 'refuses' && !this.terminating && !this.ended) this.listen(0, 0, () => {});
  }

  become(traits: Partial<Personality>): void {
    this.personality = { ...this.personality, ...traits };
  }

  waiting(): readonly TcpConnection[] {
    return [...this.connections].filter((connection) => connection.waits).map(({ stream }) => stream);
  }

  get misbehaves(): boolean {
    return this.mischief !== null && this.strikesLeft > 0;
  }

  /** Probes and levers are never struck: they are how the pod is looked at. */
  strike(moment: MischiefMoment, path: string, connection: PodConnection): Mischief | null {
    const { mischief } = this;
    if (mischief === null || this.strikesLeft === 0 || momentOf(mischief.kind) !== moment) return null;
    if (this.isOwnBusiness(path.split('?')[0]!)) return null;
    if (mischief.kind === 'closes-on-reuse' && !connection.waits) return null;
    this.strikesLeft--;
    this.onHit();
    return mischief;
  }

  /** Keyed by the request where it can be told, so that one request more changes nothing for the others. */
  private label(what: string, { headers }: PodRequest): string {
    return `${this.stream}/${what}/${headers['x-nonce'] ?? ''}`;
  }

  private isOwnBusiness(path: string): boolean {
    return this.healthPaths.has(path) || path.startsWith('/_pod/');
  }

  upgraded(request: PodRequest, connection: PodConnection): void {
    this.tell(request, 101, connection);
  }

  private tell(request: PodRequest, status: number, connection: PodConnection): PodAnswer['onMischief'] {
    const { port, openedUs, originPort } = connection;
    const taken = { request, status, port, connectedUs: openedUs, originPort };
    if (this.tellsReceipts) {
      const { clock, identity, host: address } = this.options;
      const [timeMs, nowUs] = [clock.wallMs(), clock.monotonicUs()];
      const taker = { identity, address, startMs: this.startMs, timeMs, nowUs };
      this.log(receiptLine(++this.told, taken, taker));
    }
    return this.options.onRequest?.(taken);
  }

  active(): void {
    this.lastActiveUs = this.options.clock.monotonicUs();
  }

  gone(connection: PodConnection): void {
    this.connections.delete(connection);
  }

  terminate(): void {
    if (this.terminating || this.ended || this.personality.drain === 'ignores-term') return;
    this.terminating = true;
    this.log(`SIGTERM: ${this.personality.drain}`);
    if (this.personality.drain === 'resets') {
      this.exit(0);
      return;
    }
    this.closing = true;
    this.lastActiveUs = this.options.clock.monotonicUs();
    if (this.personality.drain !== 'serves') this.closeListeners(() => {});
    if (this.personality.drain === 'closes-idle') this.drainIdle();
    this.later(this.personality.drainMs, () => this.leaveWhenQuiet(overtimeMs));
  }

  kill(done: () => void = () => {}): void {
    this.end();
    this.closeListeners(done);
  }

  later(delayMs: number, run: () => void): void {
    const timer = this.options.clock.after(delayMs, () => {
      this.timers.delete(timer);
      if (!this.ended) run();
    });
    this.timers.add(timer);
  }

  private drainIdle(): void {
    for (const connection of [...this.connections]) if (connection.idle) connection.drain();
  }

  private leaveWhenQuiet(overtimeLeftMs: number): void {
    const quietForMs = (this.options.clock.monotonicUs() - this.lastActiveUs) / 1000;
    const busy = [...this.connections].some((connection) => !connection.idle);
    if (!busy && (quietForMs >= quietMs || overtimeLeftMs <= 0)) {
      this.exit(0);
      return;
    }
    // Out of patience: nothing new is taken, what was asked is still answered.
    if (overtimeLeftMs <= 0) {
      this.closeListeners(() => {});
      this.drainIdle();
    }
    const waitMs = 50;
    this.later(waitMs, () => this.leaveWhenQuiet(overtimeLeftMs - waitMs));
  }

  private exit(exitCode: number): void {
    if (this.ended) return;
    this.log(`exit ${exitCode}`);
    const graceful = this.terminating && this.personality.drain !== 'resets';
    if (graceful) for (const connection of [...this.connections]) connection.drain();
    this.end();
    this.closeListeners(() => this.options.onExit(exitCode));
  }

  private end(): void {
    this.ended = true;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    for (const connection of [...this.connections]) connection.destroy();
    this.connections.clear();
  }

  private closeListeners(done: () => void): void {
    const open = this.listeners;
    this.listeners = [];
    let left = open.length;
    if (left === 0) {
      done();
      return;
    }
    for (const listener of open) {
      listener.close(() => {
        if (--left === 0) done();
      });
    }
  }

  private health(): PodAnswer {
    const upMs = (this.options.clock.monotonicUs() - this.startUs) / 1000;
    const drained = this.terminating && this.personality.drainUnready;
    const told = this.mischief?.kind === 'unready';
    if (told) this.onHit();
    const ok = !told && !this.forcedUnready && !drained && upMs >= this.personality.readyAfterMs;
    return json(ok ? 200 : 503, { status: ok ? 'ok' : 'not ready', pod: this.options.identity.pod });
  }

  private answer(request: PodRequest, connection: PodConnection): PodAnswer {
    const { errorThreshold } = this.personality;
    const failing =
      errorThreshold > 0 && this.options.random.uint32(this.label('error', request)) < errorThreshold;
    const status = failing ? 500 : this.personality.status;
    const nonce = request.headers['x-nonce'] ?? '';
    const timeMs = this.options.clock.wallMs();
    this.ring.add({ nonce, method: request.method, path: request.path, status, timeMs });
    const onMischief = this.tell(request, status, connection);
    if (!this.tellsReceipts)
      this.log(`${request.method} ${request.path} ${status} ${request.bodyBytes} bytes ${nonce}`);
    const { method, path, headers, bodyHash, bodyBytes } = request;
    const told = { ...this.options.identity, method, path, headers, nonce, bodyHash, bodyBytes };
    const padding = paddingOf(headers[answerBytesHeader]);
    return { ...json(status, padding === '' ? told : { ...told, padding }), onMischief };
  }

  /** Levers for tests and live demonstrations. */
  private control(path: string, query: string): PodAnswer {
    switch (path) {
      case '/_pod/misbehave': {
        const mischief = parseMischief(query);
        if (typeof mischief === 'string') return json(400, { error: mischief });
        this.misbehave(mischief);
        return json(200, { ...mischief });
      }
      case '/_pod/behave': {
        const { mischief, strikesLeft } = this;
        this.misbehave(null);
        return json(200, { behaves: true, struck: mischief === null ? 0 : mischief.count - strikesLeft });
      }
      case '/_pod/receipts':
        return json(200, { total: this.ring.total, receipts: this.ring.items() });
      case '/_pod/personality':
        return json(200, { ...this.personality });
      case '/_pod/unready':
      case '/_pod/ready':
        this.forcedUnready = path === '/_pod/unready';
        return json(200, { ready: !this.forcedUnready });
      case '/_pod/crash':
        this.later(1, () => this.exit(1));
        return json(200, { crash: true });
      default:
        return json(404, {
          error: 'known are /_pod/receipts, personality, ready, unready, crash, misbehave and behave',
        });
    }
  }
}

/** A request with it asks for an answer that is larger by so many bytes. */
export const answerBytesHeader = 'x-answer-bytes';
const answerBytesMax = 16 * 1_048_576;

function paddingOf(wanted: string | undefined): string {
  if (wanted === undefined || !/^\d{1,8}$/.test(wanted)) return '';
  return '.'.repeat(Math.min(Number(wanted), answerBytesMax));
}

function json(status: number, value: Readonly<Record<string, unknown>>): PodAnswer {
  return { status, body: Buffer.from(`${JSON.stringify(value)}\n`), contentType: 'application/json' };
}
