// A few simulation threads that take tasks in the order in which they are given. Who uses it puts the results in order.
import { Worker as Thread } from 'node:worker_threads';
import type { Task, TaskResults, ThreadReply, ThreadRequest, ThreadStart } from './task.ts';

export interface Pool {
  readonly jobs: number;
  run<T extends Task>(task: T): Promise<TaskResults[T['do']]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly task: Task;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The entry runs as .ts in a clone and as .js in the built package. */
const entry = new URL(`./thread${import.meta.url.slice(-3)}`, import.meta.url);

export function createPool(jobs: number, start: ThreadStart): Pool {
  const queue: Waiting[] = [];
  const idle: Thread[] = [];
  const running: Map<Thread, Waiting> = new Map();
  let closing = false;

  const next = (): void => {
    while (queue.length > 0 && idle.length > 0) {
      const thread = idle.shift()!;
      const waiting = queue.shift()!;
      running.set(thread, waiting);
      thread.postMessage({ id: 0, task: waiting.task } satisfies ThreadRequest);
    }
  };

  const threads = Array.from({ length: jobs }, (_, index) => {
    const thread = new Thread(entry, { workerData: start, name: `simulation-${index + 1}` });
    let lastError = '';
    thread.on('message', (reply: ThreadReply) => {
      const waiting = running.get(thread)!;
      running.delete(thread);
      idle.push(thread);
      next();
      if (reply.ok) waiting.resolve(reply.result as never);
      else waiting.reject(new Error(reply.error));
    });
    thread.on('error', (error) => {
      lastError = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    thread.on('exit', (code) => {
      if (closing) return;
      const error = new Error(`a simulation thread ended: ${lastError || `exit code ${code}`}`);
      running.get(thread)?.reject(error);
      running.delete(thread);
      if (running.size === 0) for (const waiting of queue.splice(0)) waiting.reject(error);
    });
    return thread;
  });
  idle.push(...threads);

  return {
    jobs,
    run: (task) =>
      new Promise((resolve, reject) => {
        queue.push({ task, resolve: resolve as Waiting['resolve'], reject });
        next();
      }),
    async close() {
      closing = true;
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
