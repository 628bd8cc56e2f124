// One exchange with the simulated API server's HTTP front, without sockets: a request goes in, what was answered stays here.
import type { ApiServer } from '../../../sim/cluster/api-server.ts';
import type { HttpReply } from '../../../src/ports/http.ts';

export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly [member: string]: unknown;
  };
}

export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as the lines of a watch. */
  readonly events: readonly WatchEvent[];
  readonly ended: 'open' | 'end' | 'abort';
  /** The reader takes nothing any more (true), or everything that waits (false). */
  stall(stalled: boolean): void;
  leave(): void;
}

export interface Question {
  readonly body?: unknown;
  /** Content-Type; JSON by default. */
  readonly type?: string;
  readonly accept?: string;
  readonly agent?: string;
}

export function ask(
  api: Pick<ApiServer, 'handler'>,
  method: string,
  path: string,
  question: Question = {},
): Exchange {
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  let ended: Exchange['ended'] = 'open';
  let stalled = false;
  const keep = (bytes: Buffer | string | undefined): void => {
    if (bytes !== undefined && ended === 'open') chunks.push(Buffer.from(bytes));
  };
  const reply: HttpReply = {
    onGone: null,
    onDrain: null,
    head(code, given) {
      status = code;
      headers = given;
    },
    write(bytes) {
      keep(bytes);
      return !stalled;
    },
    end(bytes) {
      keep(bytes);
      ended = 'end';
    },
    abort() {
      ended = 'abort';
    },
  };
  const { body, type = 'application/json', accept, agent = 'test/1' } = question;
  const sent =
    body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const given = {
    'user-agent': agent,
    ...(sent === null ? {} : { 'content-type': type }),
    ...(accept === undefined ? {} : { accept }),
  };
  api.handler({ method, path, headers: given, body: sent }, reply);
  const textOf = (): string => Buffer.concat(chunks).toString('utf8');
  return {
    get status() {
      return status;
    },
    get headers() {
      return headers;
    },
    get text() {
      return textOf();
    },
    get body() {
      return JSON.parse(textOf()) as Record<string, unknown>;
    },
    get events() {
      const lines = textOf().split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchEvent);
    },
    get ended() {
      return ended;
    },
    stall(wanted) {
      stalled = wanted;
      if (!wanted) reply.onDrain?.();
    },
    leave: () => reply.onGone?.(),
  };
}
