// get and list: resource versions, paging by continue tokens, tables.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { HttpReply } from '../../../src/ports/http.ts';
import { type FieldCause, failures } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { apiVersionOf, resourceNameOf } from '../resource.ts';
import { type Predicate, parseFieldSelector, parseLabelSelector } from '../selectors.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { keyOf } from '../store-table.ts';
import type { WriteCore } from '../store-writes.ts';
import { tableOf } from '../table/table.ts';
import type { WatchCache } from '../watch-cache.ts';
import type { ApiRequest } from './request.ts';
import { bytesAs, bytesIn, encodeMetadata, sendBytes, sendFailure, sendJson } from './respond.ts';

export function selection(request: ApiRequest): Result<Predicate, ApiFailure> {
  const { query, definition } = request;
  const labels = parseLabelSelector(query.get('labelSelector') ?? undefined);
  if (!labels.ok) return fail(failures.badRequest(labels.error));
  const fields = parseFieldSelector(query.get('fieldSelector') ?? undefined, definition.selectableFields);
  if (!fields.ok) return fail(failures.badRequest(fields.error));
  return ok((object) => labels.value(object) && fields.value(object));
}

/** Where a list goes on, and in which version; `latest` is a version too: whatever is there by then. */
interface Page {
  readonly version: number;
  readonly after: string;
}

const latest = -1;

function continueToken(page: Page): string {
  return Buffer.from(JSON.stringify({ rv: page.version, after: page.after })).toString('base64url');
}

function parseContinue(token: string, current: number): Page | null {
  try {
    const { rv, after } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      rv: number;
      after: string;
    };
    const known = Number.isInteger(rv) && (rv === latest || (rv > 0 && rv <= current));
    return known && typeof after === 'string' ? { version: rv, after } : null;
  } catch {
    return null;
  }
}

/** resourceVersion of the query; 0 when there is none. */
export function readVersion(query: URLSearchParams): Result<number, ApiFailure> {
  const text = query.get('resourceVersion') ?? '';
  if (/^\d{0,15}$/.test(text)) return ok(Number(text));
  return fail(failures.badRequest(`invalid resource version: ${JSON.stringify(text)}`));
}

function optionsProblem(query: URLSearchParams): ApiFailure | null {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const limit = query.get('limit') ?? '0';
  const causes: FieldCause[] = [];
  const forbidden = (field: string, why: string): void => {
    causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field });
  };
  if (!/^\d{1,15}$/.test(limit)) {
    return failures.badRequest(
      `the limit must be a number that is not negative, not ${JSON.stringify(limit)}`,
    );
  }
  if (match !== '') {
    const field = 'resourceVersionMatch';
    if (query.get('continue'))
      forbidden(field, 'resourceVersionMatch is forbidden when continue is provided');
    if (version === '')
      forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (match === 'Exact' && version === '0') {
      forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      causes.push(fieldErrors.unsupported(field, match, ['Exact', 'NotOlderThan', '']));
    }
  }
  if (query.has('sendInitialEvents')) {
    forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  const subject = { group: 'meta.k8s.io', plural: 'listoptions', kind: 'ListOptions' };
  return causes.length === 0 ? null : failures.invalid(subject, '', causes);
}

interface Moment {
  readonly objects: readonly StoredObject[];
  readonly version: number;
  /** Key of the last object of the page before. */
  readonly after: string;
}

/** A cache is given so long to get as far as a request asks for. */
const freshTimeoutMs = 3_000;

/** Runs once the cache has seen the version; answers 504 where that takes too long. */
export function whenFresh(
  core: WriteCore,
  cache: WatchCache,
  resource: string,
  version: number,
  reply: HttpReply,
  run: () => void,
): void {
  if (cache.version(resource) >= version) {
    run();
    return;
  }
  const forget = cache.whenReached(resource, version, () => {
    timer.cancel();
    run();
  });
  const timer = core.clock.after(freshTimeoutMs, () => {
    forget();
    const reached = cache.version(resource);
    if (reached >= version) run();
    else sendFailure(reply, failures.versionTooLarge(version, reached));
  });
  reply.onGone = () => {
    timer.cancel();
    forget();
  };
}

/** A read of one version and no other asks the store itself, which waits for nothing. */
function isExact(query: URLSearchParams): boolean {
  const match = query.get('resourceVersionMatch') ?? '';
  return match === 'Exact' || (match === '' && Number(query.get('limit') ?? 0) > 0);
}

/** The objects of one consistent moment, and the version of that moment. */
function moment(core: WriteCore, cache: WatchCache, request: ApiRequest): Result<Moment, ApiFailure> {
  const { query, namespace, definition } = request;
  const resource = resourceNameOf(definition);
  const table = core.store.table(resource);
  const current = core.store.version;
  const token = query.get('continue') ?? '';
  const asked = readVersion(query);
  if (!asked.ok) return asked;
  const wanted = query.get('resourceVersion') ?? '';
  let exact: number | null = null;
  let after = '';
  if (token !== '') {
    if (asked.value !== 0) {
      const why = 'specifying resource version is not allowed when using continue';
      return fail(failures.badRequest(why));
    }
    const page = parseContinue(token, current);
    if (page === null) return fail(failures.badRequest('invalid continue token: continue key is not valid'));
    exact = page.version === latest ? null : page.version;
    after = page.after;
  } else if (asked.value !== 0) {
    if (isExact(query)) exact = asked.value;
    if (exact !== null && exact > current) return fail(failures.versionTooLarge(exact, current));
  }
  if (exact === null && wanted !== '' && token === '')
    return ok({ objects: cache.list(resource, namespace), version: cache.version(resource), after });
  if (exact === null || exact === current) {
    return ok({ objects: table.list(namespace), version: current, after });
  }
  const objects = table.listAt(namespace, exact);
  if (objects !== null) return ok({ objects, version: exact, after });
  if (token === '') return fail(failures.listExpired());
  return fail(failures.continueExpired(continueToken({ version: latest, after })));
}

