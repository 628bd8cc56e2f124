// Answers of the Admin API in Kong's shapes: compact JSON, its headers, its error envelopes.
import type { Clock } from '../../ports/clock.ts';
import type { HttpReply } from '../../ports/http.ts';

export interface Answer {
  readonly status: number;
  /** null: no body. */
  readonly body: string | null;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

const jsonType = 'application/json; charset=utf-8';

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: JSON.stringify(value), contentType: jsonType, headers };
}

export function text(status: number, body: string, contentType: string): Answer {
  return { status, body, contentType, headers: {} };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: null, contentType: '', headers };
}

/** OPTIONS: `methods` in the alphabet's order. Kong's headers for web pages are left out: none may ask. */
export function allowing(methods: string): Answer {
  return empty(204, { allow: methods });
}

export function message(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { message: sentence }, headers);
}

export const notFound: Answer = message(404, 'Not found');
export const methodNotAllowed: Answer = message(405, 'Method not allowed');

/** Kong's envelope {code, name, message, fields?}. */
export function problem(
  status: number,
  code: number,
  name: string,
  sentence: string,
  fields?: Readonly<Record<string, unknown>>,
): Answer {
  return json(status, { code, name, message: sentence, ...(fields === undefined ? {} : { fields }) });
}

/** `version` is Kong's, e.g. '3.9.1'. HEAD gets the headers of GET. */
export function send(
  reply: HttpReply,
  answer: Answer,
  isHead: boolean,
  version: string,
  latencyMs: number,
): void {
  const bytes = answer.body === null ? null : Buffer.from(answer.body);
  reply.head(answer.status, {
    ...(answer.contentType === '' ? {} : { 'content-type': answer.contentType }),
    ...(answer.status === 204 || answer.status === 304
      ? {}
      : { 'content-length': String(bytes?.length ?? 0) }),
    'x-kong-admin-latency': String(latencyMs),
    server: `kong/${version}`,
    ...answer.headers,
  });
  if (bytes === null || isHead) reply.end();
  else reply.end(bytes);
}

/** A text whose length nobody knows yet: a piece at a time, as fast as the reader takes it. */
export function sendPieces(
  reply: HttpReply,
  clock: Clock,
  pieces: Iterator<string>,
  contentType: string,
): void {
  let isGone = false;
  const step = (): void => {
    if (isGone) return;
    const next = pieces.next();
    if (next.done === true) reply.end();
    else if (reply.write(next.value)) clock.after(0, step);
  };
  reply.onGone = () => {
    isGone = true;
  };
  reply.onDrain = step;
  reply.head(200, { 'content-type': contentType });
  step();
}
