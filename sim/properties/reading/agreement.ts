// Configs held against the independent reference: what each worker serves, and whether it is what the store asks for.
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { type Difference, differences } from '../../reference/agreement.ts';
import type { ClusterObjects } from '../../reference/objects.ts';
import type { Circumstances } from '../property.ts';
import { gatewayNames } from './hosts.ts';
import { countBefore, type Past } from './past.ts';

/** All objects after a version. */
export function objectsAt(past: Past, version: number): ClusterObjects {
  return { get: (resource) => [...past.at(resource, version).values()] };
}

/** Every config that was handed to a gateway, by id, and the empty one that each begins with. */
export function configsById({ configs }: Evidence): ReadonlyMap<string, GatewayConfig> {
  return new Map([emptyConfig, ...configs.map(({ config }) => config)].map((config) => [config.id, config]));
}

/** The id of the config that a worker serves at a time; '' before its first, or when it is not there. */
export function servedAt({ swaps, lives }: Evidence, gateway: string, worker: number, atUs: number): string {
  const host = `${gateway}/worker-${worker}`;
  const ofHost = lives.filter((record) => record.host === host && record.atUs <= atUs);
  const last = ofHost.at(-1);
  if (last === undefined || last.what === 'end') return '';
  const own = swaps.filter(
    (swap) => swap.gateway === gateway && swap.worker === worker && swap.life === last.life,
  );
  return own[countBefore(own, (swap) => swap.atUs <= atUs) - 1]?.configId ?? '';
}

/** The ids of what each worker of each gateway serves at a time; '' for those that serve nothing. */
export function workersAt(evidence: Evidence, circumstances: Circumstances, atUs: number): readonly string[] {
  return gatewayNames(circumstances).flatMap((gateway) =>
    Array.from({ length: circumstances.workers }, (_, worker) => servedAt(evidence, gateway, worker, atUs)),
  );
}

export { type Difference, differences };
