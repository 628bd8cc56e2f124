// Slow start, as the main thread keeps time for it: who is new among targets that already serve, or well again, begins with a
// tenth of its share and has all of it when the window is over. The share is a shared word that workers read.
import type { GatewayConfig } from '../../kong/config.ts';
import { readSlowStartMs, slowStartMs, slowStartText } from '../../kong/slow-start.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SharedWords } from '../../ports/shared.ts';
import { fullShare, wholeShare } from '../balance/ramps.ts';
import type { SlotPair } from './slots.ts';

export interface SlowStart {
  /** Targets that have come with this config; `all` are those in use, the new ones among them. */
  newcomers(fresh: readonly SlotPair[], all: () => readonly SlotPair[], config: GatewayConfig): void;
  /** The target of this word is healthy again. */
  recovered(key: string, slot: number, config: GatewayConfig): void;
  /** The word belongs to another target from now on. */
  clear(slot: number): void;
  stop(): void;
}

interface Ramp {
  readonly fromMs: number;
  readonly windowMs: number;
}

const firstShare = wholeShare / 10;
const stepMs = 100;

/** Of a target, or of an address behind its name. */
function upstreamOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

/** After `elapsedMs` of the window. */
export function shareAfter(elapsedMs: number, windowMs: number): number {
  if (elapsedMs >= windowMs) return fullShare;
  return Math.floor(firstShare + ((wholeShare - firstShare) * Math.max(0, elapsedMs)) / windowMs);
}

export function createSlowStart(
  env: { readonly clock: Clock; readonly log: Log },
  shares: SharedWords,
): SlowStart {
  const { clock, log } = env;
  const ramps = new Map<number, Ramp>();
  /** Texts that have been complained of. */
  const refused = new Set<string>();
  let timer: Timer | null = null;

  const nowMs = (): number => clock.monotonicUs() / 1000;

  const windowOf = (upstreamId: string, { entities }: GatewayConfig): number => {
    const upstream = entities.upstreams.get(upstreamId);
    if (upstream === undefined) return 0;
    const text = slowStartText(upstream);
    if (text !== null && readSlowStartMs(text) === null && refused.size < 100 && !refused.has(text)) {
      refused.add(text);
      log.warn('the tag for slow start has no duration from 1s to 15m', { upstream: upstream.name, text });
    }
    return slowStartMs(upstream);
  };

  const look = (): void => {
    timer = null;
    const now = nowMs();
    for (const [slot, { fromMs, windowMs }] of ramps) {
      const share = shareAfter(now - fromMs, windowMs);
      Atomics.store(shares, slot, share);
      if (share === fullShare) ramps.delete(slot);
    }
    arm();
  };
  const arm = (): void => {
    if (timer === null && ramps.size > 0) timer = clock.after(stepMs, look);
  };
  const begin = (slot: number, windowMs: number): void => {
    ramps.set(slot, { fromMs: nowMs(), windowMs });
    Atomics.store(shares, slot, firstShare);
    arm();
  };

  return {
    newcomers(fresh, all, config) {
      const windows = new Map<string, number>();
      for (const [key] of fresh) {
        const id = upstreamOf(key);
        if (!windows.has(id)) windows.set(id, windowOf(id, config));
      }
      if (![...windows.values()].some((windowMs) => windowMs > 0)) return;
      const isFresh = new Set(fresh.map(([key]) => key));
      const serving = new Set<string>();
      for (const [key] of all()) if (!isFresh.has(key)) serving.add(upstreamOf(key));
      for (const [key, slot] of fresh) {
        const id = upstreamOf(key);
        // Where all are new there is nobody who could take more.
        if (windows.get(id)! > 0 && serving.has(id)) begin(slot, windows.get(id)!);
      }
    },
    recovered(key, slot, config) {
      const windowMs = windowOf(upstreamOf(key), config);
      if (windowMs > 0) begin(slot, windowMs);
    },
    clear(slot) {
      ramps.delete(slot);
      Atomics.store(shares, slot, fullShare);
    },
    stop() {
      timer?.cancel();
      timer = null;
    },
  };
}
