// The processes of the product in a world, with what they are started with.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../../sim/hosts/host.ts';
import { controllerLease, publishedAddress, type WorldController } from '../../../sim/world/controller.ts';
import { defaultCertificate } from '../../../sim/world/default-certificate.ts';
import type { WorldGateway } from '../../../sim/world/gateway.ts';
import { controllerPlace, gatewayPlace, gatewayPorts } from '../../../sim/world/places.ts';
import { absent } from './absent.ts';
import { type GateSeams, type Gates, openGates } from './gates.ts';
import { createProcessHost, type ProcessHost, type ProcessSeams } from './process-host.ts';
import type { Way } from './ways.ts';

export interface LocalGateway extends WorldGateway {
  readonly process: ProcessHost;
}

export interface LocalController extends WorldController {
  readonly process: ProcessHost;
}

const statusPort = 8100;
/** What a proxy is given to drain in; faults kill what is left when they are over. */
const drainSeconds = 2;

function controllerArgs({ kubeconfig }: Gates, { gatewayZone }: GateSeams['knobs']): readonly string[] {
  return [
    ...(gatewayZone === '' ? [] : ['--zone', gatewayZone]),
    ...['--kubeconfig', kubeconfig],
    ...['--election-namespace', controllerLease.namespace, '--election-id', controllerLease.name],
    ...['--publish-status-address', publishedAddress],
  ];
}

function servingArgs({ slot, knobs, shape, folder }: GateSeams, index: number): readonly string[] {
  const address = slot.gateway(index);
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return [
    ...['--listen', address, '--admin-listen', address],
    ...['--proxy-port', String(gatewayPorts.http), '--proxy-tls-port', String(gatewayPorts.https)],
    ...['--admin-port', String(gatewayPorts.admin), '--status-port', String(statusPort)],
    ...['--workers', String(shape.workers), '--drain-seconds', String(drainSeconds), '--log-level', 'warn'],
    ...['--keepalive-seconds', String(knobs.keepaliveTimeoutMs / 1000)],
    ...['--body-max', String(knobs.bodyBytesMax), '--recover-after', String(knobs.recoverAfterMs / 1000)],
    ...(knobs.keepsConfig ? ['--last-good', join(folder, `${gatewayPlace(index).name}-kept`)] : []),
    ...['--default-certificate', file('default.crt', defaultCertificate.cert)],
    ...['--default-certificate-key', file('default.key', defaultCertificate.key)],
  ];
}

/** A thread of a gateway's process, as far as it can be seen from outside. */
function workerHost(process: ProcessHost, seams: ProcessSeams, index: number): Host {
  const name = `${process.name}/worker-${index}`;
  const nothing = absent<Host>('way to reach into a worker');
  return {
    name,
    log: [],
    onExit: null,
    get machine() {
      return nothing.machine;
    },
    get world() {
      return nothing.world;
    },
    get alive() {
      return process.alive && seams.lives.isAlive(name);
    },
    get lives() {
      return seams.lives.of(name);
    },
    start: (factory) => nothing.start(factory),
    launch: () => nothing.launch(),
    crash: () => process.endWorker(index),
    exit: (reason) => nothing.exit(reason),
    restart: () => nothing.restart(),
    pause: () => process.stopWorker(index),
    resume: () => process.letWorkerGo(index),
    jumpClock: (byUs) => nothing.jumpClock(byUs),
    setClockRate: (ppm) => nothing.setClockRate(ppm),
  };
}

/** By the Lease, which is all that can be known of it from outside. */
function leads({ identities, cluster }: GateSeams, process: ProcessHost): boolean {
  const { namespace, name } = controllerLease;
  const lease = cluster.api.store.get('leases.coordination.k8s.io', namespace, name);
  const holder = identities.holderOf(lease);
  return holder?.host === process.name && holder.life === process.lives;
}

type Known = ReturnType<WorldController['controller']>;

function controllerOf(world: GateSeams, process: ProcessHost): Known {
  if (!process.alive) return null;
  const known = {
    state: () => ({ leading: leads(world, process), crashes: process.crashes }),
    stop: () => process.terminate(),
  };
  return known as unknown as Known;
}

export interface Processes {
  readonly gateways: readonly LocalGateway[];
  readonly controllers: readonly LocalController[];
  /** To the API, of a controller. */
  wayOf(host: string): Way | undefined;
  /** Of those that run now. */
  pids(): readonly number[];
  /** Starts them. */
  begin(): void;
  /** Reads what all of them have told. */
  read(): void;
  close(): Promise<void>;
}

/** Places and ways of all of them; none runs before `begin`. */
export async function placeProcesses(world: GateSeams, seams: ProcessSeams): Promise<Processes> {
  const { shape, slot } = world;
  const isSplit = shape.mode === 'split';
  const gates: Gates[] = [];
  const ways: Map<string, Way> = new Map();
  const processes: Map<string, ProcessHost> = new Map();
  const gatesOf = async (name: string): Promise<Gates> => {
    const host = (): ProcessHost | null => processes.get(name) ?? null;
    const made = await openGates(world, { name, host }, gates.length, isSplit);
    gates.push(made);
    ways.set(name, made.way);
    return made;
  };
  const create = (name: string, args: readonly string[]): ProcessHost => {
    const process = createProcessHost(seams, name, args);
    processes.set(name, process);
    return process;
  };
  const gateways: LocalGateway[] = [];
  for (let index = 0; index < shape.gateways; index++) {
    const place = gatewayPlace(index);
    const serving = servingArgs(world, index);
    const args = isSplit
      ? ['proxy', ...serving]
      : ['run', ...serving, ...controllerArgs(await gatesOf(place.name), world.knobs)];
    const process = create(place.name, args);
    const workers = new Map(
      Array.from({ length: shape.workers }, (_, worker) => [worker, workerHost(process, seams, worker)]),
    );
    gateways.push({
      host: process,
      process,
      place: { name: place.name, address: slot.gateway(index) },
      workers,
      proxy() {
        const notReady = process.alive ? (process.told?.notReady ?? null) : null;
        if (notReady === null) return null;
        const reason = process.isDraining ? 'draining' : notReady;
        return { notReadyReason: () => reason } as unknown as ReturnType<WorldGateway['proxy']>;
      },
      controller: () => (isSplit ? null : controllerOf(world, process)),
      terminate: () => process.terminate(),
    });
  }
  const controllers: LocalController[] = [];
  for (let index = 0; isSplit && index < shape.controllers; index++) {
    const { name } = controllerPlace(index);
    const made = await gatesOf(name);
    const urls = made.adminUrls.flatMap((url) => ['--kong-admin-url', url]);
    const place = ['--listen', slot.controller(index), '--status-port', '10254'];
    const process = create(name, ['controller', ...controllerArgs(made, world.knobs), ...urls, ...place]);
    controllers.push({ host: process, process, controller: () => controllerOf(world, process) });
  }
  return {
    gateways,
    controllers,
    wayOf: (host) => ways.get(host),
    pids: () => [...processes.values()].flatMap(({ pid }) => (pid === null ? [] : [pid])),
    begin() {
      for (const process of processes.values()) process.begin();
    },
    read() {
      for (const process of processes.values()) process.read();
    },
    async close() {
      await Promise.all([...processes.values()].map((process) => process.close()));
      await Promise.all(gates.map((gate) => gate.close()));
    },
  };
}
