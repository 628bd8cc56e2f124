// /config: the whole config in and out as Kong does it, and changes from one config to the next as only we do.

import type { GatewayConfig } from '../../kong/config.ts';
import { declarativeErrorBody } from '../../kong/declarative-error.ts';
import { decodeDeclarative } from '../../kong/decode.ts';
import { decodeDelta } from '../../kong/decode-delta.ts';
import { encodeDeclarative } from '../../kong/encode.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { HttpRequest } from '../../ports/http.ts';
import type { ApplyResult, ProxyServer } from '../server/main.ts';
import { type ApplyMeta, noMeta, type Provenance } from '../server/staleness.ts';
import { type BodyRefusal, type ParseYaml, readDeclarativeBody } from './declarative-body.ts';
import { collections, showEntity } from './entities.ts';
import { type Answer, allowing, empty, json, message, methodNotAllowed } from './reply.ts';

export interface ConfigEndpoint {
  /** Every method of /config. */
  handle(request: HttpRequest, query: URLSearchParams, done: (answer: Answer) => void): void;
}

/** An answer at once, or null: `done` is called later. */
type Method = (request: HttpRequest, query: URLSearchParams, done: (answer: Answer) => void) => Answer | null;

const truthy = new Set(['true', '1', 'on', 'yes']);

function entityTag(id: string): Readonly<Record<string, string>> {
  return { etag: `"${id}"` };
}

/** The answer to an accepted `POST /config`: every entity by type and id. */
function showConfig(config: GatewayConfig): Record<string, unknown> {
  const byType = new Map(Object.values(collections).map((collection) => [collection.type, collection]));
  byType.set('targets', { type: 'targets', keyField: 'target', references: ['upstream'] });
  const members = ['consumer_group', 'consumer'];
  byType.set('consumer_group_consumers', {
    type: 'consumer_group_consumers',
    keyField: null,
    references: members,
  });
  const shown: Record<string, unknown> = {};
  for (const [type, collection] of byType) {
    const table = config.entities[type];
    if (table.size === 0) continue;
    const entities: Record<string, unknown> = {};
    for (const entity of table.values()) entities[entity.id] = showEntity(collection, entity);
    shown[type] = entities;
  }
  return shown;
}

function refuseApply(result: ApplyResult & { readonly ok: false }, { epoch }: Provenance): Answer {
  const body = { message: result.message, configuration_hash: result.configId };
  const headers = entityTag(result.configId);
  switch (result.reason) {
    case 'stale':
      return json(409, epoch === null ? body : { ...body, epoch }, headers);
    case 'mismatch':
      return json(412, body, headers);
    case 'invalid':
      return json(400, body, headers);
    case 'busy':
      return json(429, body, { ...headers, 'retry-after': '1' });
    case 'draining':
      return json(503, body, headers);
    case 'timeout':
      return json(504, body, headers);
  }
}

function refuseBody({ status, message: sentence, isParseError }: BodyRefusal): Answer {
  if (!isParseError) return message(status, sentence);
  return json(400, {
    code: 14,
    name: 'invalid declarative configuration',
    message: `declarative config is invalid: {error="${sentence}"}`,
    fields: { error: sentence },
  });
}

/** Who sent it and what they had seen; a sentence when the headers cannot be read. */
function readMeta(request: HttpRequest): ApplyMeta | string {
  const epoch = request.headers['x-tidegate-epoch'];
  const revision = request.headers['x-tidegate-revision'] ?? null;
  const changes = request.headers['x-tidegate-changes'] ?? null;
  const isReset = request.headers['x-tidegate-reset'] === 'true';
  if (epoch === undefined) return { ...noMeta, revision, changes, isReset };
  const number = Number(epoch);
  if (!Number.isSafeInteger(number) || number < 0)
    return `X-Tidegate-Epoch must be a whole number, not '${epoch}'`;
  return { epoch: number, revision, changes, isReset };
}

export function createConfigEndpoint(
  proxy: ProxyServer,
  parseYaml: ParseYaml,
  flavor?: RouterFlavor,
): ConfigEndpoint {
  /** The text that the current config came from, while it is current. */
  let posted = { textHash: '', configId: '' };

  const post: Method = (request, query, done) => {
    const meta = readMeta(request);
    if (typeof meta === 'string') return message(400, meta);
    const body = readDeclarativeBody(request.body, request.headers['content-type'] ?? '', parseYaml);
    if (!body.ok) return refuseBody(body.error);
    const { document, textHash } = body.value;
    const isSame = posted.textHash === textHash && posted.configId === proxy.config().id;
    if (query.get('check_hash') === '1' && isSame) return empty(304);
    const config = decodeDeclarative(document, flavor);
    if (!config.ok) {
      const flatten = truthy.has((query.get('flatten_errors') ?? '').toLowerCase());
      return json(400, declarativeErrorBody(config.error, flatten));
    }
    proxy.apply(config.value, meta, (result) => {
      if (result.ok) posted = { textHash, configId: result.configId };
      done(
        result.ok
          ? json(201, showConfig(config.value), entityTag(result.configId))
          : refuseApply(result, proxy.provenance()),
      );
    });
    return null;
  };

  const patch: Method = (request, _query, done) => {
    const meta = readMeta(request);
    if (typeof meta === 'string') return message(400, meta);
    const current = proxy.config().id;
    const condition = request.headers['if-match'];
    if (condition === undefined)
      return message(428, 'PATCH /config needs If-Match with the id of the config that it starts from');
    const expected = condition.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
    if (expected !== current) {
      const sentence = `If-Match names config ${expected}, but the config is ${current}`;
      return json(412, { message: sentence, configuration_hash: current }, entityTag(current));
    }
    let document: unknown;
    try {
      document = JSON.parse(request.body?.toString('utf8') ?? '');
    } catch {
      return message(400, 'Cannot parse JSON body');
    }
    const delta = decodeDelta(document, flavor);
    if (!delta.ok) return json(400, { message: delta.error });
    proxy.apply(delta.value, meta, (result) =>
      done(
        result.ok
          ? json(200, { configuration_hash: result.configId }, entityTag(result.configId))
          : refuseApply(result, proxy.provenance()),
      ),
    );
    return null;
  };

  const get: Method = () => {
    const config = proxy.config();
    // JSON is YAML too, so the text can be posted again as it is.
    const yaml = `${JSON.stringify(encodeDeclarative(config), null, 2)}\n`;
    return json(200, { config: yaml }, entityTag(config.id));
  };

  const methods: Readonly<Record<string, Method>> = {
    GET: get,
    HEAD: get,
    POST: post,
    PATCH: patch,
    OPTIONS: () => allowing('GET, HEAD, OPTIONS, PATCH, POST'),
  };
  return {
    handle(request, query, done) {
      const method = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      const answer = method === undefined ? methodNotAllowed : method(request, query, done);
      if (answer !== null) done(answer);
    },
  };
}
