// One watch request: lines to events, and the reason why it ended. Silence for too long counts as an end, because a
// half-open connection looks exactly like a quiet cluster.
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import { readWatchLine, type WatchLine } from './event.ts';
import { failureOfError, failureOfStatus, type WatchFailure } from './failure.ts';
import type { FollowedKind } from './kind.ts';
import { createLineSplitter } from './lines.ts';

export interface StreamLimits {
  readonly lineBytesMax: number;
  /** From the request to the head of the reply. */
  readonly headTimeoutMs: number;
  /** Without any byte. Longer than the server's bookmark period of about a minute. */
  readonly idleTimeoutMs: number;
}

export type StreamEnd =
  /** The server ended it in order. */
  | { readonly type: 'closed' }
  /** No bytes for too long. */
  | { readonly type: 'silent' }
  | { readonly type: 'failed'; readonly failure: WatchFailure }
  /** Something was lost: the state must be read anew. */
  | { readonly type: 'unreadable'; readonly detail: string };

export type StreamEvent = Extract<WatchLine, { type: 'changed' | 'deleted' | 'bookmark' }>;

export interface StreamHandler {
  onOpen(): void;
  onEvent(event: StreamEvent): void;
  onEnd(end: StreamEnd): void;
}

const errorBodyBytesMax = 64 * 1024;

export function openStream(
  env: { readonly api: KubeApi; readonly clock: Clock },
  kind: FollowedKind,
  path: string,
  limits: StreamLimits,
  handler: StreamHandler,
): HttpCall {
  let over = false;
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  let errorBody: Buffer[] = [];
  let errorBytes = 0;
  let call: HttpCall | null = null;
  let timer: Timer = env.clock.after(limits.headTimeoutMs, () => finish({ type: 'silent' }));

  const stop = (): void => {
    over = true;
    timer.cancel();
    call?.cancel();
  };
  const finish = (end: StreamEnd): void => {
    if (over) return;
    stop();
    handler.onEnd(end);
  };
  // Moving a timer at every chunk would cost more than reading it: note the time, look when it fires.
  let heardUs = env.clock.monotonicUs();
  const armIdle = (delayMs: number): void => {
    timer = env.clock.after(delayMs, () => {
      const quietMs = (env.clock.monotonicUs() - heardUs) / 1000;
      if (quietMs >= limits.idleTimeoutMs) finish({ type: 'silent' });
      else armIdle(Math.ceil(limits.idleTimeoutMs - quietMs));
    });
  };
  const lines = createLineSplitter(limits.lineBytesMax, (line) => {
    const event = readWatchLine(line, kind);
    if (event.type === 'error') finish({ type: 'failed', failure: event.failure });
    else if (event.type === 'unreadable') finish(event);
    else handler.onEvent(event);
    return !over;
  });

  call = env.api.request(
    { method: 'GET', path, headers: { accept: 'application/json' }, body: null },
    {
      onHead(code, replyHeaders) {
        if (over) return;
        status = code;
        headers = replyHeaders;
        heardUs = env.clock.monotonicUs();
        timer.cancel();
        armIdle(limits.idleTimeoutMs);
        if (status === 200) handler.onOpen();
      },
      onData(bytes) {
        if (over) return;
        heardUs = env.clock.monotonicUs();
        if (status !== 200) {
          errorBytes += bytes.length;
          if (errorBytes <= errorBodyBytesMax) errorBody.push(bytes);
        } else if (!lines.push(bytes)) {
          finish({ type: 'unreadable', detail: `an event is longer than ${limits.lineBytesMax} bytes` });
        }
      },
      onEnd(error) {
        if (over) return;
        if (error !== null) finish({ type: 'failed', failure: failureOfError(error) });
        else if (status !== 200)
          finish({ type: 'failed', failure: failureOfStatus(status, parse(errorBody), headers) });
        // A torn last line was never applied, and the next watch starts before it.
        else finish({ type: 'closed' });
        errorBody = [];
      },
    },
  );
  if (over) call.cancel();
  return { cancel: stop };
}

function parse(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}
