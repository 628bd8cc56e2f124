// The gateway as hosts: the proxy's main thread with its Admin API, and one host per worker. In combined mode the main
// thread runs a controller too.
import { formatUuid } from '../../src/base/hash.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import { inProcessGateway } from '../../src/control/in-process.ts';
import type { SupervisedController } from '../../src/control/supervise.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { adminBodyBytesMax, createAdmin } from '../../src/proxy/admin/admin.ts';
import { createKeeper, readKept } from '../../src/proxy/server/kept-config.ts';
import {
  createProxy,
  keptGraceMs,
  type ProxyOptions,
  type ProxyServer,
} from '../../src/proxy/server/main.ts';
import type { WorkerMessage, WorkerOptions } from '../../src/proxy/server/protocol.ts';
import { createWorker } from '../../src/proxy/server/worker.ts';
import { createHost, type Host, type HostEnv } from '../hosts/host.ts';
import { createWorkers } from '../hosts/workers.ts';
import { attended } from './attended-workers.ts';
import { watchCalls } from './calls.ts';
import { askingEverybody } from './client-rule.ts';
import { launchController } from './controller.ts';
import { defaultCertificate } from './default-certificate.ts';
import { nameSettings } from './names.ts';
import { gatewayPorts, type Place, publicPorts, trustedSenders } from './places.ts';
import { noted } from './readiness.ts';
import { recordLife, type WorldSeams } from './seams.ts';

export interface WorldGateway {
  readonly host: Host;
  readonly place: Place;
  /** Worker hosts by index. */
  readonly workers: ReadonlyMap<number, Host>;
  /** The proxy of the current life; null until it started. */
  proxy(): ProxyServer | null;
  /** Its own controller in combined mode. */
  controller(): SupervisedController | null;
  /** SIGTERM: drains, then the process ends. */
  terminate(drainMs: number): void;
}

/** Bodies inside the simulator are JSON, which is YAML too. */
function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** The worker's end of the channel, with what it announces taken down. */
function overheard(seams: WorldSeams, gateway: Host, worker: Host, index: number, channel: Channel): Channel {
  const { evidence, scheduler } = seams;
  return {
    post(message) {
      const said = message as unknown as WorkerMessage;
      const base = { gateway: gateway.name, worker: index, atUs: scheduler.nowUs };
      if (said.kind === 'swapped')
        evidence.swaps.push({ ...base, life: worker.lives, configId: said.configId });
      else if (said.kind === 'listening') evidence.listens.push(base);
      channel.post(message);
    },
    get onMessage() {
      return channel.onMessage;
    },
    set onMessage(listener) {
      channel.onMessage = listener;
    },
  };
}

/** Beside what the main thread hears of it. */
function recordEnd(seams: WorldSeams, worker: Host): void {
  const told = worker.onExit;
  worker.onExit = (reason) => {
    recordLife(seams, worker, 'end');
    told?.(reason);
  };
}

const portMap = [
  [gatewayPorts.http, publicPorts.http],
  [gatewayPorts.https, publicPorts.https],
] as const;

function servingOf(seams: WorldSeams): Omit<WorkerOptions, 'kind' | 'index'> {
  return {
    host: '0.0.0.0',
    httpPort: gatewayPorts.http,
    httpsPort: gatewayPorts.https,
    accessLog: 'off',
    keepaliveTimeoutMs: seams.knobs.keepaliveTimeoutMs,
    headTimeoutMs: 60_000,
    defaultCertificate,
    ...(seams.knobs.bodyBytesMax === 0 ? {} : { bodyBytesMax: seams.knobs.bodyBytesMax }),
    ...(seams.knobs.publicPorts ? { publicPorts: portMap } : {}),
    ...(seams.knobs.proxyProtocol ? { proxyProtocol: { trusted: [trustedSenders] } } : {}),
    ...(seams.knobs.clientCertificates ? { clientCertificates: [askingEverybody] } : {}),
  };
}

