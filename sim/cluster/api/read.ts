// get and list: resource versions, paging by continue tokens, tables.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { apiVersionOf, resourceNameOf } from '../resource.ts';
import { type Predicate, parseFieldSelector, parseLabelSelector } from '../selectors.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { keyOf } from '../store-table.ts';
import type { WriteCore } from '../store-writes.ts';
import { tableOf, wantsTable } from '../table/table.ts';
import type { ApiRequest } from './request.ts';
import { bytesIn, sendBytes, sendFailure, sendJson } from './respond.ts';

export function selection(request: ApiRequest): Result<Predicate, ApiFailure> {
  const { query, definition } = request;
  const labels = parseLabelSelector(query.get('labelSelector') ?? undefined);
  if (!labels.ok) return fail(failures.badRequest(labels.error));
  const fields = parseFieldSelector(query.get('fieldSelector') ?? undefined, definition.selectableFields);
  if (!fields.ok) return fail(failures.badRequest(fields.error));
  return ok((object) => labels.value(object) && fields.value(object));
}

interface Page {
  readonly version: number;
  readonly after: string;
}

function parseContinue(token: string): Page | null {
  try {
    const { rv, after } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      rv: number;
      after: string;
    };
    return Number.isInteger(rv) && typeof after === 'string' ? { version: rv, after } : null;
  } catch {
    return null;
  }
}

/** The objects of one consistent moment, and the version of that moment. */
function moment(
  core: WriteCore,
  request: ApiRequest,
): Result<{ objects: readonly StoredObject[]; version: number; after: string }, ApiFailure> {
  const { query, namespace, definition } = request;
  const table = core.store.table(resourceNameOf(definition));
  const current = core.store.version;
  const token = query.get('continue') ?? '';
  const asked = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(asked)) return fail(failures.badRequest(`invalid resource version: "${asked}"`));
  let exact: number | null = null;
  let after = '';
  if (token !== '') {
    const page = parseContinue(token);
    if (page === null) return fail(failures.badRequest('continue key is not valid'));
    exact = page.version;
    after = page.after;
  } else if (asked !== '' && asked !== '0') {
    if (Number(asked) > current) return fail(failures.versionTooLarge(Number(asked), current));
    const match = query.get('resourceVersionMatch');
    if (match === 'Exact' || (match === null && query.has('limit'))) exact = Number(asked);
  }
  if (exact === null || exact === current)
    return ok({ objects: table.list(namespace), version: current, after });
  const objects = table.listAt(namespace, exact);
  if (objects !== null) return ok({ objects, version: exact, after });
  return fail(token === '' ? failures.expired(exact, table.floor) : failures.continueExpired());
}

export function serveList(core: WriteCore, request: ApiRequest): void {
  const { definition, query, reply } = request;
  const selected = selection(request);
  const found = moment(core, request);
  if (!selected.ok) return sendFailure(reply, selected.error);
  if (!found.ok) return sendFailure(reply, found.error);
  const { objects, version, after } = found.value;
  const keyed = (object: StoredObject): string => keyOf(object.metadata.namespace, object.metadata.name);
  let rest = objects.filter((object) => selected.value(object) && (after === '' || keyed(object) > after));
  const limit = Number(query.get('limit') ?? 0);
  const metadata: Record<string, unknown> = { resourceVersion: String(version) };
  if (limit > 0 && rest.length > limit) {
    const page = rest.slice(0, limit);
    const position = JSON.stringify({ rv: version, after: keyed(page.at(-1)!) });
    metadata['continue'] = Buffer.from(position).toString('base64url');
    if (!query.has('labelSelector') && !query.has('fieldSelector'))
      metadata['remainingItemCount'] = rest.length - limit;
    rest = page;
  }
  if (wantsTable(request.http.headers['accept'])) {
    const nowMs = core.clock.wallMs();
    const options = { nowMs, include: query.get('includeObject'), columns: true };
    return sendJson(reply, 200, tableOf(definition, rest, metadata, options));
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

export function serveGet(core: WriteCore, request: ApiRequest): void {
  const { definition, reply, query } = request;
  const object = core.store.get(resourceNameOf(definition), request.namespace, request.name!);
  if (object === null) return sendFailure(reply, failures.notFound(definition, request.name!));
  if (!wantsTable(request.http.headers['accept'])) return sendBytes(reply, 200, bytesIn(definition, object));
  const options = { nowMs: core.clock.wallMs(), include: query.get('includeObject'), columns: true };
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  sendJson(reply, 200, tableOf(definition, [object], metadata, options));
}
