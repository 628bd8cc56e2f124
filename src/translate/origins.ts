// Which objects an entity comes from. Targets are by far the most and change all the time, so theirs are only worked out when
// somebody asks.
import type { GatewayConfig } from '../kong/config.ts';
import type { ObjectReference } from '../kube/object.ts';
import { referenceOf } from './builder.ts';
import { holdsTarget } from './targets.ts';
import type { TargetList } from './translation.ts';

export interface Origins {
  /** 'routes/<id>' to the objects that it comes from, the most telling first. */
  get(key: string): readonly ObjectReference[] | undefined;
}

const targetPrefix = 'targets/';

/** `others`: of all entities but targets. `targets`: by upstream id. */
export function createOrigins(
  config: GatewayConfig,
  others: ReadonlyMap<string, readonly ObjectReference[]>,
  targets: ReadonlyMap<string, TargetList>,
): Origins {
  return {
    get(key) {
      if (!key.startsWith(targetPrefix)) return others.get(key);
      const target = config.entities.targets.get(key.slice(targetPrefix.length));
      if (target === undefined) return undefined;
      const slices = (targets.get(target.upstream)?.slices ?? []).filter((slice) =>
        holdsTarget(slice, target.target),
      );
      return [...(others.get(`upstreams/${target.upstream}`) ?? []), ...slices.map(referenceOf)];
    },
  };
}
