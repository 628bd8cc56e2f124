// Jobs side by side, and what was undecided once more, alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideAll, sideBySide } from '../../../src/cli/scenario/decided.ts';

interface Job {
  readonly name: number;
  /** Turns of the event loop that each of its runs takes. */
  readonly turns: number;
  readonly undecidedRuns: number;
}

const anyJobs = fc
  .array(fc.record({ turns: fc.nat(9), undecidedRuns: fc.nat(2) }), { maxLength: 12 })
  .map((jobs) => jobs.map((job, name): Job => ({ ...job, name })));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function runAll(jobs: readonly Job[], most: number) {
  const runs: Map<number, number> = new Map();
  const beside: { readonly isAgain: boolean; readonly others: number }[] = [];
  let running = 0;
  const inTurn = sideBySide(most);
  const { decided } = decideAll(
    jobs,
    ({ name, turns, undecidedRuns }) =>
      inTurn(async () => {
        const run = (runs.get(name) ?? 0) + 1;
        runs.set(name, run);
        beside.push({ isAgain: run > 1, others: running++ });
        for (let left = turns; left > 0; left--) await turn();
        running--;
        return { name, run, isUndecided: run <= undecidedRuns };
      }),
    ({ isUndecided }) => isUndecided,
  );
  return { answers: await Promise.all(decided), beside };
}

test('each undecided job runs once more, with nothing beside it, and answers are in the order of jobs', async () => {
  await fc.assert(
    fc.asyncProperty(anyJobs, fc.integer({ min: 1, max: 4 }), async (jobs, most) => {
      const { answers, beside } = await runAll(jobs, most);
      expect(answers).toEqual(
        jobs.map(({ name, undecidedRuns }) => ({
          name,
          run: undecidedRuns > 0 ? 2 : 1,
          isUndecided: undecidedRuns > 1,
        })),
      );
      expect(beside.filter(({ isAgain, others }) => isAgain && others > 0)).toEqual([]);
      expect(beside.every(({ others }) => others < most)).toBe(true);
    }),
  );
});

test('as many run side by side as are allowed', async () => {
  const jobs = Array.from({ length: 6 }, (_, name) => ({ name, turns: 3, undecidedRuns: 0 }));
  const { beside } = await runAll(jobs, 3);
  expect(Math.max(...beside.map(({ others }) => others))).toBe(2);
});

test('a job that fails fails alone', async () => {
  const { decided } = decideAll(
    ['broken', 'undecided'],
    async (job) => {
      if (job === 'broken') throw new Error('it is broken');
      return job;
    },
    (answer) => answer === 'undecided',
  );
  await expect(decided[0]).rejects.toThrow('it is broken');
  await expect(decided[1]).resolves.toBe('undecided');
});

test('a failure that one of the two has told is no failure that nobody heard of', async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  try {
    const { first } = decideAll(
      ['broken'],
      () => Promise.reject(new Error('it is broken')),
      () => false,
    );
    await expect(first[0]).rejects.toThrow('it is broken');
    await turn();
    await turn();
  } finally {
    process.off('unhandledRejection', hear);
  }
  expect(unheard).toEqual([]);
});
