// Real time as worlds know it: microseconds from the start of the run, of a clock that all processes of the machine share.
import { DrawStream, mix32, streamKey } from '../../../sim/scheduler/draws.ts';
import { Entry, EventQueue } from '../../../sim/scheduler/queue.ts';
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
  const queue = new EventQueue();
  let sequence = 0;
  let stopped = false;
  let armedUs = Number.POSITIVE_INFINITY;
  let disarm = (): void => undefined;
  /** All that is due, in the order in which it is, which timers of different lengths would not keep. */
  const runDue = (): void => {
    armedUs = Number.POSITIVE_INFINITY;
    const limitUs = nowUs();
    while (!stopped && queue.peekUs() <= limitUs) {
      const entry = queue.pop();
      const { run } = entry;
      entry.run = null;
      try {
        run?.();
      } catch (error) {
        onFailure(error);
      }
    }
    arm();
  };
  const arm = (): void => {
    const dueUs = queue.peekUs();
    if (stopped || dueUs >= armedUs) return;
    disarm();
    armedUs = dueUs;
    const delayMs = Math.ceil((dueUs - nowUs()) / 1000);
    if (delayMs <= 0) {
      const immediate = setImmediate(runDue);
      disarm = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(runDue, delayMs);
      disarm = () => clearTimeout(timer);
    }
  };
  const after = (delayUs: number, run: () => void): Timer & ScheduledEvent => {
    const entry = new Entry(queue, nowUs() + Math.max(0, Math.ceil(delayUs)), 0, ++sequence, 0, 0, run);
    queue.push(entry);
    arm();
    return entry;
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
      disarm();
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
