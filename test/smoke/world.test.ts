// The product in virtual time: API server, cluster controllers, kubelets, our controller manager, proxy with two workers,
// pods and clients in one process, through scaling, a rolling update, a pod crash and a controller crash.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunReport } from './world-run.ts';

const program = fileURLToPath(new URL('./world-run.ts', import.meta.url));

function run(seed: number): Promise<RunReport> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, String(seed)], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
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

describe('the shop in virtual time', () => {
  it('loses and misdelivers nothing, and is the same run in another process under CPU stress', async () => {
    const calm = await run(1);
    const { wallMs, ...expected } = calm;
    expect(calm.failed).toEqual([]);
    expect(calm.misdelivered).toEqual([]);
    expect(calm.requests).toBeGreaterThan(1_000);
    expect([calm.podsMost, calm.podsLast, calm.idlePods]).toEqual([30, 5, []]);
    const stress = [startStress(), startStress()];
    try {
      const { wallMs: _stressedMs, ...stressed } = await run(1);
      expect(stressed).toEqual(expected);
    } finally {
      for (const child of stress) child.kill();
    }
    const ratio = Math.round((calm.simulatedSeconds * 1_000) / wallMs);
    console.log(
      `${calm.simulatedSeconds} simulated seconds, ${calm.requests} requests, ${ratio} simulated seconds per second`,
    );
  });

  it('is another run with another seed, and as good', async () => {
    const [first, second] = await Promise.all([run(2), run(3)]);
    expect(first.hash).not.toBe(second.hash);
    expect([first.failed, first.misdelivered, second.failed, second.misdelivered]).toEqual([[], [], [], []]);
  });
});
