// Proxy workers as threads of this process: each gets its options, the shared memory and a channel.
import { Worker as Thread } from 'node:worker_threads';
import type { ChannelMessage } from '../ports/channel.ts';
import type { SharedMemory } from '../ports/shared.ts';
import type { Worker, Workers } from '../ports/workers.ts';
import { createChannel } from './channel.ts';
import type { LogOptions } from './log.ts';

/** What a thread is started with (structured clone; the memory is shared, not copied). */
export interface ThreadStart {
  readonly options: ChannelMessage;
  readonly shared: SharedMemory;
  readonly log: Omit<LogOptions, 'write'>;
}

/** The entry runs as .ts in a clone and as .js in the built package. */
const entry = new URL(`./worker-thread${import.meta.url.slice(-3)}`, import.meta.url);

/**
 * Requests wait while garbage is collected. New tables are all alive, so a large young generation means long pauses (4 ms
 * instead of half a one at 10,000 routes); requests leave next to nothing alive, so a small one costs them nothing.
 */
export const workerMemory = { maxYoungGenerationSizeMb: 6 };

/** A worker whose objects need more than `heapMb` ends, and is replaced: better than the whole process by the kernel. */
export function createWorkers(log: Omit<LogOptions, 'write'>, heapMb: number): Workers {
  return {
    start(index, options, shared) {
      const start: ThreadStart = { options, shared, log };
      const name = `proxy-worker-${index}`;
      const resourceLimits = { ...workerMemory, maxOldGenerationSizeMb: heapMb };
      const thread = new Thread(entry, { workerData: start, name, resourceLimits });
      const worker: Worker = {
        channel: createChannel(thread),
        onExit: null,
        terminate() {
          void thread.terminate();
        },
      };
      let reason = '';
      thread.on('error', (error) => {
        reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      });
      thread.on('exit', (code) => worker.onExit?.(reason === '' ? `exit code ${code}` : reason));
      return worker;
    },
  };
}
