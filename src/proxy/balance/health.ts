// Health of targets, one shared word each: counters and state in the way of Kong's health checker. All workers and the
// probes write the same words; state outlives compiled tables.
import type { SharedWords } from '../../ports/shared.ts';

/**
 * Layout: bit 24 says unhealthy. Healthy: failures by kind in three bytes. Unhealthy: successes in the lowest byte. A
 * failure of an unhealthy target and a success of a healthy one count nothing, so no more room is needed.
 */
const unhealthyBit = 1 << 24;

export type FailureKind = 'http' | 'tcp' | 'timeout';
const shifts: Readonly<Record<FailureKind, number>> = { http: 0, tcp: 8, timeout: 16 };

export function isHealthy(words: SharedWords, slot: number): boolean {
  return (Atomics.load(words, slot) & unhealthyBit) === 0;
}

/** Healthy targets forget their failures; unhealthy ones become healthy after `successes` in a row (0 = never). */
export function recordSuccess(words: SharedWords, slot: number, successes: number): void {
  for (;;) {
    const word = Atomics.load(words, slot);
    if (word === 0) return;
    let next = 0;
    if ((word & unhealthyBit) !== 0) {
      if (successes === 0) return;
      const count = (word & 0xff) + 1;
      next = count >= successes ? 0 : unhealthyBit | count;
    }
    if (Atomics.compareExchange(words, slot, word, next) === word) return;
  }
}

/** Healthy targets become unhealthy after `limit` failures of one kind without a success between (0 = never). */
export function recordFailure(words: SharedWords, slot: number, kind: FailureKind, limit: number): void {
  if (limit === 0) {
    // Not counted, but the row of successes is over all the same.
    const word = Atomics.load(words, slot);
    if ((word & unhealthyBit) !== 0 && word !== unhealthyBit)
      Atomics.compareExchange(words, slot, word, unhealthyBit);
    return;
  }
  for (;;) {
    const word = Atomics.load(words, slot);
    let next = unhealthyBit;
    if ((word & unhealthyBit) === 0) {
      const shift = shifts[kind];
      const count = ((word >>> shift) & 0xff) + 1;
      if (count < limit) next = (word & ~(0xff << shift)) | (count << shift);
    }
    if (word === next || Atomics.compareExchange(words, slot, word, next) === word) return;
  }
}

export function forceHealth(words: SharedWords, slot: number, healthy: boolean): void {
  Atomics.store(words, slot, healthy ? 0 : unhealthyBit);
}
