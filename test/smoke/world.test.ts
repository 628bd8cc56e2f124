// The product in virtual time: API server, cluster controllers, a kubelet per node, our controller manager, proxy with two
// workers, pods and clients in one process. One story with one controller, one with two that elect a leader.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunReport, StoryName } from './world-run.ts';

const program = fileURLToPath(new URL('./world-run.ts', import.meta.url));

function run(story: StoryName, seed: number): Promise<RunReport> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, story, String(seed)],
      { maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        error === null ? resolve(JSON.parse(stdout) as RunReport) : reject(new Error(stderr)),
    );
  });
}

/** Burns one core until killed, half a minute at most. */
function startStress(): ChildProcess {
  const burn =
    'const until = Date.now() + 30000; while (Date.now() < until) JSON.stringify({ a: [1, 2, 3] });';
  return spawn(process.execPath, ['-e', burn], { stdio: 'ignore' });
}

/** Runs the story again with both cores busy: everything but the time it took has to be the same. */
async function expectSameUnderStress(story: StoryName, seed: number, calm: RunReport): Promise<void> {
  const stress = [startStress(), startStress()];
  try {
    const stressed = await run(story, seed);
    expect({ ...stressed, wallMs: 0 }).toEqual({ ...calm, wallMs: 0 });
  } finally {
    for (const child of stress) child.kill();
  }
  const ratio = Math.round((calm.simulatedSeconds * 1_000) / calm.wallMs);
  console.log(
    `${story}: ${calm.simulatedSeconds} simulated seconds, ${calm.requests} requests, ${ratio} simulated seconds per second`,
  );
}

/** No request fails or strays but those that the crashed pod itself was answering and nobody may repeat. */
function expectShop(report: RunReport): void {
  expect([report.failed, report.misdelivered]).toEqual([[], []]);
  expect([report.podsMost, report.podsLast, report.idlePods]).toEqual([30, 5, []]);
  expect(report.requests).toBeGreaterThan(1_000);
  const { lost, repeated, onTheWire } = report.crashed;
  expect(lost + repeated).toBe(report.inFlight);
  expect(lost >= 1 && repeated >= 1 && onTheWire <= 2).toBe(true);
  // Unready, then ready again: two changes of the slices, two rounds, two deltas.
  expect(report.crashSeen).toEqual([false, true]);
  expect(report.rounds).toEqual({ translations: 2, pushes: 2, deltas: 2 });
}

/** Two leaders crash one after the other in the middle of a change, and nobody outside notices. */
function expectSuccession(report: RunReport): void {
  expect([report.failed, report.misdelivered]).toEqual([[], []]);
  expect([report.podsLast, report.idlePods]).toEqual([8, []]);
  const [first, second, third] = report.leaders;
  expect(first).not.toBe(second);
  expect(third).toBe(first);
  // A lease of 15 s that was renewed up to 2 s before the crash, found expired by a look every 2 to 2.4 s.
  for (const seconds of report.interregnaSeconds) expect(seconds >= 13 && seconds <= 19).toBe(true);
  expect(report.rounds.deltas).toBeGreaterThan(0);
}

describe('the shop in virtual time', () => {
  it('loses and misdelivers nothing, and is the same run in another process under CPU stress', async () => {
    const calm = await run('shop', 1);
    expectShop(calm);
    await expectSameUnderStress('shop', 1, calm);
  });

  it('is another run with another seed, and as good', async () => {
    const [first, second] = await Promise.all([run('shop', 2), run('shop', 3)]);
    expect(first.hash).not.toBe(second.hash);
    expectShop(first);
    expectShop(second);
  });
});

describe('two controllers beside a proxy of its own', () => {
  it('keep the gateway served through two crashes of the leader, the same in another process', async () => {
    const calm = await run('succession', 1);
    expectSuccession(calm);
    await expectSameUnderStress('succession', 1, calm);
  });

  it('do so with another seed too', async () => {
    expectSuccession(await run('succession', 2));
  });
});
