// The change from one config to the next, as data: what `PATCH /config` carries and what workers apply.
import { entityHash, formatConfigId, type GatewayConfig, parseConfigId } from './config.ts';
import { type Entity, type EntityType, entityTypes } from './entity.ts';
import { editMap, type MapEdit } from './layered-map.ts';

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
  const edits = new Map<EntityType, MapEdit<Entity>>();
  let sum = parseConfigId(config.id);
  const editOf = (type: EntityType): MapEdit<Entity> => {
    const edit = edits.get(type) ?? editMap(config.entities[type] as ReadonlyMap<string, Entity>);
    edits.set(type, edit);
    return edit;
  };
  for (const { type, id } of delta.remove) {
    const edit = editOf(type);
    const old = edit.get(id);
    if (old !== undefined) sum -= entityHash(type, old);
    edit.delete(id);
  }
  for (const { type, entity } of delta.upsert) {
    const edit = editOf(type);
    const old = edit.get(entity.id);
    if (old !== undefined) sum -= entityHash(type, old);
    sum += entityHash(type, entity);
    edit.set(entity.id, entity);
  }
  const changed = Object.fromEntries([...edits].map(([type, edit]) => [type, edit.finish()]));
  return { entities: { ...config.entities, ...changed }, id: formatConfigId(sum) };
}
