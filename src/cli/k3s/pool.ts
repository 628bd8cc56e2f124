// Runs scenarios on a cluster, several at a time, each in namespaces of its own, with the face of a pool of simulation threads.
// What a failed run leaves behind is collected before it is deleted.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import { packBundle } from '../bundle/format.ts';
import { gatherBundle } from '../bundle/gather.ts';
import { deployObjects } from '../deploy/manifests.ts';
import { readText } from '../scenario/files.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import type { Pool } from '../simulate/pool.ts';
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
  mkdirSync(failuresFolder, { recursive: true });
  const file = join(failuresFolder, `${run}.bundle.gz`);
  writeFileSync(file, packBundle(bundle), { mode: 0o600 });
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
  const { runLive } = await import('../../../scenarios/runner/live/run.ts');
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const { kindNames } = await import('../../../sim/history/generate/kind-names.ts');
  const surroundings = { kinds: kindNames(readDefinitions()), readText };
  const stop = new AbortController();
  const { signal } = stop;
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  const perform = async ({
    file,
    text,
    settings,
    index,
    seed,
    keepsPlan,
  }: ScenarioTask): Promise<ScenarioAnswer> => {
    const parsed = parseScenario(file, text, new Map(settings));
    const one = parsed.cases[index];
    if (one === undefined || signal.aborted) return { run: null, complaints: parsed.complaints };
    const name = `tg-${randomBytes(3).toString('hex')}`;
    const { api, image, reach } = cluster;
    const backend = clusterBackend({
      api,
      image,
      reach,
      manifestsOf: deployObjects,
      keeps: true,
      say,
      nextRun: () => name,
    });
    let run: ScenarioRun | null = null;
    try {
      run = await runLive(backend, parsed, one, surroundings, { seed, keepsPlan, signal });
    } finally {
      if (run?.verdict !== 'unsupported') await after(options, name, run);
    }
    return { run, complaints: parsed.complaints };
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
    async close() {
      stop.abort();
      await Promise.allSettled(running);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      await cluster.close();
    },
  };
}
