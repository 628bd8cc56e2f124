// Runs scenarios on a cluster, several at a time, each in namespaces of its own, with the face of a pool of simulation threads.
// What a failed run leaves behind is collected before it is deleted.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import { packBundle } from '../bundle/format.ts';
import { gatherBundle } from '../bundle/gather.ts';
import { deployObjects } from '../deploy/manifests.ts';
import { writeOutput } from '../output-file.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import type { Pool } from '../simulate/pool.ts';
import { scenariosOn } from '../simulate/scenario-thread.ts';
import type { ScenarioAnswer, ScenarioTask, Task, TaskResults } from '../simulate/task.ts';
import { failuresFolder } from '../simulate/trace-files.ts';
import type { OpenCluster } from './open.ts';

export interface ClusterPoolOptions {
  readonly cluster: OpenCluster;
  readonly jobs: number;
  /** A world whose scenario failed stays. */
  readonly keepsFailed: boolean;
  readonly say: (sentence: string) => void;
}

const labelOfRun = (run: string): string => `app=${run}`;

/** Everything of a run's namespaces, for whoever wants to know why it failed. */
async function keepEvidence({ cluster }: ClusterPoolOptions, run: string): Promise<string> {
  const { runLabel } = await import('../../../scenarios/runner/k3s/proxies.ts');
  const reply = await cluster.api.call('GET', `/api/v1/namespaces?labelSelector=${runLabel}%3D${run}`);
  const { items = [] } = (reply.body ?? {}) as {
    readonly items?: readonly { readonly metadata: { readonly name: string } }[];
  };
  const bundle = await gatherBundle({
    api: cluster.api.http,
    namespaces: items.map(({ metadata }) => metadata.name),
    gatewayUrls: [],
    pods: { namespace: run, label: labelOfRun(run) },
    statusPort: 8100,
    logFiles: [],
    seconds: 1,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nowText: () => new Date().toISOString(),
  });
  const file = join(failuresFolder, `${run}.bundle.gz`);
  writeOutput(file, packBundle(bundle), 0o600);
  return file;
}

async function after(options: ClusterPoolOptions, run: string, result: ScenarioRun | null): Promise<void> {
  const { cluster, keepsFailed, say } = options;
  const { clean } = await import('../../../scenarios/runner/k3s/clean.ts');
  const isFailed = result !== null && (result.verdict === 'violated' || result.verdict === 'inconclusive');
  if (isFailed) say(`objects, events and logs of ${run}: ${await keepEvidence(options, run)}`);
  if (isFailed && keepsFailed) {
    say(`namespaces of ${run} stay; tidegate scenario clean deletes them`);
    return;
  }
  await clean(cluster.api, run, say);
}

export async function createClusterPool(options: ClusterPoolOptions): Promise<Pool> {
  const { cluster, jobs, say } = options;
  const { clusterBackend } = await import('../../../scenarios/runner/k3s/backend.ts');
  const stop = new AbortController();

  const perform = async (task: ScenarioTask): Promise<ScenarioAnswer> => {
    // Nothing new is made once somebody wants to stop.
    if (stop.signal.aborted) return { run: null, complaints: [], trace: null };
    const name = `tg-${randomBytes(3).toString('hex')}`;
    const { api, image, reach, gate } = cluster;
    const parts = { api, image, reach, gate, manifestsOf: deployObjects, say };
    const backend = clusterBackend({ ...parts, keeps: true, nextRun: () => name });
    const run = await scenariosOn(backend, readDefinitions(), null, stop.signal);
    let answer: ScenarioAnswer | null = null;
    try {
      answer = await run(task);
      return answer;
    } finally {
      const result = stop.signal.aborted ? null : (answer?.run ?? null);
      if (answer?.run?.verdict !== 'unsupported') await after(options, name, result);
    }
  };

  const waiting: (() => void)[] = [];
  const running: Set<Promise<unknown>> = new Set();
  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running.size >= jobs) await new Promise<void>((resolve) => waiting.push(resolve));
    const done = work();
    running.add(done);
    try {
      return await done;
    } finally {
      running.delete(done);
      waiting.shift()?.();
    }
  };

  return {
    jobs,
    run<T extends Task>(task: T): Promise<TaskResults[T['do']]> {
      if (task.do !== 'scenario') throw new Error(`a cluster does no task '${task.do}'`);
      return turn(() => perform(task)) as Promise<TaskResults[T['do']]>;
    },
    interrupt: () => stop.abort(),
    async close() {
      stop.abort();
      await Promise.allSettled(running);
      await cluster.close();
    },
  };
}
