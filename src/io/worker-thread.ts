// The entry of a proxy worker thread: joins the real world to one worker.
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import { createWorker } from '../proxy/server/worker.ts';
import { createChannel } from './channel.ts';
import { createEnv } from './env.ts';
import type { ThreadStart } from './workers.ts';

if (parentPort === null) throw new Error('worker-thread is not a program: the proxy starts it as a thread');
const { options, shared, log } = workerData as ThreadStart;
createWorker(createEnv(log), createChannel(parentPort), options as unknown as WorkerOptions, shared);
