// The references to vaults that an entity holds: found, and put something else in their place. Only fields that Kong reads them
// in count (`referenceable`).
import type { Certificate, Entity, EntityType, Plugin } from './entity.ts';
import { pluginSchemas } from './plugins/index.ts';
import { entitySchemas } from './schema/entities.ts';
import type { FieldSchema, Filled } from './schema/field.ts';
import { isRecord } from './schema/fill.ts';
import { isReference } from './vault-reference.ts';

type Replace = (reference: string) => string;
type Fields = Readonly<Record<string, FieldSchema>>;

function inField(schema: FieldSchema, value: unknown, replace: Replace): unknown {
  switch (schema.type) {
    case 'string':
      return schema.referenceable === true && isReference(value) ? replace(value) : value;
    case 'array':
    case 'set':
      return Array.isArray(value) ? value.map((one) => inField(schema.elements, one, replace)) : value;
    case 'map':
      if (!isRecord(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, inField(schema.values, one, replace)]),
      );
    case 'record':
      return isRecord(value) ? inFields(schema.fields, value, replace) : value;
    default:
      return value;
  }
}

function inFields(fields: Fields, value: Filled, replace: Replace): Filled {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, schema === undefined ? one : inField(schema, one, replace)];
    }),
  );
}

/** The same value where there is no reference. */
function replaced(fields: Fields, value: Filled, replace: Replace): Filled {
  let count = 0;
  const next = inFields(fields, value, (reference) => {
    count++;
    return replace(reference);
  });
  return count === 0 ? value : next;
}

/** The entity with what `replace` gives in the place of its references; the same one where it has none. */
export function replaceReferences(type: EntityType, entity: Entity, replace: Replace): Entity {
  if (type === 'certificates') {
    const certificate = entity as Certificate;
    const fields = replaced(entitySchemas.certificates.fields, certificate as unknown as Filled, replace);
    return fields as unknown as Entity;
  }
  if (type !== 'plugins') return entity;
  const plugin = entity as Plugin;
  const schema = pluginSchemas.get(plugin.name);
  const config = schema === undefined ? plugin.config : replaced(schema.fields, plugin.config, replace);
  return config === plugin.config ? plugin : { ...plugin, config };
}

/** The first reference that it still holds; null: none. */
export function firstReference(type: EntityType, entity: Entity): string | null {
  let first: string | null = null;
  replaceReferences(type, entity, (reference) => {
    first ??= reference;
    return reference;
  });
  return first;
}
