// A whole list of one kind, page by page. Either all of it arrives or nothing: a partial list is never handed out.
import type { KubeObject } from '../kube/object.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import { callJson } from '../ports/json-call.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import { readObject } from './event.ts';
import { brokenReply, failureOfReply, type WatchFailure } from './failure.ts';
import type { FollowedKind } from './kind.ts';

export interface ListResult {
  readonly objects: readonly KubeObject[];
  /** Where a watch goes on. */
  readonly revision: string;
}

export interface ListLimits {
  readonly pageItems: number;
  readonly pageBytesMax: number;
  readonly pageTimeoutMs: number;
}

interface Page {
  readonly items: readonly KubeObject[];
  readonly revision: string;
  readonly continueToken: string;
}

function readPage(body: unknown, kind: FollowedKind): Page | null {
  const list = body as {
    metadata?: { resourceVersion?: unknown; continue?: unknown };
    items?: unknown;
  } | null;
  const revision = list?.metadata?.resourceVersion;
  if (typeof revision !== 'string' || revision === '') return null;
  // A Go server writes an empty list as null.
  const raw = list?.items ?? [];
  if (!Array.isArray(raw)) return null;
  const items: KubeObject[] = [];
  for (const entry of raw) {
    const object = readObject(entry, kind);
    if (object === null) return null;
    items.push(object);
  }
  const token = list?.metadata?.continue;
  return { items, revision, continueToken: typeof token === 'string' ? token : '' };
}

export function listAll(
  env: { readonly api: KubeApi; readonly clock: Clock },
  kind: FollowedKind,
  path: string,
  limits: ListLimits,
  done: (failure: WatchFailure | null, result: ListResult | null) => void,
): HttpCall {
  const objects: KubeObject[] = [];
  let call: HttpCall | null = null;
  let cancelled = false;
  const next = (continueToken: string): void => {
    if (cancelled) return;
    const query = new URLSearchParams({ limit: String(limits.pageItems) });
    if (continueToken !== '') query.set('continue', continueToken);
    call = callJson(
      env.api,
      env.clock,
      { method: 'GET', path: `${path}?${query}` },
      { timeoutMs: limits.pageTimeoutMs, bytesMax: limits.pageBytesMax },
      (reply) => {
        if (cancelled) return;
        if (reply.error !== null || reply.status !== 200) return done(failureOfReply(reply), null);
        const page = readPage(reply.body, kind);
        if (page === null)
          return done(brokenReply('the list has no resourceVersion or unreadable items'), null);
        for (const object of page.items) objects.push(object);
        if (page.continueToken === '') done(null, { objects, revision: page.revision });
        else next(page.continueToken);
      },
    );
  };
  next('');
  return {
    cancel() {
      cancelled = true;
      call?.cancel();
    },
  };
}
