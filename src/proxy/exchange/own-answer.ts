// What we say ourselves: our errors as pages, and what a plugin or a check says instead of an upstream.
import { type FieldLine, safeValue } from '../http/field-lines.ts';
import type { ExitReply } from './context.ts';
import { type ErrorPages, errorPage, grpcStatus } from './error-page.ts';
import type { Exit } from './exits.ts';
import type { RequestRecord } from './request-record.ts';

export interface OwnAnswer {
  readonly status: number;
  readonly lines: FieldLine[];
  readonly body: string;
}

/** One of our own errors, in the form that the client asks for. */
export function errorAnswer(
  { status, message, isLowLevel }: Exit,
  request: RequestRecord,
  pages: ErrorPages,
): OwnAnswer {
  const { contentType, body } = errorPage(
    message,
    request.requestId,
    request.header('accept'),
    request.header('content-type'),
    isLowLevel,
    pages,
  );
  const lines: FieldLine[] = [['Content-Type', contentType]];
  if (contentType === 'application/grpc')
    lines.push(['grpc-status', String(grpcStatus(status))], ['grpc-message', message]);
  return { status, lines, body };
}

/** A body that is no text is sent as JSON. How long it is, is ours to say. */
export function replyAnswer({ status, headers = {}, body }: ExitReply): OwnAnswer {
  const lines: FieldLine[] = [];
  if (typeof body !== 'string' && body !== null)
    lines.push(['Content-Type', 'application/json; charset=utf-8']);
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' || lower === 'transfer-encoding') continue;
    if (lower === 'content-type') lines.length = 0;
    lines.push([name, safeValue(value)]);
  }
  const text = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
  return { status, lines, body: text };
}
