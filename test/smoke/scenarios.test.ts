// Every scenario of the repository keeps its promise on the simulator, one run of each case; and scenarios can fail: with a
// fitting defect in the product each of these is violated, by the property that the defect belongs to.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../scenarios/language/parse.ts';
import { fittingScenarios } from '../../scenarios/runner/canaries.ts';
import { resultOf, type ScenarioRun } from '../../scenarios/runner/report.ts';
import { findCanary } from '../../sim/canaries/catalogue.ts';
import { readScenarios, type ScenarioFile } from '../../src/cli/scenario/files.ts';
import { readDefinitions } from '../../src/cli/simulate/definitions.ts';
import { createPool, type Pool } from '../../src/cli/simulate/pool.ts';

const root = new URL('../../', import.meta.url).pathname;
const folder = `${root}scenarios/`;
const suites = ['failure', 'reconfiguration', 'scaling', 'start', 'tenancy', 'traffic'];

async function runFile(pool: Pool, { file, text }: ScenarioFile): Promise<readonly ScenarioRun[]> {
  const { cases, complaints } = parseScenario(file, text);
  expect(complaints).toEqual([]);
  const answers = await Promise.all(
    cases.map((_, index) =>
      pool.run({ do: 'scenario', file, text, settings: [], index, seed: 1, keepsPlan: false }),
    ),
  );
  expect(answers.flatMap((answer) => answer.complaints)).toEqual([]);
  return answers.flatMap(({ run }) => run ?? []);
}

/** What a person would want to know of a result that is not as it should be. */
function shortOf(runs: readonly ScenarioRun[]): readonly string[] {
  const { verdict, why } = resultOf(runs);
  return [
    verdict,
    ...(why === '' ? [] : [why]),
    ...runs.flatMap(({ label, violations }) =>
      violations.map(({ property, message }) => `${label} ${property}: ${message.slice(0, 200)}`),
    ),
  ];
}

describe('the suites', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = createPool({ jobs: 2, crds: readDefinitions(), scenarios: 'sim' });
  });
  afterAll(() => pool.close());

  test('are these, with at least 45 scenarios', () => {
    const all = readScenarios([folder]);
    expect(all.length).toBeGreaterThanOrEqual(45);
    expect([...new Set(all.map(({ file }) => file.slice(folder.length).split('/')[0]))].sort()).toEqual(
      suites,
    );
    const names = all.map(({ file, text }) => parseScenario(file, text).name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const suite of suites)
    test(suite, async () => {
      const files = readScenarios([`${folder}${suite}`]);
      expect(files.length).toBe(readdirSync(`${folder}${suite}`).length);
      for (const file of files) {
        const runs = await runFile(pool, file);
        expect([file.file.slice(folder.length), ...shortOf(runs)]).toEqual([
          file.file.slice(folder.length),
          'ok',
        ]);
      }
    });
});

describe('with a defect in the product', () => {
  test.each(fittingScenarios)(
    '$canary: $scenario fails by its property',
    async ({ canary: name, scenario }) => {
      const canary = findCanary(name)!;
      const pool = createPool({ jobs: 2, crds: readDefinitions(), canary, scenarios: 'sim' });
      const [file] = readScenarios([`${folder}${scenario}.yaml`]);
      const runs = await runFile(pool, file!);
      await pool.close();
      expect(runs.flatMap(({ violations }) => violations.map(({ property }) => property))).toContain(
        canary.property,
      );
    },
  );
});
