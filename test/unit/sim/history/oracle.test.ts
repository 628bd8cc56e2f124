// The differential oracle on a small plan: the way there, mistakes and crashes make no difference; and what makes one is
// found.
import { describe, expect, it } from 'vitest';
import { compareCrash } from '../../../../sim/history/crash-comparison.ts';
import { comparisons } from '../../../../sim/history/oracle.ts';
import { compareOutcomes, describeConfig } from '../../../../sim/history/outcome.ts';
import { type History, runHistory } from '../../../../sim/history/run.ts';
import { emptyConfig } from '../../../../src/kong/config.ts';
import { planOf, readCrds, type Trial } from '../faults/small-plan.ts';
import { configOf, ingress, service, slice } from '../properties/told.ts';

const crds = readCrds();
const trial: Trial = {
  fault: 'unseen-events',
  parameters: { permille: 1_000 },
  target: 'ingresses.networking.k8s.io',
};
const history = runHistory(planOf(trial, 2_000), { crds, endsEarly: true });

/** The history as if a gateway had ended with nothing. */
const spoilt: History = {
  ...history,
  evidence: {
    ...history.evidence,
    configs: [...history.evidence.configs, { ...history.evidence.configs.at(-1)!, config: emptyConfig }],
  },
};

describe('the differential oracle', () => {
  for (const comparison of comparisons) {
    const others = comparison.derive(history).map((plan) => runHistory(plan, { crds, endsEarly: true }));
    const { id, name } = comparison.property;
    it(`${id}: ${name}`, () => {
      expect(comparison.judge(history, others).violations).toEqual([]);
      // A history without the fault in question has nothing to be compared with.
      const expected = { D1: 1, D2: 1, P45: 0, P46: others.length }[id];
      expect(comparison.judge(history, others).premises).toBe(expected);
    });
  }

  it('a gateway that ended with nothing is found', () => {
    const [route] = comparisons;
    const [scratch] = route!.derive(history).map((plan) => runHistory(plan, { crds, endsEarly: true }));
    expect(route!.judge(spoilt, [scratch!]).violations[0]?.message).toContain('- gateway-1 ');
  });
});

describe('a crash compared with calm', () => {
  const crashed = runHistory(planOf({ fault: 'crash-controller', target: 'controller-1' }, 2_000), {
    crds,
    endsEarly: true,
  });
  it('costs nothing but time', () => {
    expect(compareCrash(history, crashed)).toEqual({ premises: 1, violations: [] });
  });
  it('is found when it cost a config', () => {
    expect(compareCrash(spoilt, crashed).violations[0]?.message).toContain('+ gateway-1 ');
  });
});

describe('outcomes', () => {
  const pods = (...addresses: readonly string[]) => [
    service('shop'),
    slice('shop', addresses),
    ingress('shop'),
  ];
  it.each([
    [
      'other addresses and uids',
      pods('10.0.0.1'),
      [service('shop', { uid: 'b' }), slice('shop', ['10.0.0.9']), ingress('shop')],
      0,
    ],
    ['another number of pods', pods('10.0.0.1'), pods('10.0.0.1', '10.0.0.2'), 2],
    [
      'another host',
      pods('10.0.0.1'),
      [...pods('10.0.0.1').slice(0, 2), ingress('shop', { host: 'other.example' })],
      2,
    ],
  ] as const)('%s', (_name, mine, theirs, lines) => {
    const [a, b] = [describeConfig(configOf(...mine)), describeConfig(configOf(...theirs))];
    expect(compareOutcomes(a, b)).toHaveLength(lines);
  });
});
