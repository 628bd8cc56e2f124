// The HTTP front: a function from request to answer. Who asks, what is addressed, which verb.
import type { HttpHandler, HttpReply, HttpRequest } from '../../../src/ports/http.ts';
import type { Log } from '../../../src/ports/log.ts';
import { failures } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import type { ApiFailure } from '../store-api.ts';
import type { WriteCore } from '../store-writes.ts';
import type { LaggingCache } from '../watch-cache.ts';
import { type Conduct, usualConduct } from './conduct.ts';
import { serveDelete, serveDeleteCollection } from './delete.ts';
import { discoveryDocument, versionDocument } from './discovery.ts';
import { serveEviction } from './eviction.ts';
import { type PodLogs, serveLogs } from './logs.ts';
import { openApiDocument } from './openapi.ts';
import { swaggerBytes, swaggerForm } from './openapi-v2.ts';
import { servePatch } from './patch.ts';
import { warningHeaders } from './perform.ts';
import { serveGet, serveList } from './read.ts';
import { type ApiRequest, parseResourcePath } from './request.ts';
import { formOf, sendBytes, sendFailure, sendJson, sendNotFound } from './respond.ts';
import { serveReview } from './reviews.ts';
import { serveScale } from './scale.ts';
import { sameToken } from './token.ts';
import { unsupportedSubresource } from './unsupported.ts';
import { type OpenWatch, serveWatch, type WatchEnd, type WatchSide } from './watch.ts';
import { serveCreate, serveUpdate } from './write.ts';

export const bodyBytesMax = 3 * 1024 * 1024;

export interface HttpFront {
  readonly handler: HttpHandler;
  readonly cache: LaggingCache;
  readonly conduct: Conduct;
  /** Ends open watches, of one kind or of all; answers how many. */
  disconnectWatches(how: WatchEnd, resource?: string): number;
  /** Open watches say now how far they have seen, instead of when their minute is over. */
  bookmarkWatches(): void;
  /** Its process has ended: nothing of it follows the store any more. */
  stop(): void;
  /** Open ones. */
  readonly watches: number;
}

export interface HttpFrontOptions {
  readonly core: WriteCore;
  readonly cache: LaggingCache;
  readonly token: string | null;
  readonly logs: PodLogs | null;
  readonly log: Log;
}

const healthPaths = new Set(['/healthz', '/readyz', '/livez']);

function authorized(request: HttpRequest, token: string | null): boolean {
  if (token === null) return true;
  const given = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  return given !== undefined && sameToken(given, token);
}

function serveDocument(core: WriteCore, http: HttpRequest, reply: HttpReply, path: string): boolean {
  if (path === '/version') sendJson(reply, 200, versionDocument);
  else if (path === '/openapi/v2') {
    const { form, type } = swaggerForm(http.headers['accept']);
    sendBytes(reply, 200, swaggerBytes(core.store, form), { 'content-type': type });
  } else {
    const document = path.startsWith('/openapi/v3')
      ? openApiDocument(core.store, path)
      : discoveryDocument(core.store, path);
    if (document === null) return false;
    sendJson(reply, 200, document);
  }
  return true;
}

function isWatch(query: URLSearchParams): boolean {
  return query.get('watch') === 'true' || query.get('watch') === '1';
}

function sendUnknown({ definition, subresource, reply }: ApiRequest): void {
  const failure = unsupportedSubresource(definition, subresource ?? '');
  if (failure === null) sendNotFound(reply);
  else sendFailure(reply, failure);
}

function dispatch(options: HttpFrontOptions, request: ApiRequest, side: WatchSide): void {
  const { core, cache } = options;
  const { http, reply, definition, name, subresource, query } = request;
  const { method } = http;
  const isPod = definition.kind === 'Pod' && definition.group === '';
  const isWhole = subresource === undefined;
  const isKnown =
    isWhole ||
    (subresource === 'status' && definition.statusSubresource) ||
    (subresource === 'finalize' && definition.kind === 'Namespace');
  const needsNamespace = definition.namespaced && request.namespace === undefined;
  if (name === undefined && method === 'GET') {
    if (isWatch(query)) serveWatch(core, request, side);
    else serveList(core, cache, request);
  } else if (name === undefined) {
    if (needsNamespace) sendFailure(reply, failures.methodNotAllowed(definition));
    else if (method === 'POST') serveCreate(core, request);
    else if (method === 'DELETE') serveDeleteCollection(core, request);
    else sendFailure(reply, failures.methodNotAllowed(definition));
  } else if (subresource === 'scale' && definition.scale) serveScale(core, request);
  else if (subresource === 'log' && isPod) serveLogs(core, request, options.logs);
  else if (subresource === 'eviction' && isPod) serveEviction(core, request);
  else if (!isKnown) sendUnknown(request);
  else if (method === 'GET' && isWatch(query)) serveWatch(core, request, side);
  else if (method === 'GET') serveGet(core, cache, request);
  else if (method === 'PUT') serveUpdate(core, request);
  else if (method === 'PATCH') servePatch(core, request);
  else if (method === 'DELETE' && isWhole) serveDelete(core, request);
  else sendFailure(reply, failures.methodNotAllowed(definition));
}

