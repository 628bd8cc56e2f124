// Answers that do not come from an upstream: their lines and body, before filters.
import { type FieldLine, safeValue } from '../http/field-lines.ts';
import type { ExitReply } from './context.ts';
import { errorPage, grpcStatus } from './error-page.ts';
import type { Exit } from './exits.ts';
import type { RequestRecord } from './request-record.ts';

export interface OwnAnswer {
  readonly lines: FieldLine[];
  readonly body: string;
}

/** An error page of the kind that the client takes. */
export function errorAnswer(exit: Exit, request: RequestRecord): OwnAnswer {
  const { message, status, isLowLevel } = exit;
  const contentType = request.header('content-type');
  const page = errorPage(message, request.requestId, request.header('accept'), contentType, isLowLevel);
  const lines: FieldLine[] = [['Content-Type', page.contentType]];
  if (page.contentType === 'application/grpc')
    lines.push(['grpc-status', String(grpcStatus(status))], ['grpc-message', message]);
  return { lines, body: page.body };
}

/** What a plugin or a check says. */
export function replyAnswer(reply: ExitReply): OwnAnswer {
  const lines: FieldLine[] = [];
  let body = '';
  if (typeof reply.body === 'string') body = reply.body;
  else if (reply.body !== null) {
    body = JSON.stringify(reply.body);
    lines.push(['Content-Type', 'application/json; charset=utf-8']);
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' || lower === 'transfer-encoding') continue;
    if (lower === 'content-type') lines.length = 0;
    lines.push([name, safeValue(value)]);
  }
  return { lines, body };
}
