// Virtual time: one event at a time from one queue. Nothing here waits for anything real; a run is a function of its
// seed and of what was scheduled from outside.
import { mix32, streamKey } from './draws.ts';
import { createFold } from './fold.ts';
import { Entry, EventQueue } from './queue.ts';

/**
 * A group of events that keep their order among themselves at the same microsecond. Between lanes the order at the same
 * microsecond is a keyed draw, so it depends neither on creation order nor on other lanes.
 */
export interface Lane {
  readonly label: string;
  readonly key: number;
}

export interface ScheduledEvent {
  cancel(): void;
}

/** Hears everything; only there when a trace is wanted. */
export interface Recorder {
  /** Events and observations name lanes by their key; a label may be told more than once. */
  lane?(key: number, label: string): void;
  event(sequence: number, cause: number, timeUs: number, lane: number): void;
  observation(sequence: number, timeUs: number, id: number, a: number, b: number): void;
  /** The hash of the run before event number `events` runs, every `checkpointEvents`. */
  checkpoint?(events: number, hash: string): void;
}

export const checkpointEvents = 1_000;

export interface Scheduler {
  readonly seed: number;
  /** Virtual microseconds since the start of the run. */
  readonly nowUs: number;
  /** Sequence number of the running event; 0 outside. */
  readonly current: number;
  /** Events run so far. */
  readonly eventCount: number;
  /** Events waiting. */
  readonly pending: number;
  lane(label: string): Lane;
  /** Runs at `timeUs`, or now when that is past; never synchronously. */
  at(timeUs: number, run: () => void, lane: Lane): ScheduledEvent;
  after(delayUs: number, run: () => void, lane: Lane): ScheduledEvent;
  /** Runs one event; false when there is none. */
  step(): boolean;
  /** Runs all events up to and including `timeUs`; the clock then shows `timeUs`. */
  runUntil(timeUs: number): void;
  /** Runs until nothing is waiting ('idle') or `eventsMax` events ran ('limit'). */
  runUntilIdle(eventsMax: number): 'idle' | 'limit';
  /** Folds a typed observation into the run's hash. */
  observe(id: number, a: number, b: number): void;
  /** The hash of the run so far: every event's time and lane, and every observation. */
  hash(): string;
}

/**
 * How races are decided. 'uniform': ties at the same microsecond by keyed draws. 'pct' (probabilistic concurrency testing):
 * due times are rounded up to a grid, so that there are many ties, which go to the lane of the higher priority; at each
 * change point, counted in events, the lane that runs gets the lowest priority of all.
 */
export type TieBreak =
  | { readonly name: 'uniform' }
  | { readonly name: 'pct'; readonly gridUs: number; readonly changePoints: readonly number[] };

export interface SchedulerOptions {
  readonly seed: number;
  readonly strategy?: TieBreak | undefined;
  readonly recorder?: Recorder | undefined;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const seed = options.seed >>> 0;
  const { strategy, recorder } = options;
  const gridUs = strategy?.name === 'pct' ? strategy.gridUs : 1;
  const changePoints = new Set(strategy?.name === 'pct' ? strategy.changePoints : []);
  /** Lanes that lost their priority, with what they have instead: the later, the lower. */
  const demoted: Map<number, number> = new Map();
  const queue = new EventQueue();
  const fold = createFold();
  let nowUs = 0;
  let current = 0;
  let sequence = 0;
  let eventCount = 0;

  const at = (timeUs: number, run: () => void, lane: Lane): ScheduledEvent => {
    const wantedUs = timeUs > nowUs ? Math.ceil(timeUs) : nowUs;
    const dueUs = gridUs === 1 ? wantedUs : Math.ceil(wantedUs / gridUs) * gridUs;
    const tie =
      gridUs === 1
        ? mix32(lane.key ^ Math.imul(dueUs | 0, 0x9e3779b1))
        : (demoted.get(lane.key) ?? mix32(lane.key) >>> 1);
    const entry = new Entry(queue, dueUs, tie, ++sequence, current, lane.key, run);
    queue.push(entry);
    return entry;
  };

  const runNext = (): void => {
    const entry = queue.pop();
    nowUs = entry.timeUs;
    current = entry.sequence;
    eventCount++;
    if (changePoints.has(eventCount)) demoted.set(entry.lane, 0x80000000 + (demoted.size << 12));
    fold.add(entry.timeUs, Math.floor(entry.timeUs / 0x100000000), entry.lane);
    if (recorder !== undefined) {
      recorder.event(entry.sequence, entry.cause, entry.timeUs, entry.lane);
      if (eventCount % checkpointEvents === 0) recorder.checkpoint?.(eventCount, fold.hex());
    }
    const run = entry.run!;
    entry.run = null;
    run();
    current = 0;
  };

  return {
    seed,
    get nowUs() {
      return nowUs;
    },
    get current() {
      return current;
    },
    get eventCount() {
      return eventCount;
    },
    get pending() {
      return queue.live;
    },
    lane(label) {
      const key = streamKey(seed, label);
      recorder?.lane?.(key, label);
      return { label, key };
    },
    at,
    after: (delayUs, run, lane) => at(nowUs + delayUs, run, lane),
    step() {
      if (queue.peekUs() === Number.POSITIVE_INFINITY) return false;
      runNext();
      return true;
    },
    runUntil(timeUs) {
      while (queue.peekUs() <= timeUs) runNext();
      if (timeUs > nowUs) nowUs = timeUs;
    },
    runUntilIdle(eventsMax) {
      for (let ran = 0; ran < eventsMax; ran++) {
        if (queue.peekUs() === Number.POSITIVE_INFINITY) return 'idle';
        runNext();
      }
      return queue.live === 0 ? 'idle' : 'limit';
    },
    observe(id, a, b) {
      fold.add(id, a, b);
      if (recorder !== undefined) recorder.observation(current, nowUs, id, a, b);
    },
    hash: () => fold.hex(),
  };
}
