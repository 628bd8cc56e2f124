// A few simulation threads, or processes, that take tasks in the order in which they are given. Who uses them puts the
// results in order.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Worker as Thread } from 'node:worker_threads';
import type { Task, TaskResults, ThreadReply, ThreadRequest, ThreadStart } from './task.ts';

export interface Pool {
  readonly jobs: number;
  run<T extends Task>(task: T): Promise<TaskResults[T['do']]>;
  /** What runs as time goes by ends now; its results say so. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface PoolOptions extends Partial<ThreadStart> {
  /** Default: as many as there are cores. */
  readonly jobs?: number;
  readonly crds: readonly unknown[];
  /** A process shares nothing with this one; it starts in a third of a second. */
  readonly as?: 'threads' | 'processes';
}

interface Waiting {
  readonly task: Task;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A thread or a process, as far as tasks go. */
interface Worker {
  post(request: ThreadRequest): void;
  end(): Promise<void>;
}

interface WorkerEvents {
  onReply(reply: ThreadReply): void;
  onExit(reason: string): void;
}

/** The entry runs as .ts in a clone and as .js in the built package. */
const entry = new URL(`./thread${import.meta.url.slice(-3)}`, import.meta.url);

function startThread(start: ThreadStart, events: WorkerEvents): Worker {
  const thread = new Thread(entry, { workerData: start, name: 'simulation' });
  let reason = '';
  thread.on('message', events.onReply);
  thread.on('error', (error) => {
    reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  thread.on('exit', (code) => events.onExit(reason === '' ? `exit code ${code}` : reason));
  return {
    post: (request) => thread.postMessage(request),
    async end() {
      await thread.terminate();
    },
  };
}

function startProcess(start: ThreadStart, events: WorkerEvents): Worker {
  const child: ChildProcess = fork(entry, {
    serialization: 'advanced',
    execArgv: start.forcesGc ? ['--expose-gc'] : [],
  });
  child.on('message', (reply) => events.onReply(reply as unknown as ThreadReply));
  child.on('error', (error) => events.onExit(error.message));
  child.on('exit', (code, signal) => events.onExit(signal ?? `exit code ${code}`));
  child.send(start);
  return {
    post(request) {
      child.send(request);
    },
    end: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        else child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

export function createPool(options: PoolOptions): Pool {
  const { crds, canary = null, forcesGc = false, scenarios = null, jobs = availableParallelism() } = options;
  const startWorker = options.as === 'processes' ? startProcess : startThread;
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const running: Map<Worker, Waiting> = new Map();
  const ended: Set<Worker> = new Set();
  let lastEnd = new Error('a simulation thread ended');
  let closing = false;

  const next = (): void => {
    while (queue.length > 0 && idle.length > 0) {
      const worker = idle.shift()!;
      const waiting = queue.shift()!;
      running.set(worker, waiting);
      worker.post({ task: waiting.task });
    }
    // The others go on; without any, nothing that waits will ever be done.
    if (ended.size === jobs) for (const { reject } of queue.splice(0)) reject(lastEnd);
  };

  const takeOut = (worker: Worker, reason: string): void => {
    if (closing || ended.has(worker)) return;
    ended.add(worker);
    lastEnd = new Error(`a simulation thread ended: ${reason}`);
    const waiting = running.get(worker);
    running.delete(worker);
    // What is posted to one that has ended is lost without a word.
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    waiting?.reject(lastEnd);
    next();
  };

  const workers = Array.from({ length: jobs }, () => {
    const worker: Worker = startWorker(
      { crds, canary, forcesGc, scenarios },
      {
        onReply(reply) {
          const waiting = running.get(worker)!;
          running.delete(worker);
          idle.push(worker);
          next();
          if (reply.ok) waiting.resolve(reply.result as never);
          else waiting.reject(new Error(reply.error));
        },
        onExit: (reason) => takeOut(worker, reason),
      },
    );
    return worker;
  });
  idle.push(...workers);

  return {
    jobs,
    run: (task) =>
      new Promise((resolve, reject) => {
        queue.push({ task, resolve: resolve as Waiting['resolve'], reject });
        next();
      }),
    interrupt() {
      for (const worker of running.keys()) worker.post({ task: 'interrupt' });
    },
    async close() {
      closing = true;
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}
