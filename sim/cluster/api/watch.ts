// Watches: one JSON object per line, in order and without gaps, until the time is over or the reader is too slow.
import type { Timer } from '../../../src/ports/clock.ts';
import type { HttpReply } from '../../../src/ports/http.ts';
import { type FieldCause, failures, statusDocument } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { apiVersionOf, resourceNameOf } from '../resource.ts';
import type { Predicate } from '../selectors.ts';
import type { ApiFailure, ChangeType, StoredObject } from '../store-api.ts';
import type { Change } from '../store-table.ts';
import type { WriteCore } from '../store-writes.ts';
import { tableOf } from '../table/table.ts';
import type { WatchCache } from '../watch-cache.ts';
import type { Conduct } from './conduct.ts';
import { readVersion, selection, whenFresh } from './read.ts';
import type { ApiRequest } from './request.ts';
import { bytesAs, encodeMetadata, sendFailure } from './respond.ts';

/** Of one front of the API server; beyond, clients are asked to come back. */
export const watchesMax = 5_000;
/** A reader that is this far behind is cut off. */
const pendingBytesMax = 8 * 1024 * 1024;
const bookmarkMs = 60_000;
/** Without `timeoutSeconds`: half an hour, and up to as much again so that clients do not come back together. */
const leastTimeoutSeconds = 1800;
const timeoutSecondsMax = 86_400;

/**
 * 'close': politely. 'cut': in the middle of the connection's life. 'gone': with an in-stream 410. 'torn': in the middle of
 * the next event's line. 'silent': nothing more is ever sent, and nobody is told.
 */
export type WatchEnd = 'close' | 'cut' | 'gone' | 'torn' | 'silent';

export interface OpenWatch {
  readonly resource: string;
  end(how: WatchEnd): void;
  /** Says now how far it has seen, where its client wants to hear so. */
  mark(): void;
}

/** What all watches of a front share. */
export interface WatchSide {
  readonly cache: WatchCache;
  readonly conduct: Conduct;
  readonly open: Set<OpenWatch>;
}

/** What a watcher with a selector sees of a change, or null. */
function seen(change: Change, matches: Predicate): ChangeType | null {
  const after = change.type !== 'DELETED' && matches(change.object);
  const before = change.previous !== null && matches(change.previous);
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : null;
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}

/** The parameters of a streamed list go together. */
function optionsProblem(query: URLSearchParams, conduct: Conduct): ApiFailure | null {
  const causes: FieldCause[] = [];
  const forbidden = (field: string, why: string): void => {
    causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field });
  };
  const field = 'resourceVersionMatch';
  const match = query.get(field) ?? '';
  if (query.has('sendInitialEvents') && !conduct.streamsLists)
    forbidden(
      'sendInitialEvents',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
  else if (query.has('sendInitialEvents')) {
    if (match !== 'NotOlderThan')
      forbidden(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  } else if (match !== '')
    forbidden(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (match !== '' && match !== 'NotOlderThan')
    causes.push(fieldErrors.unsupported(field, match, ['NotOlderThan']));
  if (match !== '' && query.get('continue'))
    forbidden(field, 'resourceVersionMatch is forbidden when continue is provided');
  const subject = { group: 'meta.k8s.io', plural: 'listoptions', kind: 'ListOptions' };
  return causes.length === 0 ? null : failures.invalid(subject, '', causes);
}

const closing = Buffer.from('}\n');
const openings: Readonly<Record<string, Buffer>> = Object.fromEntries(
  ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'].map((type) => [
    type,
    Buffer.from(`{"type":"${type}","object":`),
  ]),
);

/** Lines by the bytes of their object, so that all watchers of a change send the same buffer. */
const lines = new WeakMap<Buffer, { readonly type: string; readonly line: Buffer }>();

function lineOf(type: string, document: Buffer): Buffer {
  const known = lines.get(document);
  if (known?.type === type) return known.line;
  const line = Buffer.concat([openings[type]!, document, closing]);
  lines.set(document, { type, line });
  return line;
}

