// The simulated cluster in virtual time: replicas of the API server over one store, the cluster's controllers on a host of
// their own, and one kubelet host per node.
import type { HttpFront } from '../cluster/api/handler.ts';
import { type ApiServer, createApiServer } from '../cluster/api-server.ts';
import type { ControllerPorts } from '../cluster/controllers/controller.ts';
import type { Arrow, Delays } from '../cluster/controllers/delays.ts';
import { startControllers } from '../cluster/controllers/index.ts';
import { type Kubelets, startKubelets } from '../cluster/kubelet/index.ts';
import { startScheduler } from '../cluster/kubelet/scheduler.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { CacheLag } from '../cluster/watch-cache.ts';
import { createHost, type Host, type HostEnv } from '../hosts/host.ts';
import { apiPlace, apiPort, kubeletName, managerPlace, nodePlace, podNetwork, storePlace } from './places.ts';
import { createWorldPods, joinWorldPods, type WorldPods } from './pod-runner.ts';
import { recordLife, type WorldSeams } from './seams.ts';

export interface WorldNode {
  readonly name: string;
  readonly host: Host;
  readonly kubelets: Kubelets;
}

/** One replica of the API server. */
export interface WorldApiServer {
  readonly host: Host;
  /** Of the current life; null while it is down. */
  front(): HttpFront | null;
}

export interface WorldCluster {
  /** The store and its rules; no client talks to its own front. */
  readonly api: ApiServer;
  readonly apiServers: readonly WorldApiServer[];
  readonly manager: Host;
  readonly nodes: readonly WorldNode[];
  readonly pods: WorldPods;
}

const bodyBytesMax = 4 * 1024 * 1024;
const zones = ['a', 'b', 'c'] as const;

/** Least and further milliseconds of each arrow: every notice draws anew, so no two runs of a controller are in step. */
export const controllerArrows: readonly (readonly [Arrow, number, number])[] = [
  ['deployment', 1, 20],
  ['replica-set', 1, 20],
  ['stateful-set', 1, 20],
  ['daemon-set', 1, 20],
  ['job', 1, 20],
  ['scheduler', 1, 30],
  ['endpoint-slice', 5, 50],
  ['service', 1, 20],
  ['namespace', 1, 50],
  ['garbage-collector', 5, 100],
];

export const kubeletArrows: readonly (readonly [Arrow, number, number])[] = [
  ['kubelet-watch', 2, 30],
  ['kubelet-status', 2, 30],
  ['image-pull', 50, 500],
  ['container-start', 20, 200],
  ['container-notice', 1, 1_000],
];

/** Keyed by object, so that what happens to one leaves the delays of the others alone. */
export function drawnDelays(
  { random }: Pick<HostEnv, 'random'>,
  arrows: readonly (readonly [Arrow, number, number])[],
): Delays {
  return Object.fromEntries(
    arrows.map(([arrow, leastMs, spreadMs]) => [
      arrow,
      (key: string) => leastMs + (random.uint32(`delay/${arrow}/${key}`) % spreadMs),
    ]),
  );
}

/** What the run leaves behind of the store: these kinds, and what custom resources there are. */
const recordedResources: readonly string[] = [
  'namespaces',
  'nodes',
  'pods',
  'services',
  'secrets',
  'events',
  'endpointslices.discovery.k8s.io',
  'deployments.apps',
  'replicasets.apps',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'leases.coordination.k8s.io',
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongupstreampolicies.configuration.konghq.com',
  'kongconsumergroups.configuration.konghq.com',
  'kongvaults.configuration.konghq.com',
  'kongcustomentities.configuration.konghq.com',
];

export function recordStore(
  { evidence, scheduler }: Pick<WorldSeams, 'evidence' | 'scheduler'>,
  api: ApiServer,
): void {
  for (const resource of recordedResources)
    api.store.subscribe(resource, (type, object, previous) => {
      const version = Number(object.metadata.resourceVersion);
      evidence.store.push({ version, atUs: scheduler.nowUs, resource, type, object, previous });
    });
}

