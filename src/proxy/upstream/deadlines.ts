// Deadlines of many connections with one timer: each record says until when it may wait, and a sweep looks at all of them.
// A deadline is late by at most one sweep; a request costs no timer.
import type { Clock, Timer } from '../../ports/clock.ts';

const sweepIntervalMs = 100;

/** A record that may run late. Fields only, so that refreshing a deadline is one store. */
export interface HasDeadline {
  /** Monotonic milliseconds; Infinity = may wait for ever. */
  deadlineMs: number;
  /** Position in the sweep's list; -1 = not in it. */
  deadlineIndex: number;
  onDeadline(): void;
}

export class Deadlines {
  /** Monotonic milliseconds as of the last touch or sweep. */
  nowMs: number;
  /** Wall milliseconds as of the last sweep. */
  wallMs: number;
  private readonly clock: Clock;
  private readonly records: HasDeadline[] = [];
  private timer: Timer | null = null;
  private readonly run = (): void => this.sweep();

  constructor(clock: Clock) {
    this.clock = clock;
    this.nowMs = Math.floor(clock.monotonicUs() / 1000);
    this.wallMs = clock.wallMs();
  }

  /** Reads the clock: microseconds, and refreshes `nowMs`. */
  touch(): number {
    const nowUs = this.clock.monotonicUs();
    this.nowMs = Math.floor(nowUs / 1000);
    return nowUs;
  }

  add(record: HasDeadline): void {
    if (record.deadlineIndex >= 0) return;
    if (this.timer === null) {
      this.wallMs = this.clock.wallMs();
      this.arm();
    }
    record.deadlineIndex = this.records.length;
    this.records.push(record);
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

  /** Sweeps come at whole multiples of the interval, so that when depends on nobody's arrival. */
  private arm(): void {
    const intervalUs = sweepIntervalMs * 1000;
    const leftUs = intervalUs - (this.touch() % intervalUs);
    this.timer = this.clock.after(leftUs / 1000, this.run);
  }

  private sweep(): void {
    this.touch();
    this.wallMs = this.clock.wallMs();
    const now = this.nowMs;
    // From the end: a record that leaves is replaced by one that has been looked at already.
    for (let i = this.records.length - 1; i >= 0; i--) {
      const record = this.records[i];
      if (record !== undefined && record.deadlineMs <= now) record.onDeadline();
    }
    if (this.records.length === 0) this.timer = null;
    else this.arm();
  }
}
