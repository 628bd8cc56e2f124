// A whole system in one process and in virtual time: cluster, pods, controllers, gateways with their workers, clients.

import type { Tcp } from '../../src/ports/tcp.ts';
import { type Client, createClient } from '../clients/client.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import { createEvidence, type DialRecord, type Evidence } from '../evidence/evidence.ts';
import { defaultKnobs, type Knobs, type PlannedClient, type WorldShape } from '../history/plan.ts';
import { createHost } from '../hosts/host.ts';
import type { LogLine } from '../hosts/log.ts';
import { createFaults, type Faults } from '../network/faults.ts';
import { createNetwork } from '../network/network.ts';
import { createScheduler, type Recorder, type TieBreak } from '../scheduler/scheduler.ts';
import type { Disturbances } from './calls.ts';
import { startCluster, type WorldCluster } from './cluster.ts';
import { startController, type WorldController } from './controller.ts';
import { startGateway, type WorldGateway } from './gateway.ts';
import { createNameServer, recordNames } from './names.ts';
import { clientAddress, controllerPlace, gatewayPlace, gatewayPorts } from './places.ts';
import type { WorldSeams } from './seams.ts';

export interface World extends WorldSeams {
  readonly cluster: WorldCluster;
  readonly gateways: readonly WorldGateway[];
  /** Of split mode; in combined mode each gateway has its own. */
  readonly controllers: readonly WorldController[];
  readonly faults: Faults;
  readonly clients: readonly Client[];
  /** Creates an object through the store; throws when it is refused. */
  apply(resource: string, object: StoredObject): void;
  scale(namespace: string, deployment: string, replicas: number): void;
  addClient(client: PlannedClient): Client;
  /** Byte streams of somebody who speaks to gateways in a way of his own. */
  bringStreams(name: string): BroughtStreams;
  /** Runs for so many virtual seconds. */
  runSeconds(seconds: number): void;
}

export interface BroughtStreams {
  readonly tcp: Tcp;
  /** Connections that it has. */
  open(): number;
  /** It is gone, and so are they. */
  drop(): void;
}

export const defaultShape: WorldShape = {
  apiServers: 1,
  controllers: 1,
  gateways: 1,
  workers: 2,
  mode: 'split',
  nodes: 3,
};

export interface WorldOptions {
  readonly seed: number;
  readonly shape?: Partial<WorldShape>;
  readonly knobs?: Partial<Knobs>;
  /** Custom resource definitions that the cluster begins with. */
  readonly crds?: readonly StoredObject[];
  readonly strategy?: TieBreak;
  /** Hears every event; only where a trace is wanted. */
  readonly recorder?: Recorder | undefined;
}

const secondUs = 1_000_000;
const requestTimeoutMs = 60_000;

function createSeams(options: WorldOptions): WorldSeams & { readonly evidence: Evidence } {
  const scheduler = createScheduler(options);
  const knobs = { ...defaultKnobs, ...options.knobs };
  const shape = { ...defaultShape, ...options.shape };
  const network = createNetwork(scheduler, {
    link: {
      latencyUs: knobs.linkLatencyUs,
      jitterUs: knobs.linkJitterUs,
      bytesPerSecond: 0,
      segmentBytesMax: knobs.segmentBytesMax,
    },
  });
  const evidence = createEvidence();
  const disturbances: Disturbances = new Set();
  network.onDial = (life, address, port, localPort) => {
    if (!life.name.startsWith('gateway-')) return null;
    const dial: DialRecord = {
      host: life.name,
      address,
      port,
      atUs: scheduler.nowUs,
      localPort,
      goneUs: -1,
    };
    evidence.dials.push(dial);
    return () => {
      dial.goneUs = scheduler.nowUs;
    };
  };
  network.onAccept = (life, { remoteAddress, remotePort }) => {
    if (!life.name.startsWith('gateway-')) return;
    const origin = `${remoteAddress}:${remotePort}`;
    evidence.accepts.push({ host: life.name, origin, atUs: scheduler.nowUs });
  };
  network.onQuery = recordNames(scheduler, evidence);
  const onLine = (host: string, { level, timeUs, message, fields }: LogLine): void => {
    if (level !== 'error') return;
    evidence.errors.push({ host, atUs: timeUs, message, fields: JSON.stringify(fields ?? {}) });
  };
  return { scheduler, network, shape, knobs, evidence, disturbances, onLine, version: () => 0 };
}

export function createWorld(options: WorldOptions): World {
  const made = createSeams(options);
  let version = (): number => 0;
  const seams: WorldSeams = { ...made, version: () => version() };
  const { shape, scheduler, network, evidence } = seams;
  const cluster = startCluster(seams, options.crds ?? []);
  const { store } = cluster.api;
  version = () => store.resourceVersion;
  network.answerName = createNameServer(store);
  const gateways = Array.from({ length: shape.gateways }, (_, index) =>
    startGateway(seams, gatewayPlace(index)),
  );
  const controllers =
    shape.mode === 'combined'
      ? []
      : Array.from({ length: shape.controllers }, (_, index) =>
          startController(seams, controllerPlace(index)),
        );
  const clients: Client[] = [];
  return {
    ...seams,
    cluster,
    gateways,
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
    addClient(plan) {
      const { name, address } = gatewayPlace(plan.gateway);
      const host = createHost(seams, { name: plan.name, addresses: [clientAddress(seams, plan.name)] });
      const port = plan.tls ? gatewayPorts.https : gatewayPorts.http;
      const client = createClient(host.launch(), {
        target: { gateway: name, address, port },
        plan,
        records: evidence.requests,
        timeoutMs: requestTimeoutMs,
        announces: seams.knobs.proxyProtocol,
        bodyBytesMax: seams.knobs.bodyBytesMax,
      });
      clients.push(client);
      return client;
    },
    bringStreams(name) {
      const host = createHost(seams, { name, addresses: [clientAddress(seams, name)] });
      const { tcp, life } = host.launch();
      return { tcp, open: () => (host.alive ? life.owned.size : 0), drop: () => host.crash() };
    },
    runSeconds(seconds) {
      scheduler.runUntil(scheduler.nowUs + seconds * secondUs);
    },
  };
}