export function installCrds(api: ApiServer, crds: readonly StoredObject[]): void {
  for (const crd of crds) {
    const created = api.store.create('customresourcedefinitions.apiextensions.k8s.io', crd);
    if (!created.ok) throw new Error(`custom resource ${crd.metadata.name}: ${created.error.message}`);
  }
}

/** Keyed by object, as the delays of the cluster's controllers. */
export function drawnLag({ random }: Pick<HostEnv, 'random'>, lagMsMax: number): CacheLag {
  if (lagMsMax === 0) return () => 0;
  return (resource, { object: { metadata } }) =>
    random.uint32(`cache/${resource}/${metadata.namespace ?? ''}/${metadata.name}`) % (lagMsMax + 1);
}

/** A replica begins with an empty cache and new watches in each life; the store outlives them all. */
function startApiServer(seams: WorldSeams, api: ApiServer, index: number): WorldApiServer {
  const { name, address } = apiPlace(index);
  const { watchLagMsMax, streamsLists } = seams.knobs;
  const host = createHost(seams, { name, addresses: [address] });
  let front: HttpFront | null = null;
  host.onExit = () => {
    front?.stop();
    front = null;
    recordLife(seams, host, 'end');
  };
  host.start((env) => {
    recordLife(seams, host, 'start');
    const made = api.replica({ ...env, lag: drawnLag(env, watchLagMsMax) });
    made.conduct.streamsLists = streamsLists;
    front = made;
    env.httpServer.listen({ host: '0.0.0.0', port: apiPort, bodyBytesMax }, made.handler, (error) => {
      if (error !== null) throw new Error(`the API server cannot listen: ${error}`);
    });
  });
  return { host, front: () => front };
}

function startStore(seams: WorldSeams, crds: readonly StoredObject[]): ApiServer {
  const { name, address } = storePlace;
  const env = createHost(seams, { name, addresses: [address] }).launch();
  const api = createApiServer({ clock: env.clock, random: env.random, log: env.log });
  recordStore(seams, api);
  installCrds(api, crds);
  return api;
}

export function startCluster(seams: WorldSeams, crds: readonly StoredObject[]): WorldCluster {
  const api = startStore(seams, crds);
  const apiServers = Array.from({ length: seams.shape.apiServers }, (_, index) =>
    startApiServer(seams, api, index),
  );
  const portsOf = (env: HostEnv, arrows: readonly (readonly [Arrow, number, number])[]): ControllerPorts => ({
    store: api.store,
    clock: env.clock,
    random: env.random,
    log: env.log,
    delays: drawnDelays(env, arrows),
  });
  const manager = createHost(seams, { name: managerPlace.name, addresses: [managerPlace.address] });
  const managerPorts = portsOf(manager.launch(), controllerArrows);
  const { endpointsPerSliceMax, nodeGraceMs } = seams.knobs;
  // Nobody in a world reads Endpoints: the product follows slices.
  startControllers({ ...managerPorts, endpointsPerSliceMax, nodeGraceMs, legacyEndpoints: false });
  startScheduler(managerPorts);
  const runners: WorldPods[] = [];
  const nodes = Array.from({ length: seams.shape.nodes }, (_, index): WorldNode => {
    const { name, address } = nodePlace(index);
    const host = createHost(seams, { name: kubeletName(name), addresses: [address] });
    const env = host.launch();
    const runner = createWorldPods(env, seams, podNetwork(index));
    runners.push(runner);
    const node = { name, address, zone: `zone-${zones[index % zones.length]}` };
    const kubelets = startKubelets({
      ...portsOf(env, kubeletArrows),
      runner,
      nodes: [node],
      heartbeatMs: Math.floor(nodeGraceMs / 5),
      scheduling: false,
    });
    return { name, host, kubelets };
  });
  return { api, apiServers, manager, nodes, pods: joinWorldPods(runners) };
}
