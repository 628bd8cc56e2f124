// What the Admin API calls a target's health, read from and written to the shared words.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Target } from '../../kong/entity.ts';
import type { SharedWords } from '../../ports/shared.ts';
import { forceHealth, isHealthy } from '../balance/health.ts';
import { checksHealth } from '../balance/passive-health.ts';
import { type SlotAllocator, targetSlotKey } from './slots.ts';

export type TargetHealthName = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR';

/** null: nothing checks this target. */
function checkedSlot(config: GatewayConfig, slots: SlotAllocator, target: Target): number | null {
  const upstream = config.entities.upstreams.get(target.upstream);
  if (upstream === undefined || !checksHealth(upstream)) return null;
  return slots.slotOf(targetSlotKey(target));
}

export function readTargetHealth(
  config: GatewayConfig,
  slots: SlotAllocator,
  words: SharedWords,
  target: Target,
): TargetHealthName {
  const slot = checkedSlot(config, slots, target);
  if (slot === null) return 'HEALTHCHECKS_OFF';
  return isHealthy(words, slot) ? 'HEALTHY' : 'UNHEALTHY';
}

/** False: the upstream has no health checks, so there is nothing to set. */
export function writeTargetHealth(
  config: GatewayConfig,
  slots: SlotAllocator,
  words: SharedWords,
  target: Target,
  healthy: boolean,
): boolean {
  const slot = checkedSlot(config, slots, target);
  if (slot === null) return false;
  forceHealth(words, slot, healthy);
  return true;
}
