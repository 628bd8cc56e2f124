// Controllers and kubelets over a store and a runner without sockets, in a clock that the test moves.

import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { Delays } from '../../../sim/cluster/controllers/delays.ts';
import { startControllers } from '../../../sim/cluster/controllers/index.ts';
import { asPod, type Pod } from '../../../sim/cluster/controllers/kinds.ts';
import { isAvailable } from '../../../sim/cluster/controllers/pod-state.ts';
import { type Kubelets, startKubelets } from '../../../sim/cluster/kubelet/index.ts';
import type { PodRunner } from '../../../sim/cluster/pod-runner.ts';
import type { ClusterStore, StoredObject } from '../../../sim/cluster/store-api.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createKeyedRandom, createManualClock, type ManualClock } from './manual-clock.ts';

export interface FakeProcess {
  readonly pod: string;
  readonly container: string;
  readonly exit: (code: number) => void;
}

export interface SmallCluster {
  readonly clock: ManualClock;
  readonly store: ClusterStore;
  readonly kubelets: Kubelets;
  /** What the runner was asked to do, in order, with the second it happened. */
  readonly calls: string[];
  /** Live containers by 'pod/container'. */
  readonly processes: Map<string, FakeProcess>;
  /** Answer of the next probes; may be changed while the test runs. */
  probe: (pod: string, probe: Readonly<Record<string, unknown>>) => boolean | 'silent';
  /** What a container does on SIGTERM: the exit code at once, or nothing. */
  onTerminate: (pod: string) => number | 'ignore';
  pods(): readonly Pod[];
  availableCount(): number;
}

export interface SmallClusterOptions {
  readonly seed?: number;
  readonly delays?: Delays;
  readonly endpointsPerSliceMax?: number;
  readonly nodes?: number;
}

export function createSmallCluster(options: SmallClusterOptions = {}): SmallCluster {
  const clock = createManualClock();
  const random = createKeyedRandom(options.seed ?? 1);
  const log = silentLog;
  const { store } = createApiServer({ clock, random, log });
  const calls: string[] = [];
  const processes = new Map<string, FakeProcess>();
  let addresses = 0;
  const note = (text: string) => calls.push(`${Math.round(clock.elapsedMs / 100) / 10} ${text}`);
  const runner: PodRunner = {
    run(pod, done) {
      const name = pod.metadata.name;
      addresses++;
      done(null, {
        address: `127.1.${addresses >> 8}.${addresses & 255}`,
        startContainer(container, onExit) {
          note(`start ${name}/${container}`);
          const exit = (code: number) => {
            if (processes.delete(`${name}/${container}`)) onExit(code);
          };
          processes.set(`${name}/${container}`, { pod: name, container, exit });
        },
        terminate(container) {
          note(`TERM ${name}/${container}`);
          const code = cluster.onTerminate(name);
          if (code !== 'ignore') processes.get(`${name}/${container}`)?.exit(code);
        },
        kill(container) {
          note(`KILL ${name}/${container}`);
          processes.get(`${name}/${container}`)?.exit(137);
        },
        probe(_container, probe, answer) {
          const ok = cluster.probe(name, probe);
          if (ok !== 'silent') answer(ok);
        },
        logs: () => '',
        logLines: () => ({ lines: [], next: 0 }),
        dispose: () => void note(`dispose ${name}`),
      });
    },
  };
  const { delays } = options;
  startControllers({ store, clock, random, log, delays, endpointsPerSliceMax: options.endpointsPerSliceMax });
  const nodes = Array.from({ length: options.nodes ?? 3 }, (_, i) => ({
    name: `node-${i + 1}`,
    address: '10.0.0.1',
  }));
  const kubelets = startKubelets({ store, clock, random, log, delays, runner, nodes });
  const cluster: SmallCluster = {
    clock,
    store,
    kubelets,
    calls,
    processes,
    probe: () => true,
    onTerminate: () => 0,
    pods: () => store.list('pods').map(asPod),
    availableCount: () =>
      cluster
        .pods()
        .filter((pod) => pod.metadata.deletionTimestamp === undefined && isAvailable(pod, 0, clock.wallMs()))
        .length,
  };
  return cluster;
}

export function deploymentObject(
  name: string,
  replicas: number,
  extra: { readonly spec?: object; readonly pod?: object; readonly container?: object } = {},
): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              ports: [{ name: 'http', containerPort: 8080 }],
              ...extra.container,
            },
          ],
          ...extra.pod,
        },
      },
      ...extra.spec,
    },
  };
}

export function serviceObject(name: string, spec: object = {}): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { app: name },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      ...spec,
    },
  };
}
