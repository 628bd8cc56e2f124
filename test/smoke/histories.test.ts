// A sample of random histories of the product, and the proof that one that fails says all that is needed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plans } from '../../sim/history/generate/plan.ts';
import type { Plan } from '../../sim/history/plan.ts';
import { checkHistories, simTest } from '../simulate/sim-test.ts';

simTest('random histories violate nothing', plans(), { runs: 60, seed: 20_261, exercises: ['P12', 'P15'] });
simTest('nor do they with few switches between many ties', plans({ strategy: 'pct' }), { runs: 10, seed: 7 });

test('what fails names property, seed, plan, trace and how to replay it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-traces-'));
  // A fault that the catalogue has not is an exception of the run.
  const breakIt = (plan: Plan): Plan => ({
    ...plan,
    timeline: [
      ...plan.timeline,
      {
        id: 'f9',
        atMs: 7_000,
        do: 'fault',
        fault: 'no-such',
        untilMs: 7_000,
        target: '',
        parameters: {},
        when: null,
      },
    ],
  });
  try {
    expect(() =>
      checkHistories('broken', plans().map(breakIt), { runs: 2, seed: 5, traces: folder, shrinkRunsMax: 30 }),
    ).toThrow(
      new RegExp(
        [
          '^violated P00: .*',
          '  Error: the plan names a fault that does not exist: no-such[^]*',
          '  broken, seed 5 number 0: a plan of \\d+ entries, 1 after shrinking \\(\\d+ runs\\)',
          `  trace   ${folder}/P00-broken-seed-5-number-0.jsonl.gz`,
          `  replay  npx tidegate replay ${folder}/P00-broken-seed-5-number-0.jsonl.gz$`,
        ].join('\n'),
      ),
    );
    expect(readdirSync(folder)).toEqual(['P00-broken-seed-5-number-0.jsonl.gz']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a property whose premise never held says so', () => {
  const calm = plans().map((plan): Plan => ({ ...plan, timeline: [] }));
  expect(() => checkHistories('calm', calm, { runs: 1, exercises: ['P12'] })).toThrow(
    'the premise of P12 did not hold once',
  );
});
