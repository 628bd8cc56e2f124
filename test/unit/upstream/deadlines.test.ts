// One timer for many deadlines: nobody is told early or twice, nobody waits longer than one sweep, and whoever has left is left
// alone, whatever the others do meanwhile.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines, type HasDeadline } from '../../../src/proxy/upstream/deadlines.ts';
import { createManualClock } from '../controllers/manual-clock.ts';

const sweepMs = 100;

interface Plan {
  readonly addedMs: number;
  readonly waitMs: number;
  /** Leaves before its time, perhaps. */
  readonly leavesMs: number | null;
  /** What it does when its time is up: leave, or take others with it. */
  readonly takes: 'itself' | 'all' | 'none';
}

const plan: fc.Arbitrary<Plan> = fc.record({
  addedMs: fc.integer({ min: 0, max: 500 }),
  waitMs: fc.integer({ min: 0, max: 2000 }),
  leavesMs: fc.option(fc.integer({ min: 0, max: 2500 }), { nil: null }),
  takes: fc.constantFrom('itself', 'itself', 'itself', 'all', 'none'),
});

test('each is told once, not before its time and at most one sweep after it', () => {
  fc.assert(
    fc.property(fc.array(plan, { maxLength: 30 }), (plans) => {
      const clock = createManualClock();
      const deadlines = new Deadlines(clock);
      const records = plans.map(({ takes }) => ({
        deadlineMs: Number.POSITIVE_INFINITY,
        deadlineIndex: -1,
        dueMs: Number.POSITIVE_INFINITY,
        leftMs: Number.POSITIVE_INFINITY,
        toldMs: [] as number[],
        onDeadline() {
          this.toldMs.push(clock.elapsedMs);
          this.deadlineMs = Number.POSITIVE_INFINITY;
          for (const record of takes === 'all' ? records : takes === 'itself' ? [this] : []) leave(record);
        },
      }));
      const leave = (record: (typeof records)[number]): void => {
        if (record.deadlineIndex >= 0) record.leftMs = clock.elapsedMs;
        deadlines.remove(record);
        deadlines.remove(record);
      };
      for (const [i, { addedMs, waitMs, leavesMs }] of plans.entries()) {
        const record = records[i]!;
        clock.after(addedMs, () => {
          deadlines.add(record);
          deadlines.add(record);
          record.deadlineMs = clock.elapsedMs + waitMs;
          record.dueMs = record.deadlineMs;
        });
        if (leavesMs !== null) clock.after(addedMs + leavesMs, () => leave(record));
      }
      clock.advance(10_000);
      for (const { dueMs, leftMs, toldMs } of records) {
        expect(toldMs.length).toBeLessThanOrEqual(1);
        const [told] = toldMs;
        if (told === undefined) expect(leftMs).toBeLessThanOrEqual(dueMs + sweepMs);
        else {
          expect(told).toBeGreaterThanOrEqual(dueMs);
          expect(told).toBeLessThanOrEqual(dueMs + sweepMs);
          expect(told).toBeLessThanOrEqual(leftMs);
        }
      }
    }),
    {
      numRuns: 300,
      // Somebody comes at the very moment of a sweep.
      examples: [
        [
          [
            { addedMs: 1, waitMs: 300, leavesMs: null, takes: 'itself' },
            { addedMs: 400, waitMs: 0, leavesMs: null, takes: 'itself' },
          ],
        ],
      ],
    },
  );
});

test('without anybody waiting there is no timer', () => {
  let timers = 0;
  const clock = createManualClock();
  const counting = {
    ...clock,
    after(delayMs: number, run: () => void) {
      timers++;
      return clock.after(delayMs, run);
    },
  };
  const deadlines = new Deadlines(counting);
  const record: HasDeadline = {
    deadlineMs: 0,
    deadlineIndex: -1,
    onDeadline: () => deadlines.remove(record),
  };
  deadlines.add(record);
  clock.advance(60_000);
  expect(timers).toBe(1);
});
