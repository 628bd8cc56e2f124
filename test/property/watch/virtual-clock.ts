// A clock that moves only when told, with its pending calls in order.
import type { Clock } from '../../../src/ports/clock.ts';

export function virtualClock(): Clock & { advance(ms: number): void } {
  let nowUs = 0;
  let order = 0;
  let queue: { atUs: number; order: number; run: () => void }[] = [];
  return {
    wallMs: () => 1_700_000_000_000 + nowUs / 1000,
    monotonicUs: () => nowUs,
    after(delayMs, run) {
      const entry = { atUs: nowUs + delayMs * 1000, order: order++, run };
      queue.push(entry);
      return {
        cancel() {
          queue = queue.filter((other) => other !== entry);
        },
      };
    },
    advance(ms) {
      const endUs = nowUs + ms * 1000;
      for (;;) {
        queue.sort((a, b) => a.atUs - b.atUs || a.order - b.order);
        const next = queue[0];
        if (next === undefined || next.atUs > endUs) break;
        queue.shift();
        nowUs = Math.max(nowUs, next.atUs);
        next.run();
      }
      nowUs = endUs;
    },
  };
}