/** Paging is for lists of a certain moment: "any version" is answered from memory, whole. */
function limitOf(query: URLSearchParams): number {
  const fromMemory = query.get('resourceVersion') === '0' && !query.get('continue');
  return fromMemory ? 0 : Number(query.get('limit') ?? 0);
}

export function serveList(core: WriteCore, cache: WatchCache, request: ApiRequest): void {
  const { query, reply, definition } = request;
  const problem = optionsProblem(query);
  const asked = readVersion(query);
  if (problem !== null) sendFailure(reply, problem);
  else if (!asked.ok) sendFailure(reply, asked.error);
  else if (isExact(query)) sendList(core, cache, request);
  else
    whenFresh(core, cache, resourceNameOf(definition), asked.value, reply, () =>
      sendList(core, cache, request),
    );
}

function sendList(core: WriteCore, cache: WatchCache, request: ApiRequest): void {
  const { definition, query, reply } = request;
  const selected = selection(request);
  const found = moment(core, cache, request);
  if (!selected.ok) {
    sendFailure(reply, selected.error);
    return;
  }
  if (!found.ok) {
    sendFailure(reply, found.error);
    return;
  }
  const { objects, version, after } = found.value;
  const keyed = (object: StoredObject): string => keyOf(object.metadata.namespace, object.metadata.name);
  let rest = objects.filter((object) => selected.value(object) && (after === '' || keyed(object) > after));
  const limit = limitOf(query);
  const metadata: Record<string, unknown> = { resourceVersion: String(version) };
  if (limit > 0 && rest.length > limit) {
    const page = rest.slice(0, limit);
    metadata['continue'] = continueToken({ version, after: keyed(page.at(-1)!) });
    if (!query.has('labelSelector') && !query.has('fieldSelector'))
      metadata['remainingItemCount'] = rest.length - limit;
    rest = page;
  }
  if (request.form === 'table') {
    const nowMs = core.clock.wallMs();
    const options = { nowMs, include: query.get('includeObject'), columns: true };
    sendJson(reply, 200, tableOf(definition, rest, metadata, options));
    return;
  }
  if (request.form === 'metadata') {
    sendMetadataList(request, rest, metadata);
    return;
  }
  const apiVersion = apiVersionOf(definition);
  const head = `{"kind":"${definition.kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  const front = `{"apiVersion":"${apiVersion}","kind":"${definition.kind}",`.length;
  const parts: Buffer[] = [Buffer.from(head)];
  for (const [index, object] of rest.entries()) {
    if (index > 0) parts.push(Buffer.from(','));
    const bytes = bytesIn(definition, object);
    // Items of built-in kinds carry no kind and version of their own, as on a real server.
    if (definition.strategicMerge) parts.push(Buffer.from('{'), bytes.subarray(front));
    else parts.push(bytes);
  }
  parts.push(Buffer.from(']}'));
  sendBytes(reply, 200, Buffer.concat(parts));
}

function sendMetadataList(
  request: ApiRequest,
  objects: readonly StoredObject[],
  metadata: Readonly<Record<string, unknown>>,
): void {
  const parts: Buffer[] = [
    Buffer.from(
      `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)},"items":[`,
    ),
  ];
  for (const [index, object] of objects.entries()) {
    if (index > 0) parts.push(Buffer.from(','));
    parts.push(encodeMetadata(object));
  }
  parts.push(Buffer.from(']}'));
  sendBytes(request.reply, 200, Buffer.concat(parts));
}

export function serveGet(core: WriteCore, cache: WatchCache, request: ApiRequest): void {
  const asked = readVersion(request.query);
  if (!asked.ok) {
    sendFailure(request.reply, asked.error);
    return;
  }
  const resource = resourceNameOf(request.definition);
  whenFresh(core, cache, resource, asked.value, request.reply, () => sendObject(core, cache, request));
}

function sendObject(core: WriteCore, cache: WatchCache, request: ApiRequest): void {
  const { definition, reply, query } = request;
  const from = (query.get('resourceVersion') ?? '') === '' ? core.store : cache;
  const object = from.get(resourceNameOf(definition), request.namespace, request.name!);
  if (object === null) {
    sendFailure(reply, failures.notFound(definition, request.name!));
    return;
  }
  if (request.form !== 'table') {
    sendBytes(reply, 200, bytesAs(request.form, definition, object));
    return;
  }
  const options = { nowMs: core.clock.wallMs(), include: query.get('includeObject'), columns: true };
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  sendJson(reply, 200, tableOf(definition, [object], metadata, options));
}
