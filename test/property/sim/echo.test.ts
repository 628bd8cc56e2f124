// The first proof of the simulator: the same seed is the same run, in another process and on a busy machine, and
// nobody's run depends on who else is there.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runEcho } from './echo-world.ts';

const program = fileURLToPath(new URL('./echo-world.ts', import.meta.url));
const seeds = fc.integer({ min: 0, max: 0xffffffff });
const clients = ['ada', 'ben', 'cleo', 'dan'];

function runInProcess(seed: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, String(seed)], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}

/** Burns one core until killed, five seconds at most. */
function startStress(): ChildProcess {
  const burn =
    'const until = Date.now() + 5000; while (Date.now() < until) JSON.stringify({ a: [1, 2, 3] });';
  return spawn(process.execPath, ['-e', burn], { stdio: 'ignore' });
}

describe('determinism', () => {
  it('gives the same hash in two processes, one under CPU stress', async () => {
    const calm = await runInProcess(7);
    const stress = [startStress(), startStress(), startStress()];
    try {
      expect(await runInProcess(7)).toBe(calm);
    } finally {
      for (const child of stress) child.kill();
    }
    expect(JSON.parse(calm).events).toBeGreaterThan(1_000);
    expect(await runInProcess(8)).not.toBe(calm);
  });

  it('gives the same hash again in one process, and another for another seed', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const first = runEcho({ seed, clients, rounds: 5, faults: true });
        expect(runEcho({ seed, clients, rounds: 5, faults: true })).toEqual(first);
        if (other !== seed) expect(runEcho({ seed: other, clients, rounds: 5 }).hash).not.toBe(first.hash);
      }),
      { numRuns: 40 },
    );
  });

  it('changes no event of the others when one client is left out', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...clients), (seed, removed) => {
        const all = runEcho({ seed, clients, rounds: 6, faults: true });
        const fewer = runEcho({
          seed,
          clients: clients.filter((name) => name !== removed),
          rounds: 6,
          faults: true,
        });
        const { [removed]: _left, ...others } = all.stories;
        expect(fewer.stories).toEqual(others);
      }),
      { numRuns: 60 },
    );
  });

  it('names the event that scheduled each event', () => {
    const causes: Map<number, number> = new Map();
    runEcho({
      seed: 3,
      clients,
      rounds: 2,
      recorder: { event: (sequence, cause) => causes.set(sequence, cause), observation() {} },
    });
    for (const [sequence, cause] of causes) {
      expect(cause).toBeLessThan(sequence);
      expect(cause === 0 || causes.has(cause)).toBe(true);
    }
  });
});

describe('streams', () => {
  it('keep their content whatever the segmentation', () => {
    const limits = fc.constantFrom(1, 2, 7, 64, 1_000, 0);
    fc.assert(
      fc.property(seeds, limits, fc.nat(2_000), (seed, segmentBytesMax, jitterUs) => {
        const outcome = runEcho({
          seed,
          clients: ['ada', 'ben'],
          rounds: 2,
          link: { segmentBytesMax, jitterUs },
        });
        expect(outcome.received).toEqual(outcome.sent);
        for (const lines of Object.values(outcome.stories)) expect(lines.at(-1)).toMatch(/closed null$/);
      }),
      { numRuns: 30 },
    );
  });
});
