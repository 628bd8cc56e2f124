// Scenarios against real processes: a few of each kind, one that fails with a defect in the product by the same property as in
// virtual time, and a plan of the simulator. All of them: `tidegate scenario run --on local`, `tidegate scenario canaries --on local`.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../../scenarios/language/parse.ts';
import { findCanary } from '../../../sim/canaries/catalogue.ts';
import { planAt } from '../../../sim/history/generate/plan-at.ts';
import { readTrace } from '../../../sim/trace/read.ts';
import { readScenarios } from '../../../src/cli/scenario/files.ts';
import { readDefinitions } from '../../../src/cli/simulate/definitions.ts';
import { createPool, type Pool } from '../../../src/cli/simulate/pool.ts';
import type { ScenarioAnswer } from '../../../src/cli/simulate/task.ts';

const folder = new URL('../../../scenarios/', import.meta.url).pathname;
const remains = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`tidegate-local-${process.pid}-`));

function run(
  pool: Pool,
  name: string,
  settings: readonly (readonly [string, string])[] = [],
): Promise<ScenarioAnswer> {
  const [found] = readScenarios([`${folder}${name}.yaml`]);
  const { file, text } = found!;
  expect(parseScenario(file, text).complaints).toEqual([]);
  return pool.run({ do: 'scenario', file, text, settings, index: 0, seed: 1, keepsPlan: false });
}

describe('as the product is', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = createPool({ jobs: 4, crds: readDefinitions(), scenarios: 'local' });
  });
  afterAll(async () => {
    await pool.close();
    expect(remains()).toEqual([]);
  });

  test('scenarios are kept and a plan of the simulator holds, judged by most properties', async () => {
    const [hosted, ...answers] = await Promise.all([
      pool.run({ do: 'host', plan: planAt(1, 2), label: 'seed 1 index 2' }),
      run(pool, 'reconfiguration/tls-rotation'),
      run(pool, 'failure/proxy-crash'),
      run(pool, 'failure/leader-loss'),
    ]);
    for (const { run: one } of answers) {
      const { verdict, why, violations, judged, unjudged } = one!;
      expect([verdict, why, violations]).toEqual(['ok', '', []]);
      expect(judged.length).toBeGreaterThan(15);
      expect(judged).toEqual(expect.arrayContaining(['P01', 'P26', 'P28', 'P30']));
      expect(unjudged.map(([id]) => id)).toEqual(['P19']);
    }
    expect(hosted?.report.violations).toEqual([]);
    expect(hosted?.report.premises.filter(([, held]) => held > 0).length).toBeGreaterThan(15);
  });

  test('what it cannot do is said, and nothing is run', async () => {
    const { run: one } = await run(pool, 'failure/node-loss');
    expect(one).toMatchObject({
      verdict: 'unsupported',
      why: 'fault lose-node: loopback has no links that could be broken, thinned or slowed down',
      requests: 0,
    });
  });
});

test('with a defect in the product a scenario fails by the property of the defect, and leaves a trace', async () => {
  const canary = findCanary('retry-of-post')!;
  const pool = createPool({ jobs: 1, crds: readDefinitions(), canary, scenarios: 'local' });
  const { run: one, trace } = await run(pool, 'traffic/retry-safety', [['fault', 'pod-resets-exchanges']]);
  await pool.close();
  expect(one?.verdict).toBe('violated');
  expect(one?.violations.map(({ property }) => property)).toContain(canary.property);
  const read = readTrace(`${trace!.join('\n')}\n`);
  expect(read.ok && read.value.manifest).toMatchObject({ det: false, canary: 'retry-of-post' });
  expect(read.ok && read.value.story.length).toBeGreaterThan(100);
});
