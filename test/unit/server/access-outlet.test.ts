// Access lines between a worker and a reader that may stand still: what is under way is bounded, the rest is counted and told.
import { expect, test } from 'vitest';
import { createAccessOutlet, underWayBytesMax } from '../../../src/proxy/server/access-outlet.ts';
import { createManualClock } from '../controllers/manual-clock.ts';

const line = Buffer.from(`${'x'.repeat(999)}\n`);

/** Adds `perSecond` lines for so many seconds to a reader that reads so many bytes in each of them. */
function run(seconds: number, perSecond: number, readPerSecond: number) {
  const clock = createManualClock();
  let posted = 0;
  const reports: number[] = [];
  let lost = 0;
  let underWay = 0;
  let most = 0;
  const outlet = createAccessOutlet(clock, {
    post({ length }) {
      posted += length;
      underWay += length;
      most = Math.max(most, underWay);
    },
    dropped(count) {
      lost += count;
    },
    report: (count) => void reports.push(count),
  });
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < perSecond; i++) outlet.add(line, 1);
    clock.advance(1000);
    const read = Math.min(underWay, readPerSecond);
    underWay -= read;
    outlet.taken(read);
  }
  clock.advance(60_000);
  const arrived = posted / line.length;
  return { arrived, lost, most, reports };
}

test.each([
  ['a reader that keeps up', 20, 500, 1e9],
  ['a quiet time', 20, 1, 1e9],
  ['a reader at half the speed', 60, 2000, 1_000_000],
  ['a reader that stands still', 60, 2000, 0],
])('%s', (_title, seconds, perSecond, readPerSecond) => {
  const { arrived, lost, most, reports } = run(seconds, perSecond, readPerSecond);
  expect(most).toBeLessThanOrEqual(underWayBytesMax);
  expect(arrived + lost).toBe(seconds * perSecond);
  expect(reports.reduce((sum, count) => sum + count, 0)).toBe(lost);
  expect(reports.length).toBeLessThanOrEqual(1 + Math.ceil(seconds / 10));
  expect(lost > 0).toBe(readPerSecond < perSecond * line.length);
  if (readPerSecond === 0) expect(arrived * line.length).toBeGreaterThan(0.9 * underWayBytesMax);
});
