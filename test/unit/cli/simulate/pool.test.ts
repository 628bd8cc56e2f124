// A thread that ends before its time ends what waits for it, and says why: a campaign never just stops.
import { afterEach, describe, expect, it } from 'vitest';
import type { Canary } from '../../../../sim/canaries/canary.ts';
import { createPool, type Pool } from '../../../../src/cli/simulate/pool.ts';
import type { UnitsTask } from '../../../../src/cli/simulate/task.ts';

const task: UnitsTask = {
  do: 'units',
  options: { seed: 1, strategy: 'uniform', faults: [], properties: ['P12'], manifests: null },
  // Not under the sentinel, which takes timers for a mistake.
  fromUnit: 1,
  toUnit: 2,
};

/** In the simulator itself, where the history of a unit begins. */
function planted(replace: string): Canary {
  const find = 'export function runHistory(plan: Plan, surroundings: RunSurroundings): History {';
  const file = 'sim/history/run.ts';
  return { name: 'ends', property: 'P12', summary: '', file, find, replace: `${find}\n${replace}` };
}

const pools: Pool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

/** So many are done well where nothing is wrong; where something is, as many as it takes, since when a thread is gone is open. */
const soundTasks = 5;
/** What comes behind the first failure. */
const laterTasks = 2;

/** Tasks one after the other: how the first that fails does, and those behind it; '' = all were done. */
async function check(canary: Canary | null, jobs: number): Promise<readonly string[]> {
  const pool = createPool({ jobs, crds: [], canary });
  pools.push(pool);
  const run = (): Promise<string> =>
    pool.run(task).then(
      () => '',
      (error: Error) => error.message.split('\n', 1)[0]!,
    );
  let first = '';
  for (let index = 0; first === '' && (canary !== null || index < soundTasks); index++) first = await run();
  const outcomes = new Set([first]);
  for (let index = 0; index < laterTasks; index++) outcomes.add(await run());
  return [...outcomes];
}

describe('a pool whose threads', () => {
  it.each([
    ['do what they should', null, 1, /^$/],
    ['end in the middle of a task', planted('process.exit(0);'), 1, /ended: exit code 0$/],
    ['end after a task', planted('setImmediate(() => process.exit(0));'), 1, /ended: exit code 0$/],
    [
      'throw later',
      planted("queueMicrotask(() => { throw new Error('later'); });"),
      1,
      /ended: Error: later$/,
    ],
    ['cannot be loaded', planted('}'), 2, /ended: .*run\.ts/],
  ] as const)('%s', async (_name, canary, jobs, expected) => {
    const outcomes = await check(canary, jobs);
    expect(outcomes).toEqual([expect.stringMatching(expected)]);
  });
});
