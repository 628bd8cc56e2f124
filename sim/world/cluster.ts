// The simulated cluster in virtual time: API server on a host of its own, the cluster's controllers on another, and one
// kubelet host per node.
import { type ApiServer, createApiServer } from '../cluster/api-server.ts';
import type { ControllerPorts } from '../cluster/controllers/controller.ts';
import type { Arrow, Delays } from '../cluster/controllers/delays.ts';
import { startControllers } from '../cluster/controllers/index.ts';
import { startKubelets } from '../cluster/kubelet/index.ts';
import type { NodeSpec } from '../cluster/kubelet/node-agent.ts';
import { startScheduler } from '../cluster/kubelet/scheduler.ts';
import { createHost, type HostEnv, type HostWorld } from '../hosts/host.ts';
import { createWorldPods, joinWorldPods, type WorldPods } from './pod-runner.ts';

export const apiPlace = { address: '10.96.0.1', port: 6443 } as const;

export interface WorldCluster {
  readonly api: ApiServer;
  readonly pods: WorldPods;
}

const bodyBytesMax = 4 * 1024 * 1024;

/** Nodes, each with its kubelet's host and a range of pod addresses of its own. */
const nodes: readonly (NodeSpec & { readonly podPrefix: string })[] = ['a', 'b', 'c'].map((zone, index) => ({
  name: `node-${index + 1}`,
  address: `10.1.0.${index + 1}`,
  zone: `zone-${zone}`,
  podPrefix: `10.${244 + index}`,
}));

/** Least and further milliseconds of each arrow: every notice draws anew, so no two runs of a controller are in step. */
const controllerArrows: readonly (readonly [Arrow, number, number])[] = [
  ['deployment', 1, 20],
  ['replica-set', 1, 20],
  ['stateful-set', 1, 20],
  ['daemon-set', 1, 20],
  ['job', 1, 20],
  ['scheduler', 1, 30],
  ['endpoint-slice', 5, 50],
  ['endpoints', 5, 50],
  ['service', 1, 20],
  ['namespace', 1, 50],
  ['garbage-collector', 5, 100],
];

const kubeletArrows: readonly (readonly [Arrow, number, number])[] = [
  ['kubelet-watch', 2, 30],
  ['kubelet-status', 2, 30],
  ['image-pull', 50, 500],
  ['container-start', 20, 200],
  ['container-notice', 1, 1_000],
];

function drawnDelays(env: HostEnv, arrows: readonly (readonly [Arrow, number, number])[]): Delays {
  return Object.fromEntries(
    arrows.map(([arrow, leastMs, spreadMs]) => [
      arrow,
      () => leastMs + (env.random.uint32(`delay/${arrow}`) % spreadMs),
    ]),
  );
}

export function startCluster(world: HostWorld): WorldCluster {
  const apiEnv = createHost(world, { name: 'api', addresses: [apiPlace.address] }).launch();
  const api = createApiServer({ clock: apiEnv.clock, random: apiEnv.random, log: apiEnv.log });
  apiEnv.httpServer.listen({ host: '0.0.0.0', port: apiPlace.port, bodyBytesMax }, api.handler, (error) => {
    if (error !== null) throw new Error(`the API server cannot listen: ${error}`);
  });
  const portsOf = (env: HostEnv, arrows: readonly (readonly [Arrow, number, number])[]): ControllerPorts => ({
    store: api.store,
    clock: env.clock,
    random: env.random,
    log: env.log,
    delays: drawnDelays(env, arrows),
  });
  const manager = createHost(world, { name: 'cluster-controllers', addresses: ['10.96.0.2'] }).launch();
  const managerPorts = portsOf(manager, controllerArrows);
  startControllers(managerPorts);
  startScheduler(managerPorts);
  const pods = nodes.map((node) => {
    const env = createHost(world, { name: `kubelet ${node.name}`, addresses: [node.address] }).launch();
    const runner = createWorldPods(env, node.podPrefix);
    startKubelets({ ...portsOf(env, kubeletArrows), runner, nodes: [node], scheduling: false });
    return runner;
  });
  return { api, pods: joinWorldPods(pods) };
}
