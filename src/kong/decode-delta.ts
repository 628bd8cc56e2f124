// A change of the config as JSON, checked entity by entity; and back.
import { fail, ok, type Result } from '../base/result.ts';
import { checkEntity } from './check.ts';
import type { Delta } from './delta.ts';
import type { Entity, EntityType } from './entity.ts';
import { type RouterFlavor, routerFlavorDefault } from './router-flavor.ts';
import { entitySchemas } from './schema/entities.ts';
import { isRecord, isUuid } from './schema/fill.ts';

const configId = /^[0-9a-f]{32}$/;

function isEntityType(type: unknown): type is EntityType {
  return typeof type === 'string' && Object.hasOwn(entitySchemas, type);
}

/** Whole entities with ids for references. Never throws. */
export function decodeDelta(document: unknown, flavor: RouterFlavor = routerFlavorDefault): Result<Delta> {
  if (!isRecord(document)) return fail('expected an object with from, to, upsert and remove');
  const { from, to, upsert, remove } = document;
  if (typeof from !== 'string' || !configId.test(from)) return fail('from: expected 32 hex digits');
  if (typeof to !== 'string' || !configId.test(to)) return fail('to: expected 32 hex digits');
  if (!Array.isArray(upsert)) return fail('upsert: expected an array');
  if (!Array.isArray(remove)) return fail('remove: expected an array');
  const upserts: { type: EntityType; entity: Entity }[] = [];
  for (let i = 0; i < upsert.length; i++) {
    const item: unknown = upsert[i];
    if (!isRecord(item) || !isEntityType(item['type'])) return fail(`upsert[${i}].type: not an entity type`);
    const { type, entity } = item;
    const checked = checkEntity(type, entity, flavor);
    if (!checked.ok) {
      const { field, message } = checked.error[0]!;
      const id = isRecord(entity) && typeof entity['id'] === 'string' ? ` '${entity['id']}'` : '';
      return fail(`upsert[${i}] ${type}${id} ${field}: ${message}`);
    }
    if (typeof checked.value['id'] !== 'string')
      return fail(`upsert[${i}].entity.id: required field missing`);
    for (const [name, field] of Object.entries(entitySchemas[type].fields)) {
      const reference = checked.value[name];
      if (field.type === 'foreign' && typeof reference === 'string' && !isUuid(reference))
        return fail(`upsert[${i}].entity.${name}: expected a valid UUID`);
    }
    upserts.push({ type, entity: checked.value as unknown as Entity });
  }
  const removes: { type: EntityType; id: string }[] = [];
  for (let i = 0; i < remove.length; i++) {
    const item: unknown = remove[i];
    if (!isRecord(item) || !isEntityType(item['type'])) return fail(`remove[${i}].type: not an entity type`);
    const { type, id } = item;
    if (typeof id !== 'string' || !isUuid(id)) return fail(`remove[${i}].id: expected a valid UUID`);
    removes.push({ type, id });
  }
  return ok({ from, to, upsert: upserts, remove: removes });
}

export function encodeDelta(delta: Delta): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(delta));
}
