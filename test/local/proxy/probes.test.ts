// Probes while every worker has more to do than it can: they are answered by the main thread, so they do not wait.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startProxyProcess } from './running-proxy.ts';

const connections = 300;
const probesPerRound = 20;
const limitMs = 100;
/** A machine that is busy with other things may spoil some. */
const roundsMax = 8;

/** The slowest answer. */
async function round(url: string): Promise<number> {
  let slowestMs = 0;
  for (let i = 0; i < probesPerRound; i++) {
    const startMs = performance.now();
    const reply = await fetch(url);
    await reply.arrayBuffer();
    expect([200, 503]).toContain(reply.status);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
  }
  return slowestMs;
}

test('a probe is answered within 100 ms while all workers are saturated', async () => {
  const proxy = await startProxyProcess();
  const url = `${proxy.ready.status}/status/ready`;
  // Nobody's first request is measured.
  await round(url);
  const load = new Worker(new URL('./load-thread.ts', import.meta.url), {
    workerData: { port: Number(new URL(proxy.ready.proxy).port), connections },
  });
  try {
    await once(load, 'message');
    const slowest: number[] = [];
    do slowest.push(await round(url));
    while (slowest.at(-1)! >= limitMs && slowest.length < roundsMax);
    expect(Math.min(...slowest)).toBeLessThan(limitMs);
  } finally {
    await load.terminate();
    await proxy.stop();
  }
});
