// The epoch that our configs carry. It never stays behind what a gateway has seen: a Lease that was deleted, or a cluster
// that was restored, would otherwise lock us out until the gateways restart.
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Leader } from './leader.ts';

export interface Ownership {
  /** For the next config. */
  epoch(): number;
  /** A gateway refused ours: it has seen this epoch. */
  superseded(seenEpoch: number | null): void;
  accepted(): void;
  stop(): void;
}

/** Our view may lag behind what we delivered earlier (a slow API server): this long is given to catch up. */
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
  let behindSinceUs: number | null = null;
  let timer: Timer | null = null;

  const epoch = (): number => (leader === null ? ownEpoch : leader.epoch());
  const raise = (seenEpoch: number): void => {
    log.warn('a gateway has seen a later epoch than ours; taking the next one', { ours: epoch(), seenEpoch });
    behindSinceUs = null;
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
    superseded(seenEpoch) {
      again();
      if (seenEpoch === null || (leader !== null && !leader.isLeader())) return;
      const nowUs = clock.monotonicUs();
      if (seenEpoch > epoch()) {
        raise(seenEpoch);
        return;
      }
      // The same epoch, so it saw a later revision.
      behindSinceUs ??= nowUs;
      if (nowUs - behindSinceUs >= catchUpMs * 1000) raise(seenEpoch);
    },
    accepted() {
      behindSinceUs = null;
    },
    stop() {
      timer?.cancel();
    },
  };
}
