// Between sweeps the deadlines rest: each is still told at the first whole tenth of a second that is not before it, however
// they come, move and go; and where none is due, no timer runs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadlines, type HasDeadline } from '../../../src/proxy/upstream/deadlines.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

const sweepMs = 100;

interface Step {
  readonly pauseMs: number;
  readonly record: number;
  /** null: it leaves. */
  readonly inMs: number | null;
}

const step: fc.Arbitrary<Step> = fc.record({
  pauseMs: fc.integer({ min: 0, max: 2_000 }),
  record: fc.integer({ min: 0, max: 4 }),
  inMs: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: null, freq: 4 }),
});

/** A clock that counts the calls it made. */
function countingClock() {
  const clock = virtualClock();
  const counted = { calls: 0 };
  return {
    ...clock,
    counted,
    after: (delayMs: number, run: () => void) =>
      clock.after(delayMs, () => {
        counted.calls++;
        run();
      }),
  };
}

describe('resting deadlines', () => {
  test('are told at the first sweep that is not before them', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const clock = countingClock();
        const deadlines = new Deadlines(clock);
        const told: string[] = [];
        const expected: string[] = [];
        const due: (number | null)[] = [null, null, null, null, null];
        const nowMs = () => clock.monotonicUs() / 1000;
        const records = due.map(
          (_none, index): HasDeadline => ({
            deadlineMs: Number.POSITIVE_INFINITY,
            deadlineIndex: -1,
            onDeadline() {
              told.push(`${index} at ${nowMs()}`);
              deadlines.remove(this);
            },
          }),
        );
        const pass = (untilMs: number) => {
          for (const [index, deadlineMs] of due.entries()) {
            if (deadlineMs === null) continue;
            const toldMs = Math.ceil(deadlineMs / sweepMs) * sweepMs;
            if (toldMs > untilMs) continue;
            expected.push(`${index} at ${toldMs}`);
            due[index] = null;
          }
          clock.advance(untilMs - nowMs());
        };
        for (const { pauseMs, record, inMs } of steps) {
          pass(nowMs() + pauseMs);
          if (inMs === null) {
            deadlines.remove(records[record]!);
            due[record] = null;
            continue;
          }
          deadlines.touch();
          deadlines.add(records[record]!);
          records[record]!.deadlineMs = deadlines.nowMs + inMs;
          due[record] = nowMs() + inMs;
        }
        pass(nowMs() + 10_000);
        expect(told.sort()).toEqual(expected.sort());
      }),
    );
  });

  test('cost nothing while nothing is due', () => {
    const clock = countingClock();
    const deadlines = new Deadlines(clock);
    const record = { deadlineMs: 60_000, deadlineIndex: -1, onDeadline() {} };
    deadlines.add(record);
    clock.advance(59_000);
    expect(clock.counted.calls).toBe(1);
    expect(deadlines.nowMs).toBe(59_000);
    record.deadlineMs = Number.POSITIVE_INFINITY;
    clock.advance(3_600_000);
    expect(clock.counted.calls).toBeLessThanOrEqual(3);
    expect(deadlines.wallMs).toBe(clock.wallMs());
  });
});
