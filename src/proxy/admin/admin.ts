// The Admin API as one pure function from request to reply: paths to endpoints, in Kong's shapes.
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import { isUuid } from '../../kong/schema/fill.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpHandler, HttpReply, HttpRequest } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import type { ProxyServer } from '../server/main.ts';
import { createConfigEndpoint } from './config-endpoint.ts';
import { answerConsumerGroups } from './consumer-groups.ts';
import type { ParseYaml } from './declarative-body.ts';
import { showEndpoints } from './endpoints.ts';
import {
  type Collection,
  childOf,
  collectionOf,
  collections,
  findEntity,
  listEntities,
  presenter,
  referenced,
  refuseWrite,
} from './entities.ts';
import { answerHealth } from './health.ts';
import { formatMetrics } from './metrics.ts';
import {
  type NodeIdentity,
  showEnabledPlugins,
  showNode,
  showReadiness,
  showStatus,
  showTimers,
} from './node.ts';
import {
  type Answer,
  allowing,
  json,
  message,
  methodNotAllowed,
  notFound,
  send,
  sendPieces,
} from './reply.ts';
import { answerSchemas } from './schemas.ts';
import { listTags } from './tags.ts';

export interface AdminOptions {
  readonly identity: NodeIdentity;
  readonly parseYaml: ParseYaml;
  /** What routes may say. Default: traditional_compatible. */
  readonly routerFlavor?: RouterFlavor;
  /** It listens on loopback alone: a request for any other host is a web page that had its name point here. */
  readonly isLoopback?: boolean;
}

/** Requests with larger bodies are refused by the listener (Kong's 10 MB is not enough for large clusters). */
export const adminBodyBytesMax = 256 * 1024 * 1024;

interface Target {
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: URLSearchParams;
}

/** null: the path cannot be decoded. */
function parseTarget(path: string): Target | null {
  const mark = path.indexOf('?');
  const plain = (mark < 0 ? path : path.slice(0, mark)).replace(/\/+$/, '');
  try {
    return {
      segments: plain.split('/').slice(1).map(decodeURIComponent),
      path: plain === '' ? '/' : plain,
      query: new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1)),
    };
  } catch {
    return null;
  }
}

function readOnly(method: string, answer: () => Answer): Answer {
  if (method === 'GET' || method === 'HEAD') return answer();
  if (method === 'OPTIONS') return allowing('GET, HEAD, OPTIONS');
  return methodNotAllowed;
}

function answerOne(proxy: ProxyServer, method: string, collection: Collection, key: string): Answer {
  const entity = findEntity(proxy.config(), collection, key);
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (entity !== null) return json(200, presenter(proxy.config(), collection)(entity));
      return collection.type === 'certificates' && !isUuid(key) ? message(404, 'SNI not found') : notFound;
    case 'OPTIONS':
      return allowing('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return refuseWrite(method, collection.type, entity !== null, isUuid(key) ? null : collection.keyField);
    default:
      return methodNotAllowed;
  }
}

function answerList(
  proxy: ProxyServer,
  method: string,
  collection: Collection,
  { path, query }: Target,
  filter: { readonly field: string; readonly value: string } | null,
): Answer {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return listEntities(proxy.config(), collection, path, query, filter);
    case 'OPTIONS':
      return allowing('GET, HEAD, OPTIONS, POST');
    case 'POST':
      return refuseWrite(method, collection.type, false);
    default:
      return methodNotAllowed;
  }
}

function answerNested(proxy: ProxyServer, method: string, target: Target): Answer {
  const [parent = '', key = '', children = '', childKey, ...rest] = target.segments;
  const parentCollection = collectionOf(parent);
  const child = childOf(parent, children);
  if (parentCollection === undefined) return notFound;
  const owner = findEntity(proxy.config(), parentCollection, key);
  if (owner === null) return notFound;
  if (childKey === undefined && parentCollection.references.includes(children)) {
    const type = Object.hasOwn(referenced, children) ? referenced[children] : undefined;
    const id = (owner as unknown as Record<string, unknown>)[children];
    if (type === undefined || typeof id !== 'string') return notFound;
    return answerOne(proxy, method, collections[type]!, id);
  }
  if (child === undefined) return notFound;
  const filter = { field: child.parentField, value: owner.id };
  const isAllTargets = children === 'targets' && childKey === 'all';
  if (childKey === undefined || isAllTargets)
    return answerList(proxy, method, child.collection, target, filter);
  if (rest.length > 0) return notFound;
  const entity = findEntity(proxy.config(), child.collection, childKey);
  const belongs =
    entity !== null && (entity as unknown as Record<string, unknown>)[child.parentField] === owner.id;
  return belongs ? answerOne(proxy, method, child.collection, entity.id) : notFound;
}

function answerEntities(proxy: ProxyServer, method: string, target: Target): Answer {
  const [first = '', key] = target.segments;
  const collection = collectionOf(first);
  if (collection === undefined) return notFound;
  if (key === undefined) return answerList(proxy, method, collection, target, null);
  if (target.segments.length === 2) return answerOne(proxy, method, collection, key);
  return answerNested(proxy, method, target);
}

