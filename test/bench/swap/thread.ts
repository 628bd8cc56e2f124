// A worker of the proxy on a thread of its own whose slices and collections of garbage are timed.
import { PerformanceObserver } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { createEnv } from '../../../src/io/env.ts';
import { createShared } from '../../../src/io/shared.ts';
import type { Channel } from '../../../src/ports/channel.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { WorkerMessage } from '../../../src/proxy/server/protocol.ts';
import { routeCounterCount, routeRowsDefault } from '../../../src/proxy/server/route-counters.ts';
import { statisticsWords } from '../../../src/proxy/server/statistics.ts';
import { createWorker } from '../../../src/proxy/server/worker.ts';
import { queuedMs } from '../queued.ts';
import type { CaseSamples, Slice } from './slices.ts';

const handOverMs = 50;
const port = parentPort!;
const env = createEnv({ format: 'text', level: 'warn' });
let slices: Slice[] = [];
let collectionsMs: number[] = [];

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collectionsMs.push(duration);
}).observe({ entryTypes: ['gc'] });

function timed(run: () => void): void {
  const queuedBeforeMs = queuedMs();
  const startMs = performance.now();
  run();
  const wallMs = performance.now() - startMs;
  slices.push({ wallMs, queuedMs: queuedMs() - queuedBeforeMs });
}

/** Work that is due at once is table building: nothing else is going on here. */
const clock: Clock = {
  ...env.clock,
  after: (delayMs, run) => env.clock.after(delayMs, delayMs === 0 ? () => timed(run) : run),
};

const channel: Channel = {
  onMessage: null,
  post(message) {
    if ((message as unknown as WorkerMessage).kind !== 'swapped') return;
    // Entries of the observer are handed over in a later turn, and the last slice is not over yet.
    setTimeout(() => {
      port.postMessage({ slices, collectionsMs } satisfies CaseSamples);
      slices = [];
      collectionsMs = [];
    }, handOverMs);
  },
};

const memory = createShared();
createWorker(
  { ...env, clock },
  channel,
  {
    kind: 'start',
    index: 0,
    host: '127.0.0.1',
    httpPort: 0,
    httpsPort: -1,
    accessLog: 'off',
    keepaliveTimeoutMs: 75_000,
    headTimeoutMs: 60_000,
  },
  {
    health: memory.allocate(1 << 16),
    shares: memory.allocate(1 << 16),
    counters: memory.allocate(1 << 10),
    statistics: memory.allocateCounters(statisticsWords),
    routes: [memory.allocateCounters(routeCounterCount(routeRowsDefault))],
  },
);
port.on('message', (message) => timed(() => channel.onMessage!(message)));
