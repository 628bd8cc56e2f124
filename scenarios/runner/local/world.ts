// A world of real processes, sockets and kernel, on loopback: the same parts as a simulated world has, so that faults, expectations
// and properties are the same. What is not there says so when it is used (absent.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '../../../sim/clients/client.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createEvidence } from '../../../sim/evidence/evidence.ts';
import { defaultKnobs, type Knobs, type Plan } from '../../../sim/history/plan.ts';
import type { Network } from '../../../sim/network/network.ts';
import { controllerFigures } from '../../../sim/world/controller.ts';
import { gatewayPorts } from '../../../sim/world/places.ts';
import type { WorldSeams } from '../../../sim/world/seams.ts';
import type { World } from '../../../sim/world/world.ts';
import { createCertificateAuthority } from '../../../src/io/certificate.ts';
import { createHttpServer } from '../../../src/io/http-server.ts';
import { createTcp } from '../../../src/io/tcp.ts';
import type { Log } from '../../../src/ports/log.ts';
import { absent } from './absent.ts';
import { createCables } from './cables.ts';
import { startLocalCluster } from './cluster.ts';
import { createLocalFaults } from './faults.ts';
import { createIdentities } from './identities.ts';
import { measureMachine } from './machine-time.ts';
import { createLives, putConfigsBeforeSwaps } from './observations.ts';
import type { ObserverStart } from './observer/records.ts';
import { placeProcesses } from './processes.ts';
import { type Slot, takeSlot } from './slot.ts';
import { type ClientStreams, createClientStreams } from './streams.ts';
import { createRealTime, seededRandom } from './time.ts';

export interface LocalWorld extends World {
  /** Why the run cannot go on; '' = it can. */
  failure(): string;
  /** Time in which the machine let processes run, up to a moment of the run. */
  machineUs(us: number): number;
  /** Starts the processes of the product. The cluster and its pods are there before. */
  begin(): void;
  /** Reads what the processes have told since the last time. */
  read(): void;
  /** Puts the evidence in order, with what is open now. Once, at the end. */
  finish(): void;
  close(): Promise<void>;
}

export interface LocalWorldOptions extends Pick<Plan, 'seed' | 'world' | 'knobs'> {
  readonly crds: readonly StoredObject[];
  /** Of the product, beside those of the observer. */
  readonly edits: ObserverStart['edits'];
}

const requestTimeoutMs = 60_000;
const readEveryMs = 10;

const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

const byTime = (a: { readonly atUs: number }, b: { readonly atUs: number }): number => a.atUs - b.atUs;

/** What differs from the product's own, which else are as they are. */
function figuresOf(knobs: Knobs): ObserverStart['figures'] {
  const usual = controllerFigures(defaultKnobs) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(controllerFigures(knobs)).filter(
      ([name, figures]) => JSON.stringify(figures) !== JSON.stringify(usual[name]),
    ),
  );
}

async function build(options: LocalWorldOptions, slot: Slot, folder: string): Promise<LocalWorld> {
  const { seed, world: shape, knobs, crds, edits } = options;
  let failure = '';
  const onFailure = (error: unknown): void => {
    failure ||= error instanceof Error ? (error.stack ?? error.message) : String(error);
  };
  const time = createRealTime(seed, onFailure);
  const { scheduler, clock, nowUs } = time;
  const evidence = createEvidence();
  const lives = createLives(evidence);
  const identities = createIdentities();
  const tcp = createTcp(silentLog);
  let version = (): number => 0;
  const seams: WorldSeams = {
    scheduler,
    network: absent<Network>('simulated network'),
    shape,
    knobs,
    evidence,
    disturbances: new Set(),
    version: () => version(),
  };
  const random = (name: string) => seededRandom(seed, name);
  const cables = createCables();
  const cluster = startLocalCluster(
    seams,
    { clock, log: silentLog, tcp: cables.around(tcp), slot, lives, random },
    crds,
  );
  version = () => cluster.api.store.resourceVersion;
  const authority = await createCertificateAuthority('tidegate scenario');
  const processes = await placeProcesses(
    { ...seams, clock, httpServer: createHttpServer(), slot, cluster, authority, identities, folder },
    { evidence, lives, folder, originNs: time.originNs, edits, figures: figuresOf(knobs), nowUs, onFailure },
  );
  const { gateways, controllers } = processes;
  const reading = setInterval(() => {
    try {
      processes.read();
    } catch (error) {
      onFailure(error);
    }
  }, readEveryMs);
  const machine = measureMachine(nowUs, processes.pids);
  const clients: Client[] = [];
  const streamsOf: Map<string, ClientStreams> = new Map();
  const mustApply = (result: { readonly ok: boolean }, what: string): void => {
    if (!result.ok) throw new Error(what);
  };
  const { store } = cluster.api;
  return {
    ...seams,
    version: () => version(),
    cluster,
    gateways,
    controllers,
    faults: createLocalFaults(processes.wayOf, cables),
    clients,
    apply: (resource, object) =>
      mustApply(store.create(resource, object), `${resource} ${object.metadata.name}`),
    scale: (namespace, deployment, replicas) =>
      mustApply(
        store.mergePatch('deployments.apps', namespace, deployment, { spec: { replicas } }),
        `scale ${deployment}`,
      ),
    addClient(plan) {
      const { name, address } = gateways[plan.gateway]!.place;
      const streams = createClientStreams(tcp, nowUs);
      streamsOf.set(plan.name, streams);
      const client = createClient(
        { clock, ...streams },
        {
          target: { gateway: name, address, port: plan.tls ? gatewayPorts.https : gatewayPorts.http },
          plan,
          records: evidence.requests,
          timeoutMs: requestTimeoutMs,
          announces: false,
          bodyBytesMax: knobs.bodyBytesMax,
        },
      );
      clients.push(client);
      return client;
    },
    bringStreams(name) {
      const streams = createClientStreams(tcp, nowUs);
      streamsOf.set(name, streams);
      return { tcp: streams.tcp, open: () => streams.open().length, drop: () => streams.close() };
    },
    runSeconds: () => absent<World>('virtual time').runSeconds(0),
    failure: () => failure,
    machineUs: machine.atUs,
    begin: () => processes.begin(),
    read: () => processes.read(),
    finish() {
      processes.read();
      for (const { process } of gateways)
        for (let worker = 0; worker < shape.workers && process.alive; worker++)
          evidence.remains.push({
            host: `${process.name}/worker-${worker}`,
            ...process.told!.open(worker),
            backlogBytesMax: 0,
          });
      for (const [name, streams] of streamsOf)
        evidence.remains.push({ host: name, accepted: 0, opened: streams.open(), backlogBytesMax: 0 });
      identities.rename(evidence);
      const { swaps, configs, listens, readiness, lives: all, accepts, dials, errors } = evidence;
      evidence.names.sort((a, b) => a.askedUs - b.askedUs);
      for (const part of [swaps, configs, listens, readiness, all, accepts, dials, errors])
        (part as { readonly atUs: number }[]).sort(byTime);
      putConfigsBeforeSwaps(evidence);
      evidence.pushes.sort((a, b) => a.sentUs - b.sentUs);
    },
    async close() {
      clearInterval(reading);
      machine.stop();
      await processes.close();
      for (const streams of streamsOf.values()) streams.close();
      cluster.stop();
      time.stop();
      await slot.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function openLocalWorld(options: LocalWorldOptions): Promise<LocalWorld> {
  const slot = await takeSlot();
  const folder = mkdtempSync(join(tmpdir(), `tidegate-local-${process.pid}-`));
  try {
    return await build(options, slot, folder);
  } catch (error) {
    await slot.release();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
