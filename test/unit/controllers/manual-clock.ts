// A clock that only moves when a test says so, and draws that repeat.
import { keyedUint32 } from '../../../src/base/prng.ts';
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Random } from '../../../src/ports/random.ts';

interface Entry {
  readonly dueUs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

export interface ManualClock extends Clock {
  /** Runs everything due within the next `ms` milliseconds. */
  advance(ms: number): void;
  /** Time since the start, in milliseconds. */
  readonly elapsedMs: number;
}

const originMs = 1_780_000_000_000;

export function createManualClock(): ManualClock {
  const entries: Entry[] = [];
  let nowUs = 0;
  let sequence = 0;

  function takeNext(untilUs: number): Entry | null {
    let best = -1;
    for (const [i, entry] of entries.entries()) {
      const other = entries[best];
      if (entry.dueUs > untilUs) continue;
      if (
        other === undefined ||
        entry.dueUs < other.dueUs ||
        (entry.dueUs === other.dueUs && entry.sequence < other.sequence)
      )
        best = i;
    }
    return best < 0 ? null : entries.splice(best, 1)[0]!;
  }

  return {
    wallMs: () => originMs + nowUs / 1000,
    monotonicUs: () => nowUs,
    after(delayMs, run): Timer {
      const entry: Entry = {
        dueUs: nowUs + Math.max(0, delayMs) * 1000,
        sequence: sequence++,
        run,
        cancelled: false,
      };
      entries.push(entry);
      return {
        cancel() {
          entry.cancelled = true;
          const at = entries.indexOf(entry);
          if (at >= 0) entries.splice(at, 1);
        },
      };
    },
    advance(ms) {
      const untilUs = nowUs + ms * 1000;
      for (let budget = 1_000_000; budget > 0; budget--) {
        const entry = takeNext(untilUs);
        if (entry === null) {
          nowUs = untilUs;
          return;
        }
        nowUs = Math.max(nowUs, entry.dueUs);
        entry.run();
      }
      throw new Error('the cluster never comes to rest: a million timers ran within one advance');
    },
    get elapsedMs() {
      return nowUs / 1000;
    },
  };
}

export function createKeyedRandom(seed: number): Random {
  const counts = new Map<string, number>();
  const uint32 = (stream: string) => {
    const index = counts.get(stream) ?? 0;
    counts.set(stream, index + 1);
    return keyedUint32(seed, stream, index);
  };
  return {
    uint32,
    bytes: (stream, length) => Buffer.from(Array.from({ length }, () => uint32(stream) & 0xff)),
  };
}
