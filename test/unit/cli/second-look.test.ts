// What is run once more, in virtual time, to tell chance from difference.
import { expect, test } from 'vitest';
import type { ScenarioResult } from '../../../scenarios/runner/report.ts';
import type { Job } from '../../../src/cli/scenario/run-all.ts';
import { secondLook } from '../../../src/cli/scenario/second-look.ts';

const labels = ['pods=drains', 'pods=resets'];
const selected = { file: { file: 'a.yaml' }, parsed: { cases: labels.map((label) => ({ label })) } };
const jobs = labels.flatMap((_, index) =>
  [1, 2, 3, 4, 5].map((seed) => ({ selected, index, seed }) as unknown as Job),
);

/** Properties that are judged in each run of the two cases. */
function resultOf(...judged: readonly (readonly string[])[]): readonly ScenarioResult[] {
  const runs = labels.flatMap((label, index) =>
    Array.from({ length: 5 }, () => ({ label, judged: judged[index]!, unjudged: [] })),
  );
  return [{ file: 'a.yaml', name: 'a', verdict: 'ok', why: '', runs: runs as never }];
}

test('the case in doubt, with seeds that it has not been run with', async () => {
  const sim = { backend: 'sim', results: resultOf(['P01'], ['P01']) } as const;
  const local = { backend: 'local', results: resultOf(['P01'], ['P01', 'P06']) } as const;
  for (const outcomes of [
    [sim, local],
    [local, sim],
  ]) {
    const again = await secondLook(outcomes, jobs);
    expect(again.map(({ index }) => index)).toEqual(again.map(() => 1));
    expect(again.map(({ seed }) => seed)).toEqual(again.map((_, turn) => 6 + turn));
    expect(again.length).toBeGreaterThan(30);
  }
  expect(await secondLook([sim, { ...local, results: sim.results }], jobs)).toEqual([]);
  // Who is not there cannot look, and one backend has nothing to differ from.
  expect(await secondLook([local, { ...local, backend: 'k3s' }], jobs)).toEqual([]);
  expect(await secondLook([sim], jobs)).toEqual([]);
});