const servedTypes = ['application/json'] as const;

/** Parameters that every verb takes from a fixed set of values. */
function queryProblem(query: URLSearchParams): ApiFailure | null {
  for (const [field, supported] of [
    ['dryRun', ['All']],
    ['fieldValidation', ['Ignore', 'Warn', 'Strict']],
  ] as const) {
    const value = query.get(field) ?? '';
    if (value === '' || (supported as readonly string[]).includes(value)) continue;
    const subject = { group: 'meta.k8s.io', plural: 'createoptions', kind: 'CreateOptions' };
    return failures.invalid(subject, '', [fieldErrors.unsupported(field, value, supported)]);
  }
  return null;
}

/** Whatever is answered carries the warning too. */
function warning(reply: HttpReply, text: string): HttpReply {
  const own = warningHeaders([text])['warning']!;
  return {
    head(status, headers) {
      const other = headers['warning'];
      reply.head(status, { ...headers, warning: other === undefined ? own : `${own}, ${other}` });
    },
    write: (bytes) => reply.write(bytes),
    end: (bytes) => reply.end(bytes),
    abort: () => reply.abort(),
    set onGone(run: (() => void) | null) {
      reply.onGone = run;
    },
    set onDrain(run: (() => void) | null) {
      reply.onDrain = run;
    },
  };
}

function serve(options: HttpFrontOptions, http: HttpRequest, reply: HttpReply, side: WatchSide): void {
  const { core } = options;
  const cut = http.path.indexOf('?');
  const given = cut < 0 ? http.path : http.path.slice(0, cut);
  const path = given.length > 1 && given.endsWith('/') ? given.slice(0, -1) : given;
  const query = new URLSearchParams(cut < 0 ? '' : http.path.slice(cut + 1));
  if (healthPaths.has(path)) {
    reply.head(200, { 'content-type': 'text/plain' });
    reply.end('ok');
    return;
  }
  if (!authorized(http, options.token)) {
    sendFailure(reply, failures.unauthorized());
    return;
  }
  if ((http.body?.length ?? 0) > bodyBytesMax) {
    sendFailure(reply, failures.tooLarge(bodyBytesMax));
    return;
  }
  if (serveReview(http, reply, path, options.token)) return;
  if (http.method === 'GET' && serveDocument(core, http, reply, path)) return;
  const address = parseResourcePath(path);
  const definition =
    address === null ? null : core.store.served(address.group, address.version, address.plural);
  if (address === null || definition === null) {
    sendNotFound(reply);
    return;
  }
  if (!definition.namespaced && address.namespace !== undefined) {
    sendNotFound(reply);
    return;
  }
  if (definition.namespaced && address.namespace === undefined && address.name !== undefined) {
    sendNotFound(reply);
    return;
  }
  const form = address.subresource === 'log' ? 'object' : formOf(http.headers['accept']);
  if (form === null) {
    sendFailure(reply, failures.notAcceptable(servedTypes));
    return;
  }
  const problem = queryProblem(query);
  if (problem !== null) {
    sendFailure(reply, problem);
    return;
  }
  const told = definition.deprecation === undefined ? reply : warning(reply, definition.deprecation);
  dispatch(options, { http, reply: told, path, query, definition, form, ...address }, side);
}

export function createHandler(options: HttpFrontOptions): HttpFront {
  const open = new Set<OpenWatch>();
  const conduct: Conduct = { ...usualConduct };
  const { cache } = options;
  const side: WatchSide = { cache, conduct, open };
  const guard: WriteCore['guard'] = ({ http: { method, path }, reply }, run) => {
    try {
      run();
    } catch (error) {
      options.log.error('API server: a request failed', {
        method,
        path,
        error: String((error as Error).stack),
      });
      const message = 'an internal error of the API server; its log says more';
      sendFailure(reply, { code: 500, reason: 'InternalError', message });
    }
  };
  const guarded = { ...options, core: { ...options.core, guard } };
  return {
    cache,
    conduct,
    handler(http, reply) {
      guard({ http, reply }, () => serve(guarded, http, reply, side));
    },
    disconnectWatches(how, resource) {
      const chosen = [...open].filter((watch) => resource === undefined || watch.resource === resource);
      for (const watch of chosen) watch.end(how);
      return chosen.length;
    },
    bookmarkWatches() {
      for (const watch of [...open]) watch.mark();
    },
    stop() {
      for (const watch of [...open]) watch.end('silent');
      cache.stop();
    },
    get watches() {
      return open.size;
    },
  };
}