/** The last good config on the host's own disk, where the world has gateways keep it. */
function keepingOf(seams: WorldSeams, env: HostEnv): Pick<ProxyOptions, 'keeper' | 'kept'> {
  if (!seams.knobs.keepsConfig) return {};
  const kept = readKept(env.storage);
  if (!kept.ok) env.log.error('the last good configuration is not used', { error: kept.error });
  return { keeper: createKeeper(env.clock, env.log, env.storage), kept: kept.ok ? kept.value : null };
}

function launchProxy(seams: WorldSeams, env: HostEnv, workers: Map<number, Host>): ProxyServer {
  const { host } = env;
  const look = noted(seams, host, () => proxy.notReadyReason());
  const threads = createWorkers(env, workers, (workerEnv, channel, options, shared) => {
    const worker = workerEnv.host;
    recordLife(seams, worker, 'start');
    recordEnd(seams, worker);
    const { index } = options as unknown as WorkerOptions;
    createWorker(
      workerEnv,
      overheard(seams, host, worker, index, channel),
      options as unknown as WorkerOptions,
      shared,
    );
  });
  const proxy = createProxy(env, attended(threads, { look }), {
    workers: seams.shape.workers,
    counterWords: 1 << 12,
    healthSlots: 1 << 10,
    routeRows: 1 << 6,
    ...keepingOf(seams, env),
    names: nameSettings,
    recoverAfterMs: seams.knobs.recoverAfterMs,
    serving: servingOf(seams),
  });
  proxy.onConfig = (config) => {
    const { epoch, revision } = proxy.provenance();
    seams.evidence.configs.push({
      gateway: host.name,
      atUs: seams.scheduler.nowUs,
      config,
      epoch,
      revision,
      ...(proxy.keptState() === 'none' ? {} : { isKept: true }),
    });
    look();
  };
  // By then a kept config has to do, and no message of a worker says so.
  if (seams.knobs.keepsConfig) env.clock.after(keptGraceMs, look);
  return proxy;
}

export function startGateway(seams: WorldSeams, place: Place): WorldGateway {
  const host = createHost(seams, {
    name: place.name,
    addresses: [place.address],
    bootUs: seams.knobs.bootMs * 1000,
  });
  const workers: Map<number, Host> = new Map();
  let proxy: ProxyServer | null = null;
  let controller: SupervisedController | null = null;
  host.onExit = () => {
    proxy = null;
    controller = null;
    recordLife(seams, host, 'end');
  };
  host.start((env: HostEnv) => {
    recordLife(seams, host, 'start');
    const made = launchProxy(seams, env, workers);
    proxy = made;
    const handler = createAdmin(env, made, {
      identity: {
        kongVersion: '3.9.1',
        tidegateVersion: 'simulated',
        hostname: place.name,
        nodeId: formatUuid(env.random.bytes('node-id', 16)),
        processId: 1,
      },
      parseYaml: parseJson,
    });
    const listening = { host: '0.0.0.0', port: gatewayPorts.admin, bodyBytesMax: adminBodyBytesMax };
    env.httpServer.listen(listening, handler, (error) => {
      if (error !== null) throw new Error(`the Admin API of ${place.name} cannot listen: ${error}`);
    });
    made.start((error) => {
      if (error !== null) env.log.error('the proxy cannot start', { error });
    });
    if (seams.shape.mode === 'split') return;
    const own = inProcessGateway(env.clock, 'in-process', handler);
    const seen = {
      clock: env.clock,
      host: host.name,
      life: host.lives,
      server: host.name,
      disturbances: seams.disturbances,
      calls: null,
      pushes: seams.evidence.pushes,
      nowUs: () => seams.scheduler.nowUs,
      version: () => seams.version(),
      leading: () => false,
    };
    controller = launchController(seams, env, [{ name: own.name, http: watchCalls(own.http, seen) }]);
  });
  return {
    host,
    place,
    workers,
    proxy: () => proxy,
    controller: () => controller,
    terminate(drainMs) {
      const ending = proxy;
      if (ending === null) return;
      recordLife(seams, host, 'drain');
      controller?.stop(() => undefined);
      ending.drain(drainMs, () => {
        if (proxy === ending) host.exit('drained');
      });
    },
  };
}
