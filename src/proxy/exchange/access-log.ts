// Access log lines, gathered and handed over in batches; when nobody takes them fast enough they are dropped and counted.
import type { Clock } from '../../ports/clock.ts';
import { logDate } from '../http/date.ts';

const batchCharacters = 32_768;
const flushDelayMs = 500;

/** What a line says about one exchange. */
export interface AccessRecord {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly host: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationUs: number;
  readonly upstreamMs: number;
  readonly tries: number;
  readonly upstream: string;
  readonly route: string;
  readonly service: string;
  readonly consumer: string;
  readonly exitReason: string;
  readonly referer: string;
  readonly userAgent: string;
  readonly wallMs: number;
}

export class AccessLog {
  private readonly format: 'json' | 'combined';
  private readonly clock: Clock;
  private readonly deliver: (lines: string) => void;
  private lines = '';
  private isScheduled = false;
  private readonly run = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  constructor(format: 'json' | 'combined', clock: Clock, deliver: (lines: string) => void) {
    this.format = format;
    this.clock = clock;
    this.deliver = deliver;
  }

  add(record: AccessRecord): void {
    this.lines += this.format === 'json' ? jsonLine(record) : combinedLine(record);
    if (this.lines.length >= batchCharacters) this.flush();
    else if (!this.isScheduled) {
      this.isScheduled = true;
      this.clock.after(flushDelayMs, this.run);
    }
  }

  flush(): void {
    if (this.lines === '') return;
    const { lines } = this;
    this.lines = '';
    this.deliver(lines);
  }
}

/** Names and nesting of Kong's log serializer, without what it takes a second look at the request for. */
function jsonLine(record: AccessRecord): string {
  const line = {
    request: {
      id: record.requestId,
      method: record.method,
      uri: record.target,
      host: record.host,
      size: record.requestBytes,
    },
    response: { status: record.status, size: record.responseBytes },
    latencies: {
      request: Math.round(record.durationUs / 1000),
      proxy: record.upstreamMs,
      kong: Math.max(0, Math.round(record.durationUs / 1000) - Math.max(0, record.upstreamMs)),
    },
    tries: record.tries,
    upstream: record.upstream,
    route: record.route,
    service: record.service,
    consumer: record.consumer === '' ? undefined : record.consumer,
    client_ip: record.clientAddress,
    started_at: record.wallMs,
    source: record.exitReason === '' ? 'upstream' : 'kong',
    reason: record.exitReason === '' ? undefined : record.exitReason,
  };
  return `${JSON.stringify(line)}\n`;
}

/** Nothing that a client sent may end a line or a quoted field. */
function quoted(text: string): string {
  return /["\\\x00-\x1f\x7f-\xff]/.test(text)
    ? text.replaceAll(
        /["\\\x00-\x1f\x7f-\xff]/g,
        (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
      )
    : text;
}

function combinedLine(record: AccessRecord): string {
  const dash = (text: string): string => (text === '' ? '-' : quoted(text));
  return (
    `${record.clientAddress} - ${dash(record.consumer)} [${logDate(record.wallMs)}] ` +
    `"${quoted(record.method)} ${quoted(record.target)} HTTP/${record.httpVersion}" ${record.status} ` +
    `${record.responseBytes} "${dash(record.referer)}" "${dash(record.userAgent)}" ` +
    `kong_request_id: "${record.requestId}"\n`
  );
}
