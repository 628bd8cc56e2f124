// The shrinker against made-up failures, whose smallest plan is known: what it finds still fails, nothing can be left out of
// it, and neither the budget nor the number of plans that are run at once changes more than it should.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAt } from '../../../../sim/history/generate/plan-at.ts';
import type { Plan } from '../../../../sim/history/plan.ts';
import type { FoundViolation } from '../../../../sim/history/report.ts';
import { shrinkAlone } from '../../../../sim/history/shrink/alone.ts';
import type { Shrunk } from '../../../../sim/history/shrink/shrink.ts';
import { keepKnobs, unusualKnobs } from '../../../../sim/history/shrink/simplify.ts';

type Fails = (plan: Plan) => boolean;

function violation(witnesses: readonly string[], atUs: number): FoundViolation {
  return { property: 'P12', message: 'm', atUs, witnesses, signature: 's' };
}

interface Search {
  readonly shrunk: Shrunk;
  /** Plans that were looked at, one after the other. */
  readonly looked: number;
}

/** Answers as a single patient thread would. */
function search(plan: Plan, fails: Fails, found: FoundViolation, runsMax: number): Search {
  let looked = 0;
  const shrunk = shrinkAlone(plan, found, { runsMax, isSafety: true }, (candidate) => {
    looked++;
    return fails(candidate) ? found : null;
  });
  return { shrunk, looked };
}

const idsOf = ({ timeline }: Plan): ReadonlySet<string> => new Set(timeline.map(({ id }) => id));

/** Fails while all of these entries are there. */
const needs =
  (ids: readonly string[]): Fails =>
  (plan) => {
    const there = idsOf(plan);
    return ids.every((id) => there.has(id));
  };

const without = (plan: Plan, id: string): Plan => ({
  ...plan,
  timeline: plan.timeline.filter((entry) => entry.id !== id),
});

const somePlan = fc.nat(50).map((index) => planAt(7, index));
const withNeeded = somePlan.chain((plan) =>
  fc
    .subarray(
      plan.timeline.map(({ id }) => id),
      { minLength: 1, maxLength: 6 },
    )
    .map((ids) => ({ plan, ids })),
);
const late = 100_000_000;

describe('laws', () => {
  test('exactly what is needed is left', () => {
    fc.assert(
      fc.property(withNeeded, ({ plan, ids }) => {
        const { shrunk } = search(plan, needs(ids), violation([], late), 2_000);
        expect([...idsOf(shrunk.plan)].sort()).toEqual([...ids].sort());
      }),
      { numRuns: 60 },
    );
  });

  test('what is left of any failure still fails, and no entry of it is superfluous', () => {
    fc.assert(
      fc.property(withNeeded, fc.nat(6), ({ plan, ids }, atLeast) => {
        const fails: Fails = (candidate) => {
          const there = idsOf(candidate);
          return ids.filter((id) => there.has(id)).length >= Math.min(atLeast, ids.length);
        };
        const { shrunk } = search(plan, fails, violation([], late), 2_000);
        expect(fails(shrunk.plan)).toBe(true);
        for (const id of idsOf(shrunk.plan)) expect(fails(without(shrunk.plan, id))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('the budget is kept, and what is found with it still fails', () => {
    fc.assert(
      fc.property(withNeeded, fc.nat(40), ({ plan, ids }, runsMax) => {
        const { shrunk, looked } = search(plan, needs(ids), violation([], late), runsMax);
        expect(looked).toBeLessThanOrEqual(runsMax);
        expect(shrunk.runs).toBe(looked);
        expect(needs(ids)(shrunk.plan)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('everything that is left is as simple as can be when only entries matter', () => {
    fc.assert(
      fc.property(withNeeded, ({ plan, ids }) => {
        const { shrunk } = search(plan, needs(ids), violation([], late), 2_000);
        const { world, strategy, clients, timeline } = shrunk.plan;
        expect({ ...world, mode: '' }).toEqual({
          apiServers: 1,
          controllers: 1,
          gateways: 1,
          workers: 1,
          nodes: 1,
          mode: '',
        });
        expect(strategy).toEqual({ name: 'uniform' });
        expect(
          clients.every(({ name }) => timeline.some((e) => e.do === 'request' && e.client === name)),
        ).toBe(true);
        expect(timeline.every(({ atMs }) => atMs % 1000 === 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

test('a lease keeps the deadline and the pace that belong to it', () => {
  const plans = Array.from({ length: 40 }, (_, index) => planAt(12, index));
  const quick = plans.filter(({ knobs }) => knobs.leaseMs < 15_000);
  expect(quick.length).toBeGreaterThan(0);
  for (const plan of plans) {
    for (const group of unusualKnobs(plan)) {
      const others = unusualKnobs(plan).filter((other) => other !== group);
      for (const kept of [[group], others]) {
        const { leaseMs, renewDeadlineMs, leaseRetryMs } = keepKnobs(plan, kept).knobs;
        expect(leaseMs > renewDeadlineMs && renewDeadlineMs > leaseRetryMs).toBe(true);
      }
    }
  }
});

describe('cost', () => {
  test('a violation that names its request is small after a few runs', () => {
    const counts = Array.from({ length: 20 }, (_, index) => {
      const plan = planAt(11, index);
      const request = plan.timeline.find((entry) => entry.do === 'request')!;
      const { looked } = search(plan, needs([request.id]), violation([request.id], late), 2_000);
      return looked;
    }).sort((a, b) => a - b);
    expect(counts[10]).toBeLessThanOrEqual(20);
  });

  test('three entries that nothing points at take fewer runs than there are entries', () => {
    for (let index = 0; index < 10; index++) {
      const plan = planAt(12, index);
      const ids = [3, 9, 17].map((at) => plan.timeline[at]!.id);
      const { looked } = search(plan, needs(ids), violation([], late), 2_000);
      expect(looked).toBeLessThan(plan.timeline.length * 2);
    }
  });
});

test('objects go with what depends on them', () => {
  const plan = Array.from({ length: 50 }, (_, index) => planAt(13, index)).find(
    ({ objects }) => objects.filter(({ object }) => object.kind === 'Deployment').length === 3,
  )!;
  const [first] = plan.objects.filter(({ object }) => object.kind === 'Deployment');
  const fails: Fails = ({ objects }) => objects.some(({ id }) => id === first!.id);
  const { shrunk } = search(plan, fails, violation([], late), 500);
  const kinds = shrunk.plan.objects.map(({ object }) => object.kind).sort();
  expect(kinds.filter((kind) => kind === 'Deployment')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'Ingress')).toHaveLength(1);
  expect(kinds).not.toContain('KongPlugin');
  expect(kinds).not.toContain('Secret');
});
