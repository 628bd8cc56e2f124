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

/** Our view may lag behind what was delivered before (a slow API server): this long is given to catch up. */
const catchUpMs = 30_000;
const retryMs = 3_000;

/** `leader` null: nobody else pushes, so an epoch of our own will do. */
export function createOwnership(
  env: { readonly clock: Clock; readonly log: Log },
  leader: Leader | null,
  retry: () => void,
): Ownership {
  const { clock, log } = env;
  let ownEpoch = 0;
  /** Gateways that have seen more than we have, and since when. */
  const behindSinceUs: Map<string, number> = new Map();
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
      retry();
    });
  };
  return {
    epoch,
    isReset(gateway) {
      const sinceUs = behindSinceUs.get(gateway);
      return sinceUs !== undefined && clock.monotonicUs() - sinceUs >= catchUpMs * 1000;
    },
    superseded(gateway, seenEpoch) {
      again();
      if (leader !== null && !leader.isLeader()) behindSinceUs.clear();
      else if (seenEpoch !== null && seenEpoch > epoch()) raise(seenEpoch);
      else if (!behindSinceUs.has(gateway)) behindSinceUs.set(gateway, clock.monotonicUs());
    },
    accepted(gateway) {
      behindSinceUs.delete(gateway);
    },
    stop() {
      timer?.cancel();
    },
  };
}