class WatchStream implements OpenWatch {
  readonly resource: string;
  private readonly core: WriteCore;
  private readonly request: ApiRequest;
  private readonly reply: HttpReply;
  private readonly matches: Predicate;
  private readonly side: WatchSide;
  private readonly bookmarks: boolean;
  private unsubscribe: () => void = () => undefined;
  private forget: () => void = () => undefined;
  private bookmarkTimer: Timer | null = null;
  private endTimer: Timer | null = null;
  private columns = true;
  private pendingBytes = 0;
  private tears = false;
  private over = false;

  constructor(core: WriteCore, request: ApiRequest, matches: Predicate, side: WatchSide) {
    this.core = core;
    this.request = request;
    this.reply = request.reply;
    this.matches = matches;
    this.side = side;
    this.resource = resourceNameOf(request.definition);
    this.bookmarks = isTrue(request.query.get('allowWatchBookmarks'));
  }

  /** `since`: null = everything that exists first. */
  start(since: number | null): void {
    const { core, reply, request } = this;
    const { cache, conduct, open } = this.side;
    reply.onGone = () => this.dispose();
    reply.onDrain = () => {
      this.pendingBytes = 0;
    };
    const table = core.store.table(this.resource);
    const backlog = since === null ? [] : table.changesAfter(since);
    if (backlog === null) {
      this.refuse(failures.expired(since ?? 0, table.floor + 1));
      return;
    }
    reply.head(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    open.add(this);
    this.unsubscribe = cache.subscribe(this.resource, (change) => {
      if (since === null || change.version > since) this.change(change);
    });
    if (since === null) {
      for (const object of cache.list(this.resource, request.namespace))
        if (this.matches(object)) this.event('ADDED', object);
    }
    const seenVersion = cache.version(this.resource);
    for (const change of backlog) if (change.version <= seenVersion) this.change(change);
    if (this.bookmarks && isTrue(request.query.get('sendInitialEvents'))) {
      if (conduct.marksInitialEnd) this.endInitial();
      else conduct.strayed++;
    }
    if (this.over) return;
    if (this.bookmarks) this.scheduleBookmark();
    this.endTimer = core.clock.after(this.timeoutSeconds() * 1000, () => {
      if (this.bookmarks) this.bookmark();
      this.end('close');
    });
  }

  end(how: WatchEnd): void {
    if (this.over) return;
    if (how === 'torn') {
      this.tears = true;
      return;
    }
    const { version } = this.core.store;
    if (how === 'gone') this.line('ERROR', statusBytes(failures.expired(version, version + 1)));
    this.dispose();
    if (how === 'cut') this.reply.abort();
    else if (how !== 'silent') this.reply.end();
  }

  mark(): void {
    if (!this.over && this.bookmarks) this.bookmark();
  }

  private refuse(failure: ApiFailure): void {
    const { reply, side } = this;
    side.conduct.strayed++;
    if (side.conduct.goneAs === 'status') {
      sendFailure(reply, failure);
      return;
    }
    reply.head(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    this.line('ERROR', statusBytes(failure));
    reply.end();
  }

  /** A streamed list is over when the cache has got to where the store was when it was asked for. */
  private endInitial(): void {
    const { core, request } = this;
    const asked = request.query.get('resourceVersion') ?? '';
    const wanted = asked === '' ? core.store.version : Number(asked);
    const tell = (): void => this.bookmark({ 'k8s.io/initial-events-end': 'true' });
    const { cache } = this.side;
    if (cache.version(this.resource) >= wanted) tell();
    else this.forget = cache.whenReached(this.resource, wanted, tell);
  }

  private timeoutSeconds(): number {
    const asked = Number(this.request.query.get('timeoutSeconds') ?? 0);
    if (asked > 0) return Math.min(asked, timeoutSecondsMax);
    return leastTimeoutSeconds + (this.core.random.uint32('api/watch-timeout') % leastTimeoutSeconds);
  }

  private scheduleBookmark(): void {
    this.bookmarkTimer = this.core.clock.after(bookmarkMs, () => {
      this.bookmark();
      if (!this.over) this.scheduleBookmark();
    });
  }

  private dispose(): void {
    this.over = true;
    this.unsubscribe();
    this.forget();
    this.bookmarkTimer?.cancel();
    this.endTimer?.cancel();
    this.side.open.delete(this);
  }

  private line(type: string, document: Buffer): void {
    if (this.over) return;
    const bytes = lineOf(type, document);
    if (this.tears) {
      this.dispose();
      this.reply.write(bytes.subarray(0, bytes.length >> 1));
      this.reply.abort();
      return;
    }
    if (this.reply.write(bytes)) return;
    this.pendingBytes += bytes.length;
    if (this.pendingBytes <= pendingBytesMax) return;
    // As on a real server there is no word of why: the stream ends, and the client resumes from what it has read.
    this.end('close');
  }

  private event(type: string, object: StoredObject): void {
    const { definition, form, query } = this.request;
    if (form !== 'table') {
      this.line(type, bytesAs(form, definition, object));
      return;
    }
    const options = {
      nowMs: this.core.clock.wallMs(),
      include: query.get('includeObject'),
      columns: this.columns,
    };
    this.columns = false;
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    this.line(type, Buffer.from(JSON.stringify(tableOf(definition, [object], metadata, options))));
  }

  private change(change: Change): void {
    const type = seen(change, this.matches);
    if (type === null) return;
    if (type === 'DELETED' && change.type !== 'DELETED' && change.previous !== null) {
      // An object that leaves the selection is shown as it was, at the version of the change.
      const { resourceVersion } = change.object.metadata;
      const metadata = { ...change.previous.metadata, resourceVersion: resourceVersion ?? '' };
      this.event(type, { ...change.previous, metadata });
    } else this.event(type, change.object);
  }

  private bookmark(annotations?: Readonly<Record<string, string>>): void {
    const { definition, form } = this.request;
    const { cache, conduct } = this.side;
    if (!conduct.sendsBookmarks || !conduct.bookmarksOwnKind) conduct.strayed++;
    if (!conduct.sendsBookmarks) return;
    const metadata: Record<string, unknown> = {
      resourceVersion: String(cache.version(this.resource)),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const { kind } = definition;
    const apiVersion = apiVersionOf(definition);
    const meta = conduct.bookmarksOwnKind ? { kind, apiVersion } : { kind: 'List', apiVersion: 'v1' };
    const object = { ...meta, metadata } as unknown as StoredObject;
    this.line('BOOKMARK', form === 'metadata' ? encodeMetadata(object) : Buffer.from(JSON.stringify(object)));
  }
}

function statusBytes(failure: ApiFailure): Buffer {
  return Buffer.from(JSON.stringify(statusDocument(failure)));
}

export function serveWatch(core: WriteCore, request: ApiRequest, side: WatchSide): void {
  const { query, reply, namespace, name, definition } = request;
  const { cache, conduct } = side;
  const problem =
    optionsProblem(query, conduct) ?? (side.open.size < watchesMax ? null : failures.tooManyRequests());
  if (problem !== null) {
    sendFailure(reply, problem);
    return;
  }
  const selected = selection(request);
  if (!selected.ok) {
    sendFailure(reply, selected.error);
    return;
  }
  const asked = readVersion(query);
  if (!asked.ok) {
    sendFailure(reply, asked.error);
    return;
  }
  const sendInitial = isTrue(query.get('sendInitialEvents'));
  const matches: Predicate = (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    selected.value(object);
  const resource = resourceNameOf(definition);
  const onlyChanges = query.get('sendInitialEvents') === 'false';
  const fromNow = onlyChanges ? cache.version(resource) : null;
  const since = sendInitial || asked.value === 0 ? (sendInitial ? null : fromNow) : asked.value;
  const start = (): void => new WatchStream(core, request, matches, side).start(since);
  if (sendInitial) whenFresh(core, cache, resource, asked.value, reply, start);
  else start();
}
