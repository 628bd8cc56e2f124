// Which objects an entity comes from. Targets are by far the most and change all the time, so theirs are only worked out when
// somebody asks.
import type { GatewayConfig } from '../kong/config.ts';
import type { EntityType } from '../kong/entity.ts';
import { type ObjectReference, referenceTo } from '../kube/object.ts';
import type { OriginTables } from './builder.ts';
import { holdsTarget } from './targets.ts';
import type { TargetList } from './translation.ts';

export interface Origins {
  /** 'routes/<id>' to the objects that it comes from, the most telling first. */
  get(key: string): readonly ObjectReference[] | undefined;
}

/** `others`: of all entities but targets. `targets`: by upstream id. */
export function createOrigins(
  config: GatewayConfig,
  others: OriginTables,
  targets: ReadonlyMap<string, TargetList>,
): Origins {
  return {
    get(key) {
      const slash = key.indexOf('/');
      const type = key.slice(0, slash) as EntityType;
      const id = key.slice(slash + 1);
      if (type !== 'targets') return others.get(type)?.get(id)?.map(referenceTo);
      const target = config.entities.targets.get(id);
      if (target === undefined) return undefined;
      const slices = (targets.get(target.upstream)?.slices ?? []).filter((slice) =>
        holdsTarget(slice, target.target),
      );
      return [...(others.get('upstreams')?.get(target.upstream) ?? []), ...slices].map(referenceTo);
    },
  };
}
