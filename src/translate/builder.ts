// Collects the entities of one translation with their origins, and keeps the identity of those that did not change.
import {
  createConfig,
  emptyTables,
  entityHash,
  type GatewayConfig,
  type MutableEntityTables,
} from '../kong/config.ts';
import type { Entity, EntityType, EntityTypes, Target } from '../kong/entity.ts';
import type { DecodedObject } from '../kube/metadata.ts';

/** The objects that entities come from, by type and id; not of targets. */
export type OriginTables = ReadonlyMap<EntityType, ReadonlyMap<string, readonly DecodedObject[]>>;

export class ConfigBuilder {
  readonly #tables: MutableEntityTables = emptyTables();
  readonly #origins = new Map<EntityType, Map<string, readonly DecodedObject[]>>();
  readonly #previous: GatewayConfig | null;
  readonly #excluded: ReadonlySet<string>;

  constructor(previous: GatewayConfig | null, excluded: ReadonlySet<string>) {
    this.#previous = previous;
    this.#excluded = excluded;
  }

  isExcluded(type: EntityType, id: string): boolean {
    return this.#excluded.size > 0 && this.#excluded.has(`${type}/${id}`);
  }

  has(type: EntityType, id: string): boolean {
    return this.#tables[type].has(id);
  }

  /** Its origins are those of its upstream and the slices that hold it: see origins.ts. */
  addTarget(target: Target): void {
    this.#put('targets', target);
  }

  /** The targets of the previous config, all of them; none may be added then. */
  keepTargets(): void {
    if (this.#previous !== null)
      this.#tables.targets = this.#previous.entities.targets as Map<string, Target>;
  }

  /** False: an entity with this id is there already, or a gateway refused it. */
  add<T extends EntityType>(type: T, entity: EntityTypes[T], objects: readonly DecodedObject[]): boolean {
    if (!this.#put(type, entity)) return false;
    let origins = this.#origins.get(type);
    if (origins === undefined) {
      origins = new Map();
      this.#origins.set(type, origins);
    }
    origins.set(entity.id, objects);
    return true;
  }

  #put<T extends EntityType>(type: T, entity: EntityTypes[T]): boolean {
    const table = this.#tables[type] as Map<string, Entity>;
    if (table.has(entity.id) || this.isExcluded(type, entity.id)) return false;
    const old = this.#previous?.entities[type].get(entity.id) as Entity | undefined;
    const isSame =
      old !== undefined && (old === entity || entityHash(type, old) === entityHash(type, entity));
    table.set(entity.id, isSame ? old : entity);
    return true;
  }

  /** Tables without any change keep their identity too: a delta passes them over. */
  finish(): {
    readonly config: GatewayConfig;
    readonly origins: OriginTables;
  } {
    const tables = this.#tables as Record<EntityType, Map<string, unknown>>;
    const previous = this.#previous;
    if (previous !== null) {
      for (const type of Object.keys(tables) as EntityType[]) {
        const before = previous.entities[type] as ReadonlyMap<string, unknown>;
        const after = tables[type];
        let isSame = before.size === after.size;
        if (isSame && before !== after)
          for (const [id, entity] of after) if (before.get(id) !== entity) isSame = false;
        if (isSame) tables[type] = before as Map<string, unknown>;
      }
    }
    return { config: createConfig(this.#tables), origins: this.#origins };
  }
}
