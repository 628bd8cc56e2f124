// Upstreams with more endpoints than their hashing ring takes: known only from the endpoints, which change all the time.
import { ringTargetsMax } from '../kong/hash-ring.ts';
import type { KongUpstreamPolicy } from '../kube/kong-upstream-policy.ts';
import type { Problem } from '../kube/problem.ts';
import { crowdedRing } from './problems.ts';
import type { KnownService, TargetList } from './translation.ts';

export interface PolicyRing {
  readonly policy: KongUpstreamPolicy;
  readonly upstream: string;
  readonly upstreamName: string;
  readonly slots: number;
}

export function ringsOf(services: Iterable<KnownService>): readonly PolicyRing[] {
  const rings: PolicyRing[] = [];
  for (const { needs, draft } of services) {
    const { id, name, algorithm, slots } = draft.upstream;
    if (!needs.policy || algorithm !== 'consistent-hashing') continue;
    rings.push({ policy: needs.policy, upstream: id, upstreamName: name, slots });
  }
  return rings;
}

/** One problem a policy: for the upstream that needs the largest ring. */
export function findCrowdedRings(
  rings: readonly PolicyRing[],
  targets: ReadonlyMap<string, TargetList>,
): readonly Problem[] {
  const worst = new Map<KongUpstreamPolicy, { readonly ring: PolicyRing; readonly count: number }>();
  for (const ring of rings) {
    const count = targets.get(ring.upstream)?.targets.length ?? 0;
    if (count <= ringTargetsMax(ring.slots)) continue;
    const other = worst.get(ring.policy);
    if (other === undefined || other.count < count) worst.set(ring.policy, { ring, count });
  }
  return [...worst.values()].map(({ ring, count }) =>
    crowdedRing(ring.policy, ring.upstreamName, ring.slots, count),
  );
}
