// The entry of a proxy worker thread: joins the real world to one worker.
import { parentPort, workerData } from 'node:worker_threads';
import type { Channel } from '../ports/channel.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import { createWorker } from '../proxy/server/worker.ts';
import { createChannel } from './channel.ts';
import { collectStartGarbage, letLargeHeapGrow } from './engine-flags.ts';
import { createEnv } from './env.ts';
import type { ThreadStart } from './workers.ts';

/** Looks after the heap when there are other tables; with the first nobody can connect yet, for the worker listens after `post`. */
function tendsHeap(channel: Channel): Channel {
  const { post } = channel;
  let isFirst = true;
  channel.post = (message, moved) => {
    post(message, moved);
    if (message.kind !== 'swapped') return;
    if (isFirst) collectStartGarbage();
    isFirst = false;
    if (letLargeHeapGrow()) channel.post = post;
  };
  return channel;
}

if (parentPort === null) throw new Error('worker-thread is not a program: the proxy starts it as a thread');
const { options, shared, log } = workerData as ThreadStart;
const channel = tendsHeap(createChannel(parentPort));
createWorker(createEnv(log), channel, options as unknown as WorkerOptions, shared);
