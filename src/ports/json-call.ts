// One JSON request over the HTTP port: collects a bounded reply, applies a deadline, and never calls back twice.
import type { Clock } from './clock.ts';
import type { HttpCall, HttpClient } from './http.ts';

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON; undefined = no body. A Buffer is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface JsonReply {
  /** 0 when there was no reply: see `error`. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed body; null when empty; undefined when it was not JSON (see `text`). */
  readonly body: unknown;
  /** The first kilobytes of a body that was not JSON. */
  readonly text: string;
  /** null, or why there is no whole reply: 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EMSGSIZE', ... */
  readonly error: string | null;
}

export interface JsonCallLimits {
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

const textBytesMax = 2048;

function parseReply(status: number, headers: Readonly<Record<string, string>>, bytes: Buffer): JsonReply {
  if (bytes.length === 0) return { status, headers, body: null, text: '', error: null };
  try {
    return { status, headers, body: JSON.parse(bytes.toString('utf8')), text: '', error: null };
  } catch {
    return { status, headers, body: undefined, text: bytes.toString('utf8', 0, textBytesMax), error: null };
  }
}

export function callJson(
  client: HttpClient,
  clock: Clock,
  request: JsonRequest,
  limits: JsonCallLimits,
  done: (reply: JsonReply) => void,
): HttpCall {
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  let chunks: Buffer[] = [];
  let size = 0;
  let finished = false;
  let call: HttpCall | null = null;

  const finish = (reply: JsonReply): void => {
    if (finished) return;
    finished = true;
    deadline.cancel();
    chunks = [];
    done(reply);
  };
  const giveUp = (error: string): void => {
    if (finished) return;
    call?.cancel();
    finish({ status: 0, headers: {}, body: null, text: '', error });
  };
  const deadline = clock.after(limits.timeoutMs, () => giveUp('ETIMEDOUT'));
  call = client.request(toHttp(request), {
    onHead(code, replyHeaders) {
      status = code;
      headers = replyHeaders;
    },
    onData(bytes) {
      if (finished) return;
      size += bytes.length;
      if (size > limits.bytesMax) giveUp('EMSGSIZE');
      else chunks.push(bytes);
    },
    onEnd(error) {
      if (error !== null) finish({ status: 0, headers: {}, body: null, text: '', error });
      else finish(parseReply(status, headers, Buffer.concat(chunks)));
    },
  });
  return {
    cancel() {
      if (finished) return;
      finished = true;
      deadline.cancel();
      call?.cancel();
    },
  };
}

function toHttp(request: JsonRequest) {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
  const { body } = request;
  if (body === undefined) return { method: request.method, path: request.path, headers, body: null };
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body), 'utf8');
  headers['content-type'] = request.contentType ?? 'application/json';
  headers['content-length'] = String(bytes.length);
  return { method: request.method, path: request.path, headers, body: bytes };
}

/** Seconds or an HTTP date are both legal; servers we talk to send seconds. Null when absent or unreadable. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const value = headers['retry-after'];
  if (value === undefined || !/^\d{1,6}$/.test(value.trim())) return null;
  return Number(value.trim()) * 1000;
}
