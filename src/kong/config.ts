// GatewayConfig: all Kong entities of one gateway as one immutable value, identified by the sum of its entities' hashes.
import { hash128 } from '../base/hash.ts';
import { canonicalJson } from '../base/order.ts';
import { type EntityType, type EntityTypes, entityTypes } from './entity.ts';

export type EntityTables = { readonly [T in EntityType]: ReadonlyMap<string, EntityTypes[T]> };

export interface GatewayConfig {
  readonly entities: EntityTables;
  /** 32 hex digits: sum modulo 2^128 of the entities' hashes; all zero only when empty. Independent of order. */
  readonly id: string;
}

const modulus = 1n << 128n;
const hashes = new WeakMap<object, bigint>();

/** Hash of one entity, kept with the (immutable) entity. */
export function entityHash(type: EntityType, entity: object): bigint {
  let hash = hashes.get(entity);
  if (hash === undefined) {
    hash = hash128(`${type}:${canonicalJson(entity)}`);
    hashes.set(entity, hash);
  }
  return hash;
}

export function formatConfigId(sum: bigint): string {
  return (((sum % modulus) + modulus) % modulus).toString(16).padStart(32, '0');
}

export function parseConfigId(id: string): bigint {
  return BigInt(`0x${id}`);
}

export type MutableEntityTables = { [T in EntityType]: Map<string, EntityTypes[T]> };

export function emptyTables(): MutableEntityTables {
  const tables = {} as Record<EntityType, Map<string, unknown>>;
  for (const type of entityTypes) tables[type] = new Map();
  return tables as MutableEntityTables;
}

/** A config out of tables that the caller will not change any more. */
export function createConfig(entities: EntityTables): GatewayConfig {
  let sum = 0n;
  for (const type of entityTypes) {
    for (const entity of entities[type].values()) sum += entityHash(type, entity);
  }
  return { entities, id: formatConfigId(sum) };
}

export const emptyConfig: GatewayConfig = createConfig(emptyTables());
