// A config as Kong's declarative format 3.0: flat, with ids, ready to be read again.
import type { GatewayConfig } from './config.ts';
import { type Entity, type EntityType, entityTypes } from './entity.ts';

/** Kong knows who is in a group by both alone, and refuses more. */
function encoded(type: EntityType, entity: Entity): object {
  if (type !== 'consumer_group_consumers' || !('consumer_group' in entity)) return entity;
  const { consumer_group, consumer } = entity;
  return { consumer_group, consumer };
}

/** Law: decoding it gives a config with the same id. */
export function encodeDeclarative(config: GatewayConfig): Record<string, unknown> {
  const document: Record<string, unknown> = { _format_version: '3.0', _transform: false };
  for (const type of entityTypes) {
    const table = config.entities[type];
    if (table.size === 0) continue;
    document[type] = ([...table.values()] as Entity[])
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((entity) => encoded(type, entity));
  }
  return document;
}
