// From what a gateway rejected to the entities of the config that caused it.
import type { GatewayConfig } from '../kong/config.ts';
import { type Entity, type EntityType, entityTypes } from '../kong/entity.ts';
import type { Rejection } from './rejection.ts';

export interface Blamed {
  readonly type: EntityType;
  readonly entity: Entity;
  readonly messages: readonly string[];
}

export interface Blame {
  readonly blamed: readonly Blamed[];
  /** Rejections that fit no entity of ours: nobody to tell, so they go to the log. */
  readonly unattributed: readonly Rejection[];
}

function nameOf(entity: Entity): string | null {
  if ('prefix' in entity) return entity.prefix;
  if ('name' in entity) return entity.name;
  if ('username' in entity) return entity.username;
  return 'target' in entity ? entity.target : null;
}

function find(config: GatewayConfig, rejection: Rejection): { type: EntityType; entity: Entity } | null {
  const types = rejection.entityType === null ? entityTypes : [rejection.entityType];
  for (const type of types) {
    const entity = config.entities[type].get(rejection.id);
    if (entity !== undefined) return { type, entity };
  }
  if (rejection.entityType === null || rejection.name === '') return null;
  const type = rejection.entityType;
  let found: Entity | null = null;
  for (const entity of config.entities[type].values() as Iterable<Entity>) {
    if (nameOf(entity) !== rejection.name) continue;
    // Two of the same name (plugins are named after their kind): guessing would punish the wrong one.
    if (found !== null) return null;
    found = entity;
  }
  return found === null ? null : { type, entity: found };
}

export function blame(config: GatewayConfig, rejections: readonly Rejection[]): Blame {
  const blamed: Blamed[] = [];
  const unattributed: Rejection[] = [];
  for (const rejection of rejections) {
    const found = find(config, rejection);
    if (found === null) unattributed.push(rejection);
    else blamed.push({ ...found, messages: rejection.messages });
  }
  return { blamed, unattributed };
}
