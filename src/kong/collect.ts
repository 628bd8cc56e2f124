// First step of reading a declarative document: every entity on its own, children taken out of their parents.
import { type EntityType, entityTypes } from './entity.ts';
import { entitySchemas } from './schema/entities.ts';
import type { FieldPath, Filled } from './schema/field.ts';
import { isRecord } from './schema/fill.ts';
import * as messages from './schema/messages.ts';

/** One entity of a document, not yet checked. */
export interface Submitted {
  readonly type: EntityType;
  /** Where it stands: ['services', 0, 'routes', 1]. */
  readonly location: FieldPath;
  /** Without children and comments. */
  readonly raw: Filled;
  readonly parent: Submitted | null;
  /** The field that refers to the parent. */
  readonly parentField: string | null;
}

export interface Misplaced {
  readonly location: FieldPath;
  readonly message: string;
}

const children: {
  readonly [T in EntityType]?: { readonly field: string; readonly types: readonly EntityType[] };
} = {
  services: { field: 'service', types: ['routes', 'plugins'] },
  routes: { field: 'route', types: ['plugins'] },
  upstreams: { field: 'upstream', types: ['targets'] },
  consumers: {
    field: 'consumer',
    types: ['plugins', 'keyauth_credentials', 'basicauth_credentials', 'acls', 'consumer_group_consumers'],
  },
  consumer_groups: { field: 'consumer_group', types: ['plugins', 'consumer_group_consumers'] },
  key_sets: { field: 'set', types: ['keys'] },
  certificates: { field: 'certificate', types: ['snis'] },
};

const ignoredKeys = new Set(['_comment', '_ignore']);
const documentKeys = new Set([
  '_format_version',
  '_transform',
  '_comment',
  '_ignore',
  '_workspace',
  '_info',
  '_plugin_configs',
]);
const formatVersions = ['1.1', '2.1', '3.0'];
/** Entities of Kong's that this proxy has no use for. */
const otherTypes = new Set(['jwt_secrets', 'hmacauth_credentials', 'oauth2_credentials', 'filter_chains']);

class Collector {
  readonly entities: Submitted[] = [];
  readonly misplaced: Misplaced[] = [];

  list(
    type: EntityType,
    value: unknown,
    location: FieldPath,
    parent: Submitted | null,
    field: string | null,
  ): void {
    if (value === null || value === undefined) return;
    if (!Array.isArray(value)) {
      if (!(isRecord(value) && Object.keys(value).length === 0))
        this.misplaced.push({ location, message: messages.expectedType('array') });
      return;
    }
    for (let i = 0; i < value.length; i++) {
      const at = [...location, i];
      // Certificates may list their names as plain strings.
      const element: unknown =
        type === 'snis' && typeof value[i] === 'string' && parent !== null ? { name: value[i] } : value[i];
      if (isRecord(element)) this.entity(type, element, at, parent, field);
      else this.misplaced.push({ location: at, message: messages.expectedType('record') });
    }
  }

  entity(
    type: EntityType,
    element: Filled,
    location: FieldPath,
    parent: Submitted | null,
    parentField: string | null,
  ): void {
    const nested = children[type];
    const raw: [string, unknown][] = [];
    const nestedTypes: EntityType[] = [];
    for (const key of Object.keys(element)) {
      if (ignoredKeys.has(key)) continue;
      if (nested?.types.includes(key as EntityType)) nestedTypes.push(key as EntityType);
      else raw.push([key, element[key]]);
    }
    const submitted: Submitted = { type, location, raw: Object.fromEntries(raw), parent, parentField };
    this.entities.push(submitted);
    for (const child of nestedTypes)
      this.list(child, element[child], [...location, child], submitted, nested!.field);
  }
}

/** Gives the entities in the document's order, parents before their children. */
export function collectEntities(document: Filled): {
  readonly entities: readonly Submitted[];
  readonly misplaced: readonly Misplaced[];
  readonly formatVersion: string;
  readonly transforms: boolean;
} {
  const collector = new Collector();
  const { misplaced } = collector;
  const version = document['_format_version'];
  if (version === undefined || version === null)
    misplaced.push({ location: ['_format_version'], message: messages.required() });
  else if (typeof version !== 'string')
    misplaced.push({ location: ['_format_version'], message: messages.expectedType('string') });
  else if (!formatVersions.includes(version))
    misplaced.push({ location: ['_format_version'], message: messages.expectedOneOf(formatVersions) });
  const transform = document['_transform'] ?? true;
  if (typeof transform !== 'boolean')
    misplaced.push({ location: ['_transform'], message: messages.expectedType('boolean') });
  for (const key of Object.keys(document)) {
    if (documentKeys.has(key)) continue;
    if (Object.hasOwn(entitySchemas, key))
      collector.list(key as EntityType, document[key], [key], null, null);
    else if (!otherTypes.has(key)) misplaced.push({ location: [key], message: messages.unknownField() });
    else if (!(Array.isArray(document[key]) && document[key].length === 0))
      misplaced.push({ location: [key], message: messages.notSupported(`'${key}'`, 'leave it out') });
  }
  return {
    entities: collector.entities,
    misplaced,
    formatVersion: typeof version === 'string' ? version : '',
    transforms: transform !== false,
  };
}

/** Sorted so that references point backwards. */
export function parentsFirst(entities: readonly Submitted[]): readonly Submitted[] {
  const rank = new Map(entityTypes.map((type, index) => [type, index]));
  return entities.toSorted((a, b) => rank.get(a.type)! - rank.get(b.type)!);
}
