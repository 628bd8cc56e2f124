// Whether the server serves a kind, as its own discovery documents say. A 404 of the collection alone proves nothing: a
// server that has just started answers so before its custom resources are registered.
import type { Clock } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import { callJson, type JsonReply } from '../ports/json-call.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import { brokenReply, failureOfReply, type WatchFailure } from './failure.ts';
import { apiVersionOf, type FollowedKind } from './kind.ts';

/** `failure`: it did not say. */
export type Discovered =
  | { readonly type: 'served' }
  | { readonly type: 'absent' }
  | { readonly type: 'unknown'; readonly failure: WatchFailure };

/** A cluster has hundreds of resources at most; their documents are some 100 KiB. */
const documentBytesMax = 8 * 1024 * 1024;

interface Row {
  readonly [member: string]: unknown;
}

/** The rows of a discovery document of this kind; null: it is something else, and says nothing. */
function rowsOf(body: unknown, kind: string, member: string): readonly Row[] | null {
  const document = body as Row | null | undefined;
  if (typeof document !== 'object' || document === null || document['kind'] !== kind) return null;
  const rows = document[member];
  return Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null) ? rows : null;
}

function unknown(reply: JsonReply, path: string): Discovered {
  const failure = reply.error === null && reply.status === 200 ? null : failureOfReply(reply);
  const detail = failure === null ? 'an unreadable document' : failure.detail;
  // Its own kind of failure says what to do about the request for the collection, which it is not.
  const broken = brokenReply(`whether it is installed is not known: ${path} answered ${detail}`);
  return { type: 'unknown', failure: { ...broken, retryAfterMs: failure?.retryAfterMs ?? null } };
}

/** The resource list of the group's version; where there is none, the list of all groups must lack that version too. */
export function discover(
  env: { readonly api: KubeApi; readonly clock: Clock },
  kind: FollowedKind,
  timeoutMs: number,
  done: (found: Discovered) => void,
): HttpCall {
  const version = apiVersionOf(kind);
  let cancelled = false;
  const ask = (path: string, read: (reply: JsonReply) => void): HttpCall =>
    callJson(env.api, env.clock, { method: 'GET', path }, { timeoutMs, bytesMax: documentBytesMax }, read);

  const resources = `/apis/${version}`;
  let call = ask(resources, (reply) => {
    if (cancelled) return;
    if (reply.error === null && reply.status === 404) {
      call = ask('/apis', readGroups);
      return;
    }
    const rows = reply.status === 200 ? rowsOf(reply.body, 'APIResourceList', 'resources') : null;
    if (rows === null) done(unknown(reply, resources));
    else done({ type: rows.some((row) => row['name'] === kind.plural) ? 'served' : 'absent' });
  });
  const readGroups = (reply: JsonReply): void => {
    if (cancelled) return;
    const groups = reply.status === 200 ? rowsOf(reply.body, 'APIGroupList', 'groups') : null;
    if (groups === null) {
      done(unknown(reply, '/apis'));
      return;
    }
    const versions = groups.flatMap((group) => (Array.isArray(group['versions']) ? group['versions'] : []));
    const isListed = versions.some((row) => (row as Row | null)?.['groupVersion'] === version);
    done({ type: isListed ? 'served' : 'absent' });
  };
  return {
    cancel() {
      cancelled = true;
      call.cancel();
    },
  };
}
