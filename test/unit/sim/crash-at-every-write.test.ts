// The exhaustive strategy: as many plans as there are writes and moments, each of which crashes where it says, after which
// the gateways serve what the objects ask for.
import { describe, expect, it } from 'vitest';
import { countWrites, crashAtEveryWrite, withoutCrashes } from '../../../sim/history/crash-at-every-write.ts';
import { runHistory } from '../../../sim/history/run.ts';
import { leftBehind } from './faults/converged.ts';
import { planOf, readCrds, type Trial } from './faults/small-plan.ts';

const crds = readCrds();

function check(trial: Trial, moments: number): void {
  const plan = planOf(trial, 0);
  const first = runHistory(withoutCrashes(plan), { crds });
  expect(first.evidence.faults).toEqual([]);
  const writes = countWrites(first.evidence, plan);
  const total = [...writes.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(1);
  const plans = crashAtEveryWrite(plan, writes);
  expect(plans.length).toBe(total * moments);
  for (const each of plans) {
    const history = runHistory(each, { crds });
    const crash = each.timeline.at(-1)!;
    expect([crash.id, history.evidence.faults.map(({ id, hits }) => [id, hits])]).toEqual([
      crash.id,
      [[crash.id, 1]],
    ]);
    expect([crash.id, ...leftBehind(history), history.exception]).toEqual([crash.id, null]);
  }
}

describe('a crash at every write', () => {
  const fault = 'crash-controller';
  it('of controllers', () => check({ fault }, 3));
  it('of controllers inside gateways', () => check({ fault, world: { mode: 'combined', gateways: 1 } }, 1));
});