/** GET /metrics; false: it is something else. */
function answerMetrics(
  { method }: HttpRequest,
  path: string,
  reply: HttpReply,
  page: { readonly proxy: ProxyServer; readonly clock: Clock; readonly kongVersion: string },
): boolean {
  if (path !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) return false;
  const { proxy, clock, kongVersion } = page;
  const pieces = method === 'HEAD' ? [] : formatMetrics(proxy, kongVersion, clock.wallMs());
  sendPieces(reply, clock, pieces[Symbol.iterator](), 'text/plain; version=0.0.4; charset=UTF-8');
  return true;
}

function answerNode(
  proxy: ProxyServer,
  options: AdminOptions,
  method: string,
  { path, query }: Target,
): Answer | null {
  switch (path) {
    case '/timers':
      return readOnly(method, () => showTimers(proxy));
    case '/status/dns':
      return readOnly(method, () => message(501, 'not implemented with the legacy DNS client'));
    case '/':
      return readOnly(method, () => showNode(proxy, options.identity, options.routerFlavor));
    case '/status':
      return readOnly(method, () => showStatus(proxy, query));
    case '/status/ready':
      return readOnly(method, () => showReadiness(proxy));
    case '/endpoints':
      return readOnly(method, showEndpoints);
    case '/plugins/enabled':
      return readOnly(method, showEnabledPlugins);
    case '/metrics':
      return readOnly(method, () => notFound);
    default:
      return null;
  }
}

function answerTags(proxy: ProxyServer, method: string, { segments, path, query }: Target): Answer | null {
  const [first, tag, ...rest] = segments;
  if (first !== 'tags' || rest.length > 0) return null;
  return readOnly(method, () => listTags(proxy.config(), path, query, tag ?? null));
}

/** '127.0.0.1:8001', '[::1]:8001', 'localhost'. */
function isLocalHost(host: string): boolean {
  return /^(localhost|[0-9.]+|\[[0-9a-f:.]+\])(:\d*)?$/i.test(host);
}

/**
 * Who reaches the Admin API rules the gateway, so those who reach it only through somebody else are refused: a route whose
 * target turns out to be the Admin API, and a web page in the browser of somebody who can reach it.
 */
function refuseCaller({ headers }: HttpRequest, isLoopback: boolean): Answer | null {
  if (headers['x-kong-request-id'] !== undefined || / kong\//.test(headers['via'] ?? ''))
    return message(403, 'the Admin API does not answer requests that come through a gateway');
  if (headers['origin'] !== undefined)
    return message(403, 'the Admin API does not answer requests of web pages (Origin)');
  if (isLoopback && headers['host'] !== undefined && !isLocalHost(headers['host']))
    return message(403, 'the Admin API listens on loopback: address it as localhost or by IP address');
  return null;
}

/** The whole Admin API. */
export function createAdmin(
  env: { readonly clock: Clock; readonly log: Log },
  proxy: ProxyServer,
  options: AdminOptions,
): HttpHandler {
  const { clock } = env;
  const config = createConfigEndpoint(proxy, options.parseYaml, options.routerFlavor);
  const answer = (request: HttpRequest, target: Target, done: (answer: Answer) => void): void => {
    if (target.path === '/config') {
      config.handle(request, target.query, done);
      return;
    }
    const { method } = request;
    done(
      answerNode(proxy, options, method, target) ??
        answerTags(proxy, method, target) ??
        answerSchemas(request, target.segments, options.routerFlavor) ??
        answerHealth(proxy, options.identity.nodeId, method, target.segments, target.query) ??
        answerConsumerGroups(proxy.config(), method, target.segments) ??
        answerEntities(proxy, method, target),
    );
  };
  return (request, reply) => {
    const startUs = clock.monotonicUs();
    const finish = (result: Answer): void => {
      const latencyMs = Math.round((clock.monotonicUs() - startUs) / 1000);
      send(reply, result, request.method === 'HEAD', options.identity.kongVersion, latencyMs);
    };
    const refusal = refuseCaller(request, options.isLoopback === true);
    const target = parseTarget(request.path);
    if (refusal !== null || target === null) {
      finish(refusal ?? notFound);
      return;
    }
    const { kongVersion } = options.identity;
    try {
      if (answerMetrics(request, target.path, reply, { proxy, clock, kongVersion })) return;
      answer(request, target, finish);
    } catch (error) {
      // A defect of ours must cost one answer, not the gateway. Paths, queries and bodies stay out of the log: they
      // can hold keys.
      const reason = error instanceof Error ? error.message : String(error);
      env.log.error('the Admin API failed', {
        method: request.method,
        area: target.segments[0] ?? '',
        error: reason,
      });
      finish(message(500, 'An unexpected error occurred'));
    }
  };
}

/** What may be seen from outside: no config, no entities. */
export function createStatusApi(
  env: { readonly clock: Clock },
  proxy: ProxyServer,
  options: AdminOptions,
): HttpHandler {
  return (request, reply) => {
    const target = parseTarget(request.path);
    const path = target?.path ?? '';
    const { kongVersion } = options.identity;
    if (answerMetrics(request, path, reply, { proxy, clock: env.clock, kongVersion })) return;
    const isShown = path === '/status' || path === '/status/ready' || path === '/metrics';
    const answer = target !== null && isShown ? answerNode(proxy, options, request.method, target) : null;
    send(reply, answer ?? notFound, request.method === 'HEAD', options.identity.kongVersion, 0);
  };
}
