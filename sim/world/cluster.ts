// The simulated cluster in virtual time: API server on a host of its own, controllers and kubelets beside it.
import { type ApiServer, createApiServer } from '../cluster/api-server.ts';
import { startControllers } from '../cluster/controllers/index.ts';
import { defaultNodes, startKubelets } from '../cluster/kubelet/index.ts';
import { createHost, type HostWorld } from '../hosts/host.ts';
import { createWorldPods, type WorldPods } from './pod-runner.ts';

export const apiPlace = { address: '10.96.0.1', port: 6443 } as const;

export interface WorldCluster {
  readonly api: ApiServer;
  readonly pods: WorldPods;
}

const bodyBytesMax = 4 * 1024 * 1024;

/** Latencies of the endpoint pipeline, each arrow with its own stream. */
export function startCluster(world: HostWorld): WorldCluster {
  const apiEnv = createHost(world, { name: 'api', addresses: [apiPlace.address] }).launch();
  const api = createApiServer({ clock: apiEnv.clock, random: apiEnv.random, log: apiEnv.log });
  apiEnv.httpServer.listen({ host: '0.0.0.0', port: apiPlace.port, bodyBytesMax }, api.handler, (error) => {
    if (error !== null) throw new Error(`the API server cannot listen: ${error}`);
  });
  const manager = createHost(world, { name: 'cluster-controllers', addresses: ['10.96.0.2'] }).launch();
  const within = (stream: string, leastMs: number, spreadMs: number) => (): number =>
    leastMs + (manager.random.uint32(stream) % spreadMs);
  const delays = {
    'endpoint-slice': within('endpoint-slice', 5, 50),
    'kubelet-watch': within('kubelet-watch', 2, 30),
    'kubelet-status': within('kubelet-status', 2, 30),
    'image-pull': within('image-pull', 50, 500),
    'container-start': within('container-start', 20, 200),
    'container-notice': within('container-notice', 1, 1_000),
  };
  const ports = { store: api.store, clock: manager.clock, random: manager.random, log: manager.log, delays };
  const kubelet = createHost(world, { name: 'kubelets', addresses: ['10.1.0.1'] }).launch();
  const pods = createWorldPods(kubelet, '10.244');
  startControllers(ports);
  startKubelets({
    ...ports,
    clock: kubelet.clock,
    random: kubelet.random,
    log: kubelet.log,
    runner: pods,
    nodes: defaultNodes,
  });
  return { api, pods };
}
