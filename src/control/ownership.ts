// What entitles us to configure a gateway: an epoch, and a view that has seen what the gateway has. Neither may stay behind
// for good: a Lease that was deleted, or a cluster that was restored, would lock us out until the gateways restart.
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Leader } from './leader.ts';

export interface Ownership {
  /** For the next config. */
  epoch(): number;
  /** Whether what this gateway has seen before does not count any more. */
  isReset(gateway: string): boolean;
  /** A gateway refused ours: it has seen this epoch. */
  superseded(gateway: string, seenEpoch: number | null): void;
  accepted(gateway: string): void;
  stop(): void;
}

/**
 * Our view may lag behind what was delivered before (a slow API server): half a minute is given to catch up. Counted in our
 * own turns: a process that was stopped meanwhile, or did not lead, has not had the time.
 */
const catchUpTurns = 10;
const retryMs = 3_000;

interface Behind {
  /** Of ours, then; under another one it does not count. */
  readonly epoch: number;
  turns: number;
}

/** `leader` null: nobody else pushes, so an epoch of our own will do. */
export function createOwnership(
  env: { readonly clock: Clock; readonly log: Log },
  leader: Leader | null,
  retry: () => void,
): Ownership {
  const { clock, log } = env;
  let ownEpoch = 0;
  /** Gateways that have seen more than we have. */
  const behind: Map<string, Behind> = new Map();
  let timer: Timer | null = null;

  const epoch = (): number => (leader === null ? ownEpoch : leader.epoch());
  const raise = (seenEpoch: number): void => {
    log.warn('a gateway has seen a later epoch than ours; taking the next one', { ours: epoch(), seenEpoch });
    if (leader === null) ownEpoch = Math.max(ownEpoch, seenEpoch + 1);
    else leader.raise(seenEpoch);
  };
  const again = (): void => {
    timer ??= clock.after(retryMs, () => {
      timer = null;
      for (const one of behind.values()) one.turns++;
      retry();
    });
  };
  return {
    epoch,
    isReset(gateway) {
      const known = behind.get(gateway);
      return known?.epoch === epoch() && known.turns >= catchUpTurns;
    },
    superseded(gateway, seenEpoch) {
      again();
      if (leader !== null && !leader.isLeader()) return;
      if (seenEpoch !== null && seenEpoch > epoch()) raise(seenEpoch);
      else if (behind.get(gateway)?.epoch !== epoch()) behind.set(gateway, { epoch: epoch(), turns: 0 });
    },
    accepted(gateway) {
      behind.delete(gateway);
    },
    stop() {
      timer?.cancel();
    },
  };
}
