// Watches: one JSON object per line, in order and without gaps, until the time is over or the reader is too slow.
import type { Timer } from '../../../src/ports/clock.ts';
import { failures, statusDocument } from '../failure.ts';
import { resourceNameOf } from '../resource.ts';
import type { Predicate } from '../selectors.ts';
import type { ChangeType, StoredObject } from '../store-api.ts';
import type { Change } from '../store-table.ts';
import type { WriteCore } from '../store-writes.ts';
import { tableOf, wantsTable } from '../table/table.ts';
import { selection } from './read.ts';
import type { ApiRequest } from './request.ts';
import { bytesIn, sendFailure } from './respond.ts';

/** A reader that is this far behind is cut off. */
const pendingBytesMax = 8 * 1024 * 1024;
const bookmarkMs = 60_000;
const defaultTimeoutSeconds = 1800;

export interface OpenWatch {
  readonly resource: string;
  end(how: 'close' | 'cut' | 'gone'): void;
}

/** What a watcher with a selector sees of a change, or null. */
function seen(change: Change, matches: Predicate): ChangeType | null {
  const after = change.type !== 'DELETED' && matches(change.object);
  const before = change.previous !== null && matches(change.previous);
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : null;
}

export function serveWatch(core: WriteCore, request: ApiRequest, open: Set<OpenWatch>): void {
  const { definition, query, reply, namespace } = request;
  const resource = resourceNameOf(definition);
  const table = core.store.table(resource);
  const selected = selection(request);
  if (!selected.ok) return sendFailure(reply, selected.error);
  const asked = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(asked))
    return sendFailure(reply, failures.badRequest(`invalid resource version: "${asked}"`));
  const sendInitial = query.get('sendInitialEvents') === 'true';
  const fresh = asked === '' || asked === '0' || sendInitial;
  const backlog = fresh ? [] : table.changesAfter(Number(asked));
  if (backlog === null) return sendFailure(reply, failures.expired(Number(asked), table.floor));
  const matches: Predicate = (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (request.name === undefined || object.metadata.name === request.name) &&
    selected.value(object);
  const asTable = wantsTable(request.http.headers['accept']);
  let columns = true;
  let pendingBytes = 0;
  let over = false;
  const timers: Timer[] = [];
  let unsubscribe = (): void => undefined;

  const stop = (): void => {
    over = true;
    unsubscribe();
    for (const timer of timers) timer.cancel();
    open.delete(watch);
  };
  const line = (type: string, document: Buffer | string): void => {
    if (over) return;
    const bytes = Buffer.concat([
      Buffer.from(`{"type":"${type}","object":`),
      Buffer.from(document),
      Buffer.from('}\n'),
    ]);
    if (reply.write(bytes)) return;
    pendingBytes += bytes.length;
    if (pendingBytes <= pendingBytesMax) return;
    stop();
    reply.abort();
  };
  const event = (type: string, object: StoredObject): void => {
    if (!asTable) return line(type, bytesIn(definition, object));
    const options = { nowMs: core.clock.wallMs(), include: query.get('includeObject'), columns };
    columns = false;
    line(
      type,
      JSON.stringify(
        tableOf(definition, [object], { resourceVersion: object.metadata.resourceVersion }, options),
      ),
    );
  };
  const change = (one: Change): void => {
    const type = seen(one, matches);
    // An object that leaves the selection is shown as it was, at the version of the change.
    if (type === 'DELETED' && one.type !== 'DELETED' && one.previous !== null) {
      const metadata = { ...one.previous.metadata, resourceVersion: one.object.metadata.resourceVersion };
      event(type, { ...one.previous, metadata });
    } else if (type !== null) event(type, one.object);
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>): void => {
    const metadata = {
      resourceVersion: String(core.store.version),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const apiVersion =
      definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
    line('BOOKMARK', JSON.stringify({ kind: definition.kind, apiVersion, metadata }));
  };
  const watch: OpenWatch = {
    resource,
    end(how) {
      if (over) return;
      const version = core.store.version;
      if (how === 'gone')
        line('ERROR', JSON.stringify(statusDocument(failures.expired(Number(asked || 0), version))));
      stop();
      if (how === 'cut') reply.abort();
      else reply.end();
    },
  };
  reply.onGone = stop;
  reply.onDrain = () => {
    pendingBytes = 0;
  };
  open.add(watch);
  reply.head(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  unsubscribe = core.store.subscribe(resource, change);
  const initial = fresh && query.get('sendInitialEvents') !== 'false' ? table.list(namespace) : [];
  for (const object of initial) if (matches(object)) event('ADDED', object);
  for (const one of backlog) if (one.version > Number(asked)) change(one);
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  if (sendInitial && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  const everyMinute = (): void => {
    bookmark();
    timers[0] = core.clock.after(bookmarkMs, everyMinute);
  };
  if (bookmarks && !over) timers[0] = core.clock.after(bookmarkMs, everyMinute);
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || defaultTimeoutSeconds;
  if (!over) timers[1] = core.clock.after(seconds * 1000, () => watch.end('close'));
}
