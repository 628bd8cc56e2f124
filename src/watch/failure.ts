// What an unsuccessful answer of the API server means for a list or a watch.
import { type JsonReply, retryAfterMs } from '../ports/json-call.ts';

/**
 * expired: the revision or the continue token is too old; list again.
 * missing: no such resource (404). refused: the request itself is not understood (400, 405, 406, 415, 422).
 * denied: 401 or 403. busy: asked to wait. broken: network, 5xx, or a reply that makes no sense.
 * toolarge: the page does not fit our limit.
 */
export type FailureKind = 'expired' | 'missing' | 'refused' | 'denied' | 'busy' | 'broken' | 'toolarge';

export interface WatchFailure {
  readonly kind: FailureKind;
  /** For the log: status and the server's words, or the network error. */
  readonly detail: string;
  /** The server's wish; null when it has none. */
  readonly retryAfterMs: number | null;
  /** False: nothing came back at all. */
  readonly answered: boolean;
}

interface ApiStatus {
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly retryAfterSeconds: number;
}

/** Reads a metav1.Status without trusting it. */
export function readApiStatus(value: unknown): ApiStatus {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const details = (
    typeof record.details === 'object' && record.details !== null ? record.details : {}
  ) as Record<string, unknown>;
  return {
    message: typeof record.message === 'string' ? record.message.slice(0, 500) : '',
    reason: typeof record.reason === 'string' ? record.reason : '',
    code: typeof record.code === 'number' ? record.code : 0,
    retryAfterSeconds: typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : 0,
  };
}

function kindOfStatus(code: number, reason: string): FailureKind {
  if (code === 410 || reason === 'Expired' || reason === 'Gone') return 'expired';
  if (code === 404) return 'missing';
  if (code === 401 || code === 403) return 'denied';
  if (code === 429) return 'busy';
  if (code === 400 || code === 405 || code === 406 || code === 415 || code === 422) return 'refused';
  return 'broken';
}

export function failureOfStatus(
  code: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): WatchFailure {
  const status = readApiStatus(body);
  const wishMs =
    retryAfterMs(headers) ?? (status.retryAfterSeconds > 0 ? status.retryAfterSeconds * 1000 : null);
  return {
    kind: kindOfStatus(code, status.reason),
    detail: status.message === '' ? `HTTP ${code}` : `HTTP ${code}: ${status.message}`,
    retryAfterMs: wishMs === null ? null : Math.min(wishMs, 120_000),
    answered: true,
  };
}

export function failureOfReply(reply: JsonReply): WatchFailure {
  if (reply.error === 'EMSGSIZE')
    return { kind: 'toolarge', detail: 'the page is too large', retryAfterMs: null, answered: true };
  if (reply.error !== null) return failureOfError(reply.error);
  return failureOfStatus(reply.status, reply.body, reply.headers);
}

export function failureOfError(error: string): WatchFailure {
  return { kind: 'broken', detail: error, retryAfterMs: null, answered: false };
}

export function brokenReply(detail: string): WatchFailure {
  return { kind: 'broken', detail, retryAfterMs: null, answered: true };
}
