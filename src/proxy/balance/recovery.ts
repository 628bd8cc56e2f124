// Who brings back what nothing probes: with passive checks alone an unhealthy target gets no request that could show it to be
// well again. Kong leaves it out for ever; here, where it is asked for, it is given another chance after a while.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Target } from '../../kong/entity.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { TargetAddress } from '../names/target-addresses.ts';
import { forceHealth, isHealthy } from './health.ts';
import { checksHealth } from './passive-health.ts';

export interface Recovery {
  /** The config to follow from now on. */
  update(config: GatewayConfig): void;
  stop(): void;
}

interface Watched {
  readonly upstream: string;
  readonly target: string;
  readonly slotKey: string;
  readonly slot: number;
  /** When it was first seen unhealthy; -1 = it is well. Monotonic milliseconds. */
  sinceMs: number;
  /**
   * The config has it and nothing probes it. One that left is remembered for as long as its health is: many come back with the
   * next change, and each would otherwise put its chance off.
   */
  isServed: boolean;
}

const lookEveryMs = 1_000;

export function createRecovery(
  env: { readonly clock: Clock; readonly log: Log },
  words: SharedWords,
  slotOf: (key: string) => number | null,
  addressesOf: (target: Target) => readonly TargetAddress[],
  afterMs: number,
  /** Told of a target that is healthy again. */
  recovered: (slotKey: string, slot: number) => void = () => {},
): Recovery {
  const { clock, log } = env;
  const watched = new Map<string, Watched>();
  let timer: Timer | null = null;

  const look = (): void => {
    timer = null;
    const nowMs = Math.floor(clock.monotonicUs() / 1000);
    for (const one of watched.values()) {
      if (slotOf(one.slotKey) !== one.slot) watched.delete(one.slotKey);
      else if (isHealthy(words, one.slot)) one.sinceMs = -1;
      else if (one.sinceMs < 0) one.sinceMs = nowMs;
      else if (one.isServed && nowMs - one.sinceMs >= afterMs) {
        forceHealth(words, one.slot, true);
        recovered(one.slotKey, one.slot);
        one.sinceMs = -1;
        log.info('target is given another chance', { upstream: one.upstream, target: one.target });
      }
    }
    arm();
  };
  const arm = (): void => {
    if (timer === null && watched.size > 0) timer = clock.after(lookEveryMs, look);
  };

  return {
    update({ entities }) {
      for (const one of watched.values()) one.isServed = false;
      for (const target of entities.targets.values()) {
        const upstream = entities.upstreams.get(target.upstream);
        if (upstream === undefined || target.weight === 0 || !checksHealth(upstream)) continue;
        // What is probed while it is unhealthy comes back by itself.
        if (upstream.healthchecks.active.unhealthy.interval !== 0) continue;
        for (const address of addressesOf(target)) {
          const slot = slotOf(address.slotKey);
          if (slot === null) continue;
          const old = watched.get(address.slotKey);
          watched.set(address.slotKey, {
            upstream: upstream.name,
            target: target.target,
            slotKey: address.slotKey,
            slot,
            sinceMs: old?.slot === slot ? old.sinceMs : -1,
            isServed: true,
          });
        }
      }
      arm();
    },
    stop() {
      timer?.cancel();
      timer = null;
      watched.clear();
    },
  };
}
