// The change from one config to the next, as data: what `PATCH /config` carries and what workers apply.
import {
  type EntityTables,
  entityHash,
  formatConfigId,
  type GatewayConfig,
  type MutableEntityTables,
  parseConfigId,
} from './config.ts';
import { type Entity, type EntityType, entityTypes } from './entity.ts';

export interface Delta {
  /** Config ids. */
  readonly from: string;
  readonly to: string;
  /** Whole entities, parents first; they replace what has the same type and id. */
  readonly upsert: readonly { readonly type: EntityType; readonly entity: Entity }[];
  readonly remove: readonly { readonly type: EntityType; readonly id: string }[];
}

export function isEmptyDelta(delta: Delta): boolean {
  return delta.upsert.length === 0 && delta.remove.length === 0;
}

/** Identity first, content second: entities that translate reused cost one comparison. */
export function diffConfigs(from: GatewayConfig, to: GatewayConfig): Delta {
  const upsert: { type: EntityType; entity: Entity }[] = [];
  const remove: { type: EntityType; id: string }[] = [];
  for (const type of entityTypes) {
    const before = from.entities[type] as ReadonlyMap<string, Entity>;
    const after = to.entities[type] as ReadonlyMap<string, Entity>;
    if (before === after) continue;
    for (const [id, entity] of after) {
      const old = before.get(id);
      if (old === entity) continue;
      if (old === undefined || entityHash(type, old) !== entityHash(type, entity))
        upsert.push({ type, entity });
    }
    for (const id of before.keys()) if (!after.has(id)) remove.push({ type, id });
  }
  return { from: from.id, to: to.id, upsert, remove };
}

/** The config after the change. Law: applyDelta(a, diffConfigs(a, b)).id === b.id. */
export function applyDelta(config: GatewayConfig, delta: Delta): GatewayConfig {
  const entities = { ...config.entities } as MutableEntityTables;
  let sum = parseConfigId(config.id);
  const copied = new Set<EntityType>();
  const tableOf = (type: EntityType): Map<string, Entity> => {
    if (!copied.has(type)) {
      (entities as Record<EntityType, Map<string, unknown>>)[type] = new Map(
        config.entities[type] as ReadonlyMap<string, unknown>,
      );
      copied.add(type);
    }
    return entities[type] as Map<string, Entity>;
  };
  for (const { type, id } of delta.remove) {
    const table = tableOf(type);
    const old = table.get(id);
    if (old !== undefined) sum -= entityHash(type, old);
    table.delete(id);
  }
  for (const { type, entity } of delta.upsert) {
    const table = tableOf(type);
    const old = table.get(entity.id);
    if (old !== undefined) sum -= entityHash(type, old);
    sum += entityHash(type, entity);
    table.set(entity.id, entity);
  }
  return { entities: entities as EntityTables, id: formatConfigId(sum) };
}
