// The entry of a proxy worker thread: joins the real world to one worker.
import { parentPort, workerData } from 'node:worker_threads';
import type { Channel } from '../ports/channel.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import { createWorker } from '../proxy/server/worker.ts';
import { createChannel } from './channel.ts';
import { collectStartGarbage } from './engine-flags.ts';
import { createEnv } from './env.ts';
import type { ThreadStart } from './workers.ts';

/** The first tables are there, and nobody can connect yet: `post` is called right before the worker listens. */
function tidiesOnce(channel: Channel): Channel {
  const { post } = channel;
  channel.post = (message, moved) => {
    post(message, moved);
    if (message.kind !== 'swapped') return;
    channel.post = post;
    collectStartGarbage();
  };
  return channel;
}

if (parentPort === null) throw new Error('worker-thread is not a program: the proxy starts it as a thread');
const { options, shared, log } = workerData as ThreadStart;
const channel = tidiesOnce(createChannel(parentPort));
createWorker(createEnv(log), channel, options as unknown as WorkerOptions, shared);
