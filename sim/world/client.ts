// A client with one keep-alive connection: a request with a nonce at drawn intervals, and what became of each of them.
import type { TcpClientHandler, TcpConnection } from '../../src/ports/tcp.ts';
import type { HostEnv } from '../hosts/host.ts';

export interface ClientOptions {
  readonly address: string;
  readonly port: number;
  readonly hostHeader: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Mean pause between the end of one request and the start of the next. */
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

export interface RequestOutcome {
  readonly nonce: string;
  readonly method: 'GET' | 'POST';
  readonly sentUs: number;
  readonly doneUs: number;
  /** 0 when there was no complete answer; `error` then says why. */
  readonly status: number;
  readonly error: string | null;
  readonly body: string;
}

export interface WorldClient {
  readonly outcomes: readonly RequestOutcome[];
  readonly method: 'GET' | 'POST';
  /** Nonce of the request that has no answer yet; '' between requests. */
  readonly waitingFor: string;
  /** Sends nothing new; what runs is finished. */
  stop(): void;
}

const headEnd = '\r\n\r\n';

/** Body length of a complete head, or -1 for chunked. */
function bodyLengthOf(head: string): number {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return -1;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  return length === null ? 0 : Number(length[1]);
}

/** The chunked body at `from` when it is complete, with where it ends. */
function readChunks(text: string, from: number): { readonly body: string; readonly end: number } | null {
  let body = '';
  let at = from;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const start = lineEnd + 2;
    if (text.length < start + size + 2) return null;
    if (size === 0) return { body, end: start + 2 };
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}

class KeepAliveClient implements WorldClient, TcpClientHandler {
  readonly outcomes: RequestOutcome[] = [];
  private readonly env: HostEnv;
  private readonly options: ClientOptions;
  private connection: TcpConnection | null = null;
  private connected = false;
  private text = '';
  private nonce = '';
  private sentUs = 0;
  private count = 0;
  private stopped = false;
  private attempt = 0;

  constructor(env: HostEnv, options: ClientOptions) {
    this.env = env;
    this.options = options;
    this.plan();
  }

  get method(): 'GET' | 'POST' {
    return this.options.method;
  }

  get waitingFor(): string {
    return this.nonce;
  }

  stop(): void {
    this.stopped = true;
  }

  onConnect(): void {
    this.connected = true;
    this.send();
  }

  onData(bytes: Buffer, start: number, end: number): void {
    this.text += bytes.toString('latin1', start, end);
    this.readReply();
  }

  onDrain(): void {}

  onEnd(): void {
    this.connection?.destroy();
    this.lose('closed by peer');
  }

  onClose(error: string | null): void {
    this.lose(error ?? 'closed');
  }

  private plan(): void {
    if (this.stopped) return;
    const { pauseMs } = this.options;
    this.env.clock.after(1 + (this.env.random.uint32('pause') % (2 * pauseMs)), () => {
      if (!this.stopped) this.begin();
    });
  }

  private begin(): void {
    this.nonce = `${this.env.host.name}-${this.env.host.lives}-${this.count++}`;
    this.sentUs = this.env.clock.monotonicUs();
    this.text = '';
    const attempt = ++this.attempt;
    this.env.clock.after(this.options.timeoutMs, () => {
      if (this.attempt !== attempt || this.nonce === '') return;
      this.connection?.destroy();
      this.lose('timeout');
    });
    if (this.connection === null) {
      this.connection = this.env.tcp.connect(this.options.address, this.options.port, this);
    } else if (this.connected) this.send();
  }

  private send(): void {
    const { method, path, hostHeader } = this.options;
    const length = method === 'GET' ? '' : 'Content-Length: 0\r\n';
    this.connection!.write(
      Buffer.from(
        `${method} ${path} HTTP/1.1\r\nHost: ${hostHeader}\r\nX-Nonce: ${this.nonce}\r\n${length}\r\n`,
      ),
    );
  }

  private readReply(): void {
    const headLength = this.text.indexOf(headEnd);
    if (headLength < 0 || this.nonce === '') return;
    const head = this.text.slice(0, headLength);
    const from = headLength + headEnd.length;
    const length = bodyLengthOf(head);
    const whole =
      length < 0
        ? readChunks(this.text, from)
        : this.text.length < from + length
          ? null
          : { body: this.text.slice(from, from + length), end: from + length };
    if (whole === null) return;
    const surplus = this.text.length > whole.end;
    this.finish(Number(head.slice(9, 12)), surplus ? 'bytes after the reply' : null, whole.body);
    if (/\r\nconnection: *close/i.test(head)) {
      this.connection?.destroy();
      this.connection = null;
      this.connected = false;
    }
  }

  private lose(reason: string): void {
    this.connection = null;
    this.connected = false;
    if (this.nonce !== '') this.finish(0, reason, '');
  }

  private finish(status: number, error: string | null, body: string): void {
    const { nonce, sentUs, method } = this;
    this.nonce = '';
    this.outcomes.push({ nonce, method, sentUs, doneUs: this.env.clock.monotonicUs(), status, error, body });
    this.plan();
  }
}

export function startClient(env: HostEnv, options: ClientOptions): WorldClient {
  return new KeepAliveClient(env, options);
}
