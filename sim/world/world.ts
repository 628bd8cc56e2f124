// A whole system in one process and in virtual time: cluster, pods, controllers, gateway with its workers, clients.
import type { StoredObject } from '../cluster/store-api.ts';
import { createHost, type HostWorld } from '../hosts/host.ts';
import { createFaults, type Faults } from '../network/faults.ts';
import { createNetwork } from '../network/network.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import { type ClientOptions, startClient, type WorldClient } from './client.ts';
import { startCluster, type WorldCluster } from './cluster.ts';
import { startController, type WorldController } from './controller.ts';
import { gatewayPorts, startGateway, type WorldGateway } from './gateway.ts';

export interface World extends HostWorld {
  readonly cluster: WorldCluster;
  readonly gateway: WorldGateway;
  /** One, or several that elect a leader which alone pushes. */
  readonly controllers: readonly WorldController[];
  readonly faults: Faults;
  readonly clients: readonly WorldClient[];
  apply(resource: string, object: StoredObject): void;
  scale(namespace: string, deployment: string, replicas: number): void;
  addClient(name: string, options: Partial<ClientOptions>): void;
  /** Runs for so many virtual seconds. */
  runSeconds(seconds: number): void;
}

export interface WorldOptions {
  readonly seed: number;
  /** Threads of the gateway; 2 by default. */
  readonly workers?: number;
  /** Replicas of our controller manager; 1 by default. */
  readonly controllers?: number;
}

const gatewayAddress = '10.0.1.1';
const secondUs = 1_000_000;

export function createWorld(options: WorldOptions): World {
  const scheduler = createScheduler(options);
  const network = createNetwork(scheduler);
  const base: HostWorld = { scheduler, network };
  const cluster = startCluster(base);
  const gateway = startGateway(base, {
    name: 'gateway-1',
    address: gatewayAddress,
    workers: options.workers ?? 2,
  });
  const replicas = options.controllers ?? 1;
  const controllers = Array.from({ length: replicas }, (_, index) =>
    startController(base, {
      name: `controller-${index + 1}`,
      address: `10.0.0.${index + 1}`,
      gateways: [gatewayAddress],
      elects: replicas > 1,
    }),
  );
  const clients: WorldClient[] = [];
  const { store } = cluster.api;
  return {
    ...base,
    cluster,
    gateway,
    controllers,
    faults: createFaults(network),
    clients,
    apply(resource, object) {
      const result = store.create(resource, object);
      if (!result.ok) throw new Error(`${resource} ${object.metadata.name}: ${result.error.message}`);
    },
    scale(namespace, deployment, replicas) {
      const result = store.mergePatch('deployments.apps', namespace, deployment, { spec: { replicas } });
      if (!result.ok) throw new Error(`scale ${deployment}: ${result.error.message}`);
    },
    addClient(name, given) {
      const host = createHost(base, { name, addresses: [`192.168.0.${clients.length + 1}`] });
      clients.push(
        startClient(host.launch(), {
          address: gatewayAddress,
          port: gatewayPorts.proxy,
          hostHeader: 'shop.example',
          method: 'GET',
          path: '/',
          pauseMs: 100,
          timeoutMs: 30_000,
          ...given,
        }),
      );
    },
    runSeconds(seconds) {
      scheduler.runUntil(scheduler.nowUs + seconds * secondUs);
    },
  };
}
