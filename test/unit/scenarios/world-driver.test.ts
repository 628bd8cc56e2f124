// A driver of a world in this process: what it writes down of a fault that only a later step ends.
import { expect, test } from 'vitest';
import { createTimeline } from '../../../scenarios/runner/timeline.ts';
import { createWorldDriver } from '../../../scenarios/runner/world-driver.ts';
import { beginHistory } from '../../../sim/history/run.ts';
import { planOf, readCrds } from '../sim/faults/small-plan.ts';

const fault = {
  fault: 'older-gateway',
  target: 'gateway-1',
  parameters: { lacks: 'deltas' },
  when: null,
  lastsMs: 0,
};

/** Begins the fault at one second; `endMs`: when it is ended. */
function check(
  lastsMs: number | null,
  endMs: number,
  expected: readonly [fromMs: number, toMs: number],
): void {
  const plan = { ...planOf({ fault: 'older-gateway' }, 0), timeline: [], clients: [] };
  const world = beginHistory(plan, { crds: readCrds() });
  const { scheduler, evidence } = world;
  const timeline = createTimeline(() => scheduler.nowUs);
  const driver = createWorldDriver(world, plan, timeline);
  scheduler.runUntil(1_000_000);
  driver.inject(fault, lastsMs, (injection) => {
    if (typeof injection === 'string') throw new Error(injection);
    scheduler.runUntil(endMs * 1000);
    injection.end(() => undefined);
  });
  const [record] = evidence.faults;
  expect([record!.fromUs / 1000, record!.toUs / 1000]).toEqual(expected);
  const [entry] = timeline.entries;
  expect(entry!.do === 'fault' && Math.round(entry!.untilMs)).toBe(expected[1]);
}

test('a fault that a step ends was there until then', () => check(null, 3_000, [1_000, 3_000]));
test('a fault with a time of its own lasts as long', () => check(1_500, 4_000, [1_000, 2_500]));
