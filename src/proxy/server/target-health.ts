// What the Admin API calls the health of a target and of the addresses behind its name, read from and written to the shared words.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Target } from '../../kong/entity.ts';
import type { SharedWords } from '../../ports/shared.ts';
import { forceHealth, isHealthy } from '../balance/health.ts';
import { checksHealth } from '../balance/passive-health.ts';
import type { NamedTargets } from '../names/named-targets.ts';
import { addressText, nameIn, splitAddress, type TargetAddress } from '../names/target-addresses.ts';
import type { SlotAllocator } from './slots.ts';

export type TargetHealthName = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR';

export interface AddressHealth {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly health: TargetHealthName;
}

export interface TargetHealth {
  readonly health: TargetHealthName;
  /** Where the addresses come from: the type of the records, or what went wrong. */
  readonly source: string;
  readonly addresses: readonly AddressHealth[];
}

/** What there is to read. */
export interface HealthSources {
  config(): GatewayConfig;
  readonly slots: Pick<SlotAllocator, 'slotOf'>;
  readonly words: SharedWords;
  readonly named: Pick<NamedTargets, 'addressesOf' | 'answer'>;
  /** Told of a target that is healthy again. */
  recovered(slotKey: string, slot: number): void;
}

function isChecked({ config }: HealthSources, target: Target): boolean {
  const upstream = config().entities.upstreams.get(target.upstream);
  return upstream !== undefined && checksHealth(upstream);
}

function healthOf(sources: HealthSources, target: Target, { slotKey }: TargetAddress): TargetHealthName {
  const slot = isChecked(sources, target) ? sources.slots.slotOf(slotKey) : null;
  if (slot === null) return 'HEALTHCHECKS_OFF';
  return isHealthy(sources.words, slot) ? 'HEALTHY' : 'UNHEALTHY';
}

function sourceOf({ named }: HealthSources, target: Target): string {
  const name = nameIn(splitAddress(target.target).host);
  if (name === null) return 'static';
  const answer = named.answer(name);
  switch (answer?.state) {
    case 'known':
      return answer.type!;
    case 'absent':
      return 'dns server error: 3 name error';
    case 'failed':
      return 'dns server error: no answer';
    default:
      return 'unknown';
  }
}

/** As in Kong a target is well as soon as one of its addresses is. */
export function readTargetHealth(sources: HealthSources, target: Target): TargetHealth {
  const addresses = sources.named.addressesOf(target).map((address) => {
    const { host, port, weight } = address;
    return { host, port, weight, health: healthOf(sources, target, address) };
  });
  const names = new Set(addresses.map(({ health }) => health));
  const source = sourceOf(sources, target);
  const health =
    (['HEALTHY', 'UNHEALTHY', 'HEALTHCHECKS_OFF'] as const).find((name) => names.has(name)) ??
    (target.weight === 0 ? 'HEALTHCHECKS_OFF' : 'DNS_ERROR');
  return { health, source, addresses };
}

/** False: the upstream has no health checks, or the target no such address, so there is nothing to set. */
export function writeTargetHealth(
  sources: HealthSources,
  target: Target,
  address: string,
  healthy: boolean,
): boolean {
  if (!isChecked(sources, target)) return false;
  let isSet = false;
  for (const one of sources.named.addressesOf(target)) {
    const slot = sources.slots.slotOf(one.slotKey);
    if (slot === null || (address !== '' && addressText(one) !== address)) continue;
    const wasHealthy = isHealthy(sources.words, slot);
    forceHealth(sources.words, slot, healthy);
    if (healthy && !wasHealthy) sources.recovered(one.slotKey, slot);
    isSet = true;
  }
  return isSet;
}
