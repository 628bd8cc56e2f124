// Entities as the Admin API shows them: which collections exist, how an entity is found and written, how lists are paged.
import { compareStrings } from '../../base/order.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import type { Entity, EntityType } from '../../kong/entity.ts';
import { checkTag } from '../../kong/schema/text.ts';
import { type Answer, json, message, notFound, problem } from './reply.ts';

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
  plugins: {
    type: 'plugins',
    keyField: 'instance_name',
    references: ['route', 'service', 'consumer', 'consumer_group'],
  },
  consumer_groups: { type: 'consumer_groups', keyField: 'name', references: [] },
  vaults: { type: 'vaults', keyField: 'prefix', references: [] },
  'key-sets': { type: 'key_sets', keyField: 'name', references: [] },
  keys: { type: 'keys', keyField: 'name', references: ['set'] },
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
  'consumer_groups/plugins': child(collections['plugins']!, 'consumer_group'),
  'key-sets/keys': child(collections['keys']!, 'set'),
  'consumers/key-auth': child(collections['key-auths']!, 'consumer'),
  'consumers/basic-auth': child(collections['basic-auths']!, 'consumer'),
  'consumers/acls': child(collections['acls']!, 'consumer'),
  'upstreams/targets': child(targets, 'upstream'),
  'certificates/snis': child(collections['snis']!, 'certificate'),
  'certificates/services': child(collections['services']!, 'client_certificate'),
  'certificates/upstreams': child(collections['upstreams']!, 'client_certificate'),
};

/** Types of what fields refer to, where the field's entity can be asked for: '/plugins/{plugin}/route'. */
export const referenced: Readonly<Record<string, string>> = {
  service: 'services',
  route: 'routes',
  consumer: 'consumers',
  consumer_group: 'consumer_groups',
  set: 'key-sets',
  client_certificate: 'certificates',
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
  // Kong shows these of every route, also where they cannot be set.
  const absent = collection.type === 'routes' ? { sources: null, destinations: null } : {};
  const shown: Record<string, unknown> = { ...absent, ...entity };
  for (const field of collection.references) {
    const id = shown[field];
    if (id === undefined) continue;
    shown[field] = typeof id === 'string' ? { id } : null;
  }
  return shown;
}

export function findEntity(config: GatewayConfig, collection: Collection, key: string): Entity | null {
  const table = config.entities[collection.type] as ReadonlyMap<string, Entity>;
  const byId = table.get(key.toLowerCase());
  if (byId === undefined && collection.type === 'certificates') {
    // A certificate may be asked for by a name that it is shown for.
    const sni = [...config.entities.snis.values()].find(({ name }) => name === key);
    return sni === undefined ? null : (table.get(sni.certificate) ?? null);
  }
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

const tagsMax = 5;

function tagFilter(query: URLSearchParams): ((entity: Entity) => boolean) | string {
  const tags = query.get('tags');
  if (tags === null) return () => true;
  if (tags === '') return 'cannot be null';
  const isOr = tags.includes('/');
  const wanted = tags.replace(/[,/]$/, '').split(isOr ? '/' : ',');
  if (wanted.some((tag) => tag === '' || checkTag(tag) !== null)) return 'invalid filter syntax';
  if (wanted.length > tagsMax) return `cannot query more than ${tagsMax} tags`;
  return (entity) =>
    isOr
      ? wanted.some((tag) => entity.tags?.includes(tag))
      : wanted.every((tag) => entity.tags?.includes(tag));
}

const sizeDefault = 100;
const sizeMax = 1000;

/** Entities on a page, or what is wrong with the wish. */
export function pageSize(query: URLSearchParams): number | string {
  const written = query.get('size');
  if (written === null) return sizeDefault;
  const size = Number(written);
  if (written.trim() === '' || Number.isNaN(size)) return 'size must be a number';
  const isFine = Number.isInteger(size) && size >= 1 && size <= sizeMax;
  return isFine ? size : `size must be an integer between 1 and ${sizeMax}`;
}

/** Certificates come with the names that they are shown for; `present` writes one entity. */
export function presenter(
  config: GatewayConfig,
  collection: Collection,
): (entity: Entity) => Record<string, unknown> {
  if (collection.type !== 'certificates') return (entity) => showEntity(collection, entity);
  const names = new Map<string, string[]>();
  for (const { certificate, name } of config.entities.snis.values())
    names.set(certificate, [...(names.get(certificate) ?? []), name]);
  return (entity) => ({
    ...showEntity(collection, entity),
    snis: (names.get(entity.id) ?? []).sort(compareStrings),
  });
}

/** One page of a collection, in the order of ids. */
export function listEntities(
  config: GatewayConfig,
  collection: Collection,
  path: string,
  query: URLSearchParams,
  filter: ListFilter | null,
): Answer {
  const size = pageSize(query);
  if (typeof size === 'string') return problem(400, 9, 'invalid size', size);
  const matches = tagFilter(query);
  if (typeof matches === 'string')
    return json(400, {
      code: 11,
      name: 'invalid options',
      message: `invalid option (tags: ${matches})`,
      options: { tags: matches },
    });
  const offset = query.get('offset');
  const after = offset === null ? '' : Buffer.from(offset, 'base64url').toString('latin1');
  if (offset !== null && !/^[0-9a-f-]{36}$/.test(after)) {
    const sentence = `'${offset}' is not a valid offset: bad base64 encoding`;
    return problem(400, 7, 'invalid offset', sentence);
  }
  const customId = collection.type === 'consumers' ? query.get('custom_id') : null;
  if (customId === '') return message(400, 'custom_id must be an unempty string');
  const rows = [...(config.entities[collection.type] as ReadonlyMap<string, Entity>).values()]
    .filter((entity) => {
      const record = entity as unknown as Record<string, unknown>;
      if (filter !== null && record[filter.field] !== filter.value) return false;
      if (customId !== null && record['custom_id'] !== customId) return false;
      return entity.id > after && matches(entity);
    })
    .sort((a, b) => compareStrings(a.id, b.id));
  const page = rows.slice(0, size);
  const data = page.map(presenter(config, collection));
  if (rows.length <= size) return json(200, { data, next: null });
  const next = Buffer.from(page[page.length - 1]!.id, 'latin1').toString('base64url');
  // As in Kong, what was asked for goes on, but not below a parent.
  const asked = filter === null ? ['tags', 'size'].filter((name) => query.get(name) !== null) : [];
  const more = asked.map((name) => `&${name}=${encodeURIComponent(query.get(name)!)}`).join('');
  return json(200, { data, next: `${path}?offset=${next}${more}`, offset: next });
}

const writeVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'create or update',
  PATCH: 'update',
  DELETE: 'remove',
};

/** Writing single entities needs a database, which neither we nor Kong have here. */
export function refuseWrite(
  method: string,
  type: EntityType,
  exists: boolean,
  byField: string | null = null,
): Answer {
  if ((method === 'PATCH' || method === 'DELETE') && !exists) return notFound;
  const by = byField === null ? '' : ` by '${byField}'`;
  const sentence = `cannot ${writeVerbs[method]} '${type}' entities${by} when not using a database`;
  return problem(405, 12, 'operation unsupported', sentence);
}
