// Kong's declarative configuration (formats 1.1, 2.1 and 3.0, already parsed from JSON or YAML) to a GatewayConfig, or
// everything that is wrong with it.
import { createHash, X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../base/result.ts';
import { fillEntity } from './check.ts';
import { collectEntities, parentsFirst, type Submitted } from './collect.ts';
import { createConfig, emptyTables, type GatewayConfig } from './config.ts';
import type { EntityType } from './entity.ts';
import { idOfKey, idOfName } from './ids.ts';
import { type RouterFlavor, routerFlavorDefault } from './router-flavor.ts';
import { entitySchemas } from './schema/entities.ts';
import type { FieldPath, Filled } from './schema/field.ts';
import { ErrorList, formatFieldPath, isRecord, isUuid } from './schema/fill.ts';
import * as messages from './schema/messages.ts';
import { decodedPattern, normalForm } from './schema/path-forms.ts';

/** One thing wrong in a document. */
export interface ConfigError {
  /** Kong's plural, or null: the error belongs to no entity. */
  readonly entityType: EntityType | null;
  readonly entityId: string | null;
  readonly entityName: string | null;
  readonly entityTags: readonly string[] | null;
  /** Where the entity stands: ['services', 0, 'routes', 1]. */
  readonly location: FieldPath;
  /** Where in the entity; ['@entity'] for the whole. */
  readonly path: FieldPath;
  /** `path` in text form, e.g. 'config.minute'. */
  readonly field: string;
  readonly message: string;
  /** As submitted, without children, with the parent's reference. */
  readonly entity: Filled | null;
}

interface Loaded {
  readonly submitted: Submitted;
  readonly value: Record<string, unknown>;
  readonly errors: ErrorList;
}

/** Formats before 3.0 told regex paths by their characters, and took paths in any form. */
function upgradePaths(raw: Filled): Filled {
  const { paths } = raw;
  if (!Array.isArray(paths)) return raw;
  const upgraded = paths.map((path: unknown) => {
    if (typeof path !== 'string' || !path.startsWith('/')) return path;
    return /^[a-zA-Z0-9.\-_~/%]*$/.test(path) ? normalForm(path) : `~${decodedPattern(path)}`;
  });
  return { ...raw, paths: upgraded };
}

/** What the id of an entity without one is made of; see Kong's rules for declarative documents. */
function generatedId(loaded: Loaded, occurrence: (key: string) => number): string {
  const { type, location } = loaded.submitted;
  const { value } = loaded;
  const text = (field: string): string | null => (typeof value[field] === 'string' ? value[field] : null);
  const together = entitySchemas[type].uniqueTogether;
  // A plugin of no group has the id that it has in open source Kong, which knows no groups.
  const isPart = (field: string): boolean => field !== 'consumer_group' || text(field) !== null;
  if (together !== undefined) return idOfKey(type, together.filter(isPart).map(text));
  const { endpointKey } = entitySchemas[type];
  const name = endpointKey === null ? null : text(endpointKey);
  if (type === 'basicauth_credentials') return idOfKey(type, [name]);
  if (name !== null) return idOfName(type, name);
  // Kong draws these ids at random; ours are the same for the same document.
  const place = formatFieldPath(location);
  const content =
    text('cert') ?? text('custom_id') ?? (loaded.errors.errors.length > 0 ? place : JSON.stringify(value));
  return idOfName(type, `${content}#${occurrence(`${type}:${content}`)}`);
}

function fillAll(entities: readonly Submitted[], formatVersion: string, flavor: RouterFlavor): Loaded[] {
  const counts = new Map<string, number>();
  const occurrence = (key: string): number => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
  const loadedOf = new Map<Submitted, Loaded>();
  const all: Loaded[] = [];
  for (const submitted of parentsFirst(entities)) {
    const errors = new ErrorList();
    let { raw } = submitted;
    if (submitted.type === 'routes' && formatVersion !== '3.0') raw = upgradePaths(raw);
    const field = submitted.parentField;
    if (field !== null) {
      if (raw[field] !== undefined && raw[field] !== null) errors.add([field], messages.mustBeNull());
      raw = { ...raw, [field]: loadedOf.get(submitted.parent!)!.value['id'] };
    }
    const value = fillEntity(submitted.type, raw, errors, flavor);
    const loaded = { submitted, value, errors };
    if (value['id'] === null) value['id'] = generatedId(loaded, occurrence);
    loadedOf.set(submitted, loaded);
    all.push(loaded);
  }
  return all;
}

/** By id and by endpoint key, per type. */
class ReferenceIndex {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();

  add(type: EntityType, value: Filled): void {
    const id = String(value['id']);
    this.#ids.set(`${type}:${id}`, id);
    const { endpointKey } = entitySchemas[type];
    const name = endpointKey === null ? null : value[endpointKey];
    if (typeof name === 'string') this.#names.set(`${type}:${name}`, id);
  }

  resolve(type: EntityType, reference: string): string | null {
    const id = isUuid(reference) ? this.#ids.get(`${type}:${reference.toLowerCase()}`) : undefined;
    return id ?? this.#names.get(`${type}:${reference}`) ?? null;
  }
}

function resolveReferences(all: readonly Loaded[]): void {
  const index = new ReferenceIndex();
  for (const { submitted, value } of all)
    if (typeof value['id'] === 'string') index.add(submitted.type, value);
  for (const { submitted, value, errors } of all) {
    // As in Kong, what an entity refers to is looked up once it is right by itself.
    if (errors.errors.length > 0) continue;
    for (const [name, field] of Object.entries(entitySchemas[submitted.type].fields)) {
      const reference = value[name];
      if (field.type === 'foreign' && typeof reference === 'string') {
        const id = index.resolve(field.reference, reference);
        if (id === null) errors.add([name], messages.unresolvedReference(name, reference, field.reference));
        else value[name] = id;
      } else if (name === 'ca_certificates' && Array.isArray(reference)) {
        reference.forEach((id: unknown, i) => {
          if (typeof id === 'string' && isUuid(id) && index.resolve('ca_certificates', id) === null)
            errors.add([name, i], messages.unresolvedReference(name, id, 'ca_certificates'));
        });
      }
    }
  }
}

/** Who is in a group is known by both alone, whatever they were called by. */
function nameMemberships(all: readonly Loaded[]): void {
  for (const { submitted, value, errors } of all)
    if (submitted.type === 'consumer_group_consumers' && errors.errors.length === 0)
      value['id'] = idOfKey(submitted.type, [String(value['consumer_group']), String(value['consumer'])]);
}

function checkUniqueness(all: readonly Loaded[]): void {
  const seen = new Set<string>();
  for (const { submitted, value, errors } of all) {
    const { type } = submitted;
    let isClaimed = false;
    const claim = (label: string, shown: string, key: string): void => {
      const full = `${type}\n${label}\n${key}`;
      // One sentence for each entity: one that has a name of its own has its id from it.
      if (seen.has(full) && !isClaimed) {
        errors.add(['@entity'], messages.duplicate(type, label, shown));
        isClaimed = true;
      }
      seen.add(full);
    };
    const { unique, uniqueTogether } = entitySchemas[type];
    for (const field of unique) {
      const given = value[field];
      // Messages end up in logs, and a key is a secret.
      if (typeof given === 'string') claim(field, type === 'keyauth_credentials' ? '***' : given, given);
    }
    if (typeof value['id'] === 'string') claim('primary key', value['id'], value['id']);
    if (uniqueTogether === undefined) continue;
    // Without an id of their own the primary keys collide already.
    const parts = uniqueTogether.map((field) => value[field] ?? null);
    if (!parts.every((part) => part === null || typeof part === 'string')) continue;
    const shown = parts.filter((part) => part !== null).join(':');
    if (errors.errors.length === 0) claim(uniqueTogether.join(':'), shown, JSON.stringify(parts));
  }
}

/** What Kong computes on the way in: password digests and CA digests. */
function transformValues(all: readonly Loaded[], transforms: boolean): void {
  for (const { submitted, value } of all) {
    if (submitted.type === 'basicauth_credentials' && transforms) {
      const digest = createHash('sha1').update(`${value['password']}${value['consumer']}`);
      value['password'] = digest.digest('hex');
    }
    if (submitted.type === 'ca_certificates' && value['cert_digest'] === null) {
      const { raw } = new X509Certificate(String(value['cert']));
      value['cert_digest'] = createHash('sha256').update(raw).digest('hex');
    }
  }
}

function describe({ submitted, value, errors }: Loaded): ConfigError[] {
  const { type, location, raw, parent, parentField } = submitted;
  const { endpointKey } = entitySchemas[type];
  const name = endpointKey === null ? undefined : raw[endpointKey];
  const id = typeof value['id'] === 'string' ? value['id'] : null;
  const tags =
    Array.isArray(raw['tags']) && raw['tags'].every((tag) => typeof tag === 'string') ? raw['tags'] : null;
  const reference = parent === null ? undefined : parent.raw['id'];
  const entity =
    parentField !== null && typeof reference === 'string'
      ? { ...raw, [parentField]: { id: reference } }
      : raw;
  return errors.errors.map(({ path, field, message }) => ({
    entityType: type,
    entityId: id,
    entityName: typeof name === 'string' ? name : null,
    entityTags: tags,
    location,
    path,
    field,
    message,
    entity,
  }));
}

function documentError(location: FieldPath, message: string): ConfigError {
  return {
    entityType: null,
    entityId: null,
    entityName: null,
    entityTags: null,
    location,
    path: [],
    field: formatFieldPath(location),
    message,
    entity: null,
  };
}

/** Never throws, whatever the document is. */
export function decodeDeclarative(
  document: unknown,
  flavor: RouterFlavor = routerFlavorDefault,
): Result<GatewayConfig, readonly ConfigError[]> {
  if (!isRecord(document)) return fail([documentError([], 'expected a declarative configuration')]);
  const { entities, misplaced, formatVersion, transforms } = collectEntities(document);
  const found = misplaced.map(({ location, message }) => documentError(location, message));
  const all = fillAll(entities, formatVersion, flavor);
  resolveReferences(all);
  nameMemberships(all);
  checkUniqueness(all);
  for (const loaded of all) if (loaded.errors.errors.length > 0) found.push(...describe(loaded));
  if (found.length > 0) return fail(found);
  transformValues(all, transforms);
  const tables = emptyTables() as Record<EntityType, Map<string, unknown>>;
  for (const { submitted, value } of all) tables[submitted.type].set(String(value['id']), value);
  return ok(createConfig(tables as ReturnType<typeof emptyTables>));
}
