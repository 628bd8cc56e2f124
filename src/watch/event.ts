// One line of a watch as a value. What cannot be read is named as such: the stream has lost something, so list again.
import type { KubeObject, ObjectMeta } from '../kube/object.ts';
import { failureOfStatus, readApiStatus, type WatchFailure } from './failure.ts';
import { apiVersionOf, type FollowedKind } from './kind.ts';

export type WatchLine =
  | { readonly type: 'changed'; readonly object: KubeObject; readonly revision: string }
  | { readonly type: 'deleted'; readonly object: KubeObject; readonly revision: string }
  | { readonly type: 'bookmark'; readonly revision: string; readonly initialEnd: boolean }
  | { readonly type: 'error'; readonly failure: WatchFailure }
  | { readonly type: 'unreadable'; readonly detail: string };

/** List items carry no apiVersion and kind of their own; managedFields are dropped because nothing reads them. */
export function readObject(value: unknown, kind: FollowedKind): KubeObject | null {
  if (typeof value !== 'object' || value === null) return null;
  const object = value as { metadata?: unknown };
  const metadata = object.metadata as (ObjectMeta & { managedFields?: unknown }) | null | undefined;
  if (typeof metadata !== 'object' || metadata === null || typeof metadata.name !== 'string') return null;
  const { managedFields: _dropped, ...kept } = metadata;
  return { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: kept };
}

function revisionOf(value: unknown): string | null {
  const metadata = (value as { metadata?: { resourceVersion?: unknown } } | null)?.metadata;
  const revision = metadata?.resourceVersion;
  return typeof revision === 'string' && revision !== '' ? revision : null;
}

export function readWatchLine(line: Buffer, kind: FollowedKind): WatchLine {
  let event: { type?: unknown; object?: unknown } | null;
  try {
    event = JSON.parse(line.toString('utf8'));
  } catch {
    return { type: 'unreadable', detail: `a line of ${line.length} bytes is not JSON` };
  }
  const type = event?.type;
  const value = event?.object;
  if (type === 'ERROR') {
    return { type: 'error', failure: failureOfStatus(readApiStatus(value).code, value, {}) };
  }
  const revision = revisionOf(value);
  if (revision === null)
    return { type: 'unreadable', detail: `an event ${String(type)} has no resourceVersion` };
  if (type === 'BOOKMARK') {
    const annotations = (value as KubeObject).metadata.annotations;
    return { type: 'bookmark', revision, initialEnd: annotations?.['k8s.io/initial-events-end'] === 'true' };
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')
    return { type: 'unreadable', detail: `an event of unknown type ${JSON.stringify(type)?.slice(0, 60)}` };
  const object = readObject(value, kind);
  if (object === null) return { type: 'unreadable', detail: `an event ${type} has no object name` };
  return { type: type === 'DELETED' ? 'deleted' : 'changed', object, revision };
}
