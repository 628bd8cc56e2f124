// Entities as the Admin API shows them: which collections exist, how an entity is found and written, how lists are paged.
import { compareStrings } from '../../base/order.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import type { Entity, EntityType } from '../../kong/entity.ts';
import { type Answer, json, notFound, problem } from './reply.ts';

export interface Collection {
  readonly type: EntityType;
  /** Field that may stand for the id in a path; null: only the id. */
  readonly keyField: string | null;
  /** Fields that hold ids of other entities. */
  readonly references: readonly string[];
}

/** By the first part of the path. */
export const collections: Readonly<Record<string, Collection>> = {
  services: { type: 'services', keyField: 'name', references: ['client_certificate'] },
  routes: { type: 'routes', keyField: 'name', references: ['service'] },
  upstreams: { type: 'upstreams', keyField: 'name', references: ['client_certificate'] },
  consumers: { type: 'consumers', keyField: 'username', references: [] },
  plugins: { type: 'plugins', keyField: 'instance_name', references: ['route', 'service', 'consumer'] },
  certificates: { type: 'certificates', keyField: null, references: [] },
  snis: { type: 'snis', keyField: 'name', references: ['certificate'] },
  ca_certificates: { type: 'ca_certificates', keyField: null, references: [] },
  'key-auths': { type: 'keyauth_credentials', keyField: 'key', references: ['consumer'] },
  'basic-auths': { type: 'basicauth_credentials', keyField: 'username', references: ['consumer'] },
  acls: { type: 'acls', keyField: null, references: ['consumer'] },
};

const targets: Collection = { type: 'targets', keyField: 'target', references: ['upstream'] };

interface Child {
  readonly collection: Collection;
  /** Field of the child that names its parent. */
  readonly parentField: string;
}

const child = (collection: Collection, parentField: string): Child => ({ collection, parentField });

/** 'parent/children' as they stand in paths. */
export const nested: Readonly<Record<string, Child>> = {
  'services/routes': child(collections['routes']!, 'service'),
  'services/plugins': child(collections['plugins']!, 'service'),
  'routes/plugins': child(collections['plugins']!, 'route'),
  'consumers/plugins': child(collections['plugins']!, 'consumer'),
  'consumers/key-auth': child(collections['key-auths']!, 'consumer'),
  'consumers/basic-auth': child(collections['basic-auths']!, 'consumer'),
  'consumers/acls': child(collections['acls']!, 'consumer'),
  'upstreams/targets': child(targets, 'upstream'),
  'certificates/snis': child(collections['snis']!, 'certificate'),
};

/** What a path names, or undefined; what every object inherits is no collection. */
export function collectionOf(part: string): Collection | undefined {
  return Object.hasOwn(collections, part) ? collections[part] : undefined;
}

export function childOf(parent: string, children: string): Child | undefined {
  const path = `${parent}/${children}`;
  return Object.hasOwn(nested, path) ? nested[path] : undefined;
}

/** References become objects with an id, as in Kong. */
export function showEntity(collection: Collection, entity: Entity): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...entity };
  for (const field of collection.references) {
    const id = shown[field];
    shown[field] = typeof id === 'string' ? { id } : null;
  }
  return shown;
}

export function findEntity(config: GatewayConfig, collection: Collection, key: string): Entity | null {
  const table = config.entities[collection.type] as ReadonlyMap<string, Entity>;
  const byId = table.get(key.toLowerCase());
  if (byId !== undefined || collection.keyField === null) return byId ?? null;
  for (const entity of table.values()) {
    if ((entity as unknown as Record<string, unknown>)[collection.keyField] === key) return entity;
  }
  return null;
}

interface ListFilter {
  readonly field: string;
  readonly value: string;
}

function tagFilter(query: URLSearchParams): ((entity: Entity) => boolean) | string {
  const tags = query.get('tags');
  if (tags === null || tags === '') return () => true;
  const isAnd = tags.includes(',');
  const isOr = tags.includes('/');
  if (isAnd && isOr) return "invalid filter syntax: use ',' for AND or '/' for OR, not both";
  const wanted = tags.split(isOr ? '/' : ',');
  return (entity) =>
    isOr
      ? wanted.some((tag) => entity.tags?.includes(tag))
      : wanted.every((tag) => entity.tags?.includes(tag));
}

const sizeDefault = 100;
const sizeMax = 1000;

/** One page of a collection, in the order of ids. */
export function listEntities(
  config: GatewayConfig,
  collection: Collection,
  path: string,
  query: URLSearchParams,
  filter: ListFilter | null,
): Answer {
  const size = Number(query.get('size') ?? sizeDefault);
  if (!Number.isInteger(size) || size < 1 || size > sizeMax)
    return problem(400, 9, 'invalid size', `size must be an integer between 1 and ${sizeMax}`);
  const matches = tagFilter(query);
  if (typeof matches === 'string') return problem(400, 11, 'invalid options', matches, { tags: matches });
  const offset = query.get('offset');
  const after = offset === null ? '' : Buffer.from(offset, 'base64url').toString('latin1');
  if (offset !== null && !/^[0-9a-f-]{36}$/.test(after)) {
    const sentence = `'${offset}' is not a valid offset: bad base64 encoding`;
    return problem(400, 7, 'invalid offset', sentence);
  }
  const customId = collection.type === 'consumers' ? query.get('custom_id') : null;
  const rows = [...(config.entities[collection.type] as ReadonlyMap<string, Entity>).values()]
    .filter((entity) => {
      const record = entity as unknown as Record<string, unknown>;
      if (filter !== null && record[filter.field] !== filter.value) return false;
      if (customId !== null && record['custom_id'] !== customId) return false;
      return entity.id > after && matches(entity);
    })
    .sort((a, b) => compareStrings(a.id, b.id));
  const page = rows.slice(0, size);
  const data = page.map((entity) => showEntity(collection, entity));
  if (rows.length <= size) return json(200, { data, next: null });
  const next = Buffer.from(page[page.length - 1]!.id, 'latin1').toString('base64url');
  const more = new URLSearchParams({ offset: next, size: String(size) });
  const tags = query.get('tags');
  if (tags !== null) more.set('tags', tags);
  return json(200, { data, next: `${path}?${more}`, offset: next });
}

const writeVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'create or update',
  PATCH: 'update',
  DELETE: 'remove',
};

/** Writing single entities needs a database, which neither we nor Kong have here. */
export function refuseWrite(method: string, type: EntityType, exists: boolean): Answer {
  if ((method === 'PATCH' || method === 'DELETE') && !exists) return notFound;
  const sentence = `cannot ${writeVerbs[method]} '${type}' entities when not using a database`;
  return problem(405, 12, 'operation unsupported', sentence);
}
