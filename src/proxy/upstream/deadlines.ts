// Deadlines of many connections with one timer: each record says until when it may wait, and a sweep looks at all of them.
// A deadline is late by at most one sweep; a request costs no timer. Where nothing happens, nothing is swept: after a
// sweep it rests until the next deadline, or until someone asks for the time, as all do who set a deadline.
import type { Clock, Timer } from '../../ports/clock.ts';

const sweepIntervalMs = 100;
/** Timers of a month do not exist everywhere. */
const restMsMax = 3_600_000;

/** A record that may run late. Fields only, so that refreshing a deadline is one store. */
export interface HasDeadline {
  /** Monotonic milliseconds; Infinity = may wait for ever. */
  deadlineMs: number;
  /** Position in the sweep's list; -1 = not in it. */
  deadlineIndex: number;
  onDeadline(): void;
}

export class Deadlines {
  private readonly clock: Clock;
  private readonly records: HasDeadline[] = [];
  private lastMs = 0;
  private lastWallMs = 0;
  private isResting = true;
  private timer: Timer | null = null;
  /** When `timer` is due. */
  private dueUs = 0;
  private readonly run = (): void => this.sweep();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Monotonic milliseconds as of the last touch or sweep, whichever is later. */
  get nowMs(): number {
    if (this.isResting) this.wake();
    return this.lastMs;
  }

  /** Wall milliseconds as of the last sweep. */
  get wallMs(): number {
    if (this.isResting) this.wake();
    return this.lastWallMs;
  }

  /** Reads the clock: microseconds, and refreshes `nowMs`. */
  touch(): number {
    if (this.isResting) this.wake();
    const nowUs = this.clock.monotonicUs();
    this.lastMs = Math.floor(nowUs / 1000);
    return nowUs;
  }

  add(record: HasDeadline): void {
    if (record.deadlineIndex >= 0) return;
    record.deadlineIndex = this.records.length;
    this.records.push(record);
    if (this.isResting) this.wake();
  }

  remove(record: HasDeadline): void {
    const index = record.deadlineIndex;
    if (index < 0) return;
    record.deadlineIndex = -1;
    const last = this.records.pop()!;
    if (last !== record) {
      this.records[index] = last;
      last.deadlineIndex = index;
    }
  }

  private readClocks(): void {
    this.lastMs = Math.floor(this.clock.monotonicUs() / 1000);
    this.lastWallMs = this.clock.wallMs();
  }

  /** A deadline may come out of what happens now: the next sweep is near. */
  private wake(): void {
    this.readClocks();
    if (this.records.length === 0) return;
    this.isResting = false;
    this.arm(this.lastMs);
  }

  /** Sweeps come at whole multiples of the interval, so that when depends on nobody's arrival. */
  private arm(soonestMs: number): void {
    const nowUs = this.clock.monotonicUs();
    const intervalUs = sweepIntervalMs * 1000;
    const soonestUs = Math.max(soonestMs * 1000, nowUs + 1);
    const dueUs = Math.ceil(soonestUs / intervalUs) * intervalUs;
    if (this.timer !== null) {
      // One that is due by then, perhaps at this very moment, must not be put off.
      if (this.dueUs <= dueUs) return;
      this.timer.cancel();
    }
    this.dueUs = dueUs;
    this.timer = this.clock.after((dueUs - nowUs) / 1000, this.run);
  }

  private sweep(): void {
    this.timer = null;
    this.isResting = false;
    this.readClocks();
    const now = this.lastMs;
    // From the end: a record that leaves is replaced by one that has been looked at already.
    for (let i = this.records.length - 1; i >= 0; i--) {
      const record = this.records[i];
      if (record !== undefined && record.deadlineMs <= now) record.onDeadline();
    }
    this.rest();
  }

  private rest(): void {
    this.isResting = true;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const { deadlineMs } of this.records) if (deadlineMs < soonestMs) soonestMs = deadlineMs;
    if (this.records.length > 0) this.arm(Math.min(soonestMs, this.lastMs + restMsMax));
  }
}
