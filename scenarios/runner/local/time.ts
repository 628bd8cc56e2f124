// Real time as worlds know it: microseconds from the start of the run, of a clock that all processes of the machine share.
import { DrawStream, mix32, streamKey } from '../../../sim/scheduler/draws.ts';
import type { ScheduledEvent, Scheduler } from '../../../sim/scheduler/scheduler.ts';
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Random } from '../../../src/ports/random.ts';
import { absent } from './absent.ts';

export interface RealTime {
  /** Of the clock that all processes share, when the run began. */
  readonly originNs: bigint;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  nowUs(): number;
  /** Nothing that was asked for is run any more. */
  stop(): void;
}

/** `onFailure` hears of what is thrown where nobody else would catch it. */
export function createRealTime(seed: number, onFailure: (error: unknown) => void): RealTime {
  const originNs = process.hrtime.bigint();
  const nowUs = (): number => Number((process.hrtime.bigint() - originNs) / 1000n);
  const timers: Set<NodeJS.Timeout> = new Set();
  let stopped = false;
  const after = (delayUs: number, run: () => void): Timer & ScheduledEvent => {
    if (stopped) return { cancel() {} };
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        try {
          run();
        } catch (error) {
          onFailure(error);
        }
      },
      Math.max(0, Math.ceil(delayUs / 1000)),
    );
    timers.add(timer);
    return {
      cancel() {
        clearTimeout(timer);
        timers.delete(timer);
      },
    };
  };
  const virtual = absent<Scheduler>('virtual time');
  const scheduler: Scheduler = {
    seed,
    get nowUs() {
      return nowUs();
    },
    current: 0,
    eventCount: 0,
    pending: 0,
    lane: (label) => ({ label, key: streamKey(seed, label) }),
    at: (timeUs, run) => after(timeUs - nowUs(), run),
    after: (delayUs, run) => after(delayUs, run),
    step: () => virtual.step(),
    runUntil: (timeUs) => virtual.runUntil(timeUs),
    runUntilIdle: (eventsMax) => virtual.runUntilIdle(eventsMax),
    observe() {},
    hash: () => '',
  };
  return {
    originNs,
    scheduler,
    nowUs,
    clock: {
      wallMs: () => Date.now(),
      monotonicUs: nowUs,
      after: (delayMs, run) => after(delayMs * 1000, run),
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Keyed by the seed of the run, so that the cluster draws as it would in virtual time. */
export function seededRandom(seed: number, name: string): Random {
  const streams: Map<string, DrawStream> = new Map();
  const draw = (label: string): number => {
    let stream = streams.get(label);
    if (stream === undefined) {
      stream = new DrawStream(seed, `${name}/${label}`);
      streams.set(label, stream);
    }
    return stream.next();
  };
  return {
    uint32: draw,
    bytes: (label, length) => Buffer.from(Array.from({ length }, () => mix32(draw(label)) & 0xff)),
  };
}
