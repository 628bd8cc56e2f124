// One probe of one target: connect, ask if the check is an http one, and say how it went.
import type { ActiveCheck } from '../../kong/entity.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Tcp, TcpClientHandler, TcpConnection } from '../../ports/tcp.ts';
import type { Tls, TlsCertificate } from '../../ports/tls.ts';
import { safeValue } from '../http/field-lines.ts';
import { HealthAnswerReader, healthQuestion } from './grpc-health.ts';

export type ProbeResult =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'connected' }
  /** What a gRPC server says of itself. */
  | { readonly kind: 'health'; readonly isServing: boolean }
  | { readonly kind: 'tcp' }
  | { readonly kind: 'timeout' };

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  /** Host header and, without port, SNI where https_sni is not set. */
  readonly hostHeader: string;
  /** Shown where the target asks for one. */
  readonly clientCertificate: TlsCertificate | null;
}

export interface ProbeEnv {
  readonly clock: Clock;
  readonly tcp: Tcp;
  readonly tls: Tls;
}

const statusLineBytesMax = 1_024;
/** As of services that say nothing else. */
const verifyDepthDefault = 1;

function requestText(check: ActiveCheck, hostHeader: string): string {
  let text = `GET ${check.http_path} HTTP/1.1\r\nHost: ${hostHeader}\r\nConnection: close\r\nUser-Agent: tidegate-health\r\n`;
  for (const [name, values] of Object.entries(check.headers ?? {}))
    for (const value of values) text += `${name}: ${safeValue(value)}\r\n`;
  return `${text}\r\n`;
}

/** HTTP/2 knows no names with capitals, and these have no meaning there. */
const hopByHop: ReadonlySet<string> = new Set(['host', 'connection', 'te', 'content-type', 'user-agent']);

function grpcQuestion(check: ActiveCheck, authority: string): Buffer {
  const headers = Object.entries(check.headers ?? {})
    .filter(([name]) => !hopByHop.has(name.toLowerCase()))
    .flatMap(([name, values]) => values.map((value) => [name.toLowerCase(), safeValue(value)] as const));
  return healthQuestion({ authority, isTls: check.type === 'grpcs', headers });
}

class Probe implements TcpClientHandler {
  readonly #check: ActiveCheck;
  readonly #target: ProbeTarget;
  readonly #done: (result: ProbeResult) => void;
  readonly #timer: Timer;
  readonly #reader: HealthAnswerReader | null;
  #connection: TcpConnection | null = null;
  #head = '';
  #isOver = false;

  constructor(env: ProbeEnv, check: ActiveCheck, target: ProbeTarget, done: (result: ProbeResult) => void) {
    this.#check = check;
    this.#target = target;
    this.#done = done;
    const isGrpc = check.type === 'grpc' || check.type === 'grpcs';
    this.#reader = isGrpc ? new HealthAnswerReader((bytes) => this.#connection?.write(bytes)) : null;
    this.#timer = env.clock.after(check.timeout * 1000, () => this.#finish({ kind: 'timeout' }));
    const { host, port, hostHeader, clientCertificate } = target;
    const name = check.https_sni ?? hostHeader.replace(/:\d+$/, '');
    const connection =
      check.type === 'https' || check.type === 'grpcs'
        ? env.tls.connect(
            {
              host,
              port,
              serverName: /^[\d.]+$|^\[/.test(name) ? '' : name,
              verify: check.https_verify_certificate,
              verifyDepth: verifyDepthDefault,
              certificateAuthorities: null,
              clientCertificate,
              ...(isGrpc ? { alpn: ['h2'] } : {}),
            },
            this,
          )
        : env.tcp.connect(host, port, this);
    if (this.#isOver) connection.destroy();
    else this.#connection = connection;
  }

  cancel(): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#connection?.destroy();
  }

  #finish(result: ProbeResult): void {
    if (this.#isOver) return;
    this.cancel();
    this.#done(result);
  }

  onConnect(): void {
    if (this.#check.type === 'tcp') this.#finish({ kind: 'connected' });
    else if (this.#reader !== null)
      this.#connection?.write(grpcQuestion(this.#check, this.#target.hostHeader));
    else this.#connection?.write(Buffer.from(requestText(this.#check, this.#target.hostHeader), 'latin1'));
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#reader !== null) {
      const answer = this.#reader.push(bytes.subarray(start, end));
      if (answer !== 'more') this.#finish({ kind: 'health', isServing: answer === 'serving' });
      return;
    }
    this.#head += bytes.toString('latin1', start, Math.min(end, start + statusLineBytesMax));
    const line = /^HTTP\/1\.[01] (\d{3})[ \r\n]/.exec(this.#head);
    if (line !== null) this.#finish({ kind: 'status', status: Number(line[1]) });
    // A garbled status line counts as a failed answer.
    else if (this.#head.includes('\n') || this.#head.length >= statusLineBytesMax)
      this.#finish({ kind: 'status', status: 0 });
  }

  onDrain(): void {}

  onEnd(): void {
    this.#finish({ kind: 'tcp' });
  }

  onClose(): void {
    this.#connection = null;
    this.#finish({ kind: 'tcp' });
  }
}

/** `done` is called once, unless the probe is cancelled before. */
export function startProbe(
  env: ProbeEnv,
  check: ActiveCheck,
  target: ProbeTarget,
  done: (result: ProbeResult) => void,
): { cancel(): void } {
  return new Probe(env, check, target, done);
}
