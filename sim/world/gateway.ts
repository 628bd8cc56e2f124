// The gateway as hosts: the proxy's main thread with its Admin API, and one host per worker.
import { formatUuid } from '../../src/base/hash.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import { adminBodyBytesMax, createAdmin } from '../../src/proxy/admin/admin.ts';
import { createProxy, type ProxyServer } from '../../src/proxy/server/main.ts';
import type { WorkerOptions } from '../../src/proxy/server/protocol.ts';
import { createWorker } from '../../src/proxy/server/worker.ts';
import { createHost, type Host, type HostEnv, type HostWorld } from '../hosts/host.ts';
import { createWorkers } from '../hosts/workers.ts';

export interface GatewayPlace {
  readonly name: string;
  readonly address: string;
  readonly workers: number;
}

export const gatewayPorts = { proxy: 8000, admin: 8001 } as const;

export interface WorldGateway {
  readonly host: Host;
  /** Worker hosts by index. */
  readonly workers: ReadonlyMap<number, Host>;
  /** The proxy of the current life; null until it started. */
  proxy(): ProxyServer | null;
}

/** Bodies inside the simulator are JSON, which is YAML too. */
function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return fail((error as Error).message);
  }
}

export function startGateway(world: HostWorld, place: GatewayPlace): WorldGateway {
  const host = createHost(world, { name: place.name, addresses: [place.address] });
  const workers: Map<number, Host> = new Map();
  let proxy: ProxyServer | null = null;
  host.start((env: HostEnv) => {
    const threads = createWorkers(env, workers, (workerEnv, channel, options, shared) =>
      createWorker(workerEnv, channel, options as unknown as WorkerOptions, shared),
    );
    const made = createProxy(env, threads, {
      workers: place.workers,
      counterWords: 1 << 12,
      healthSlots: 1 << 10,
      serving: {
        host: '0.0.0.0',
        httpPort: gatewayPorts.proxy,
        httpsPort: -1,
        accessLog: 'off',
        keepaliveTimeoutMs: 75_000,
        headTimeoutMs: 60_000,
      },
    });
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
  });
  return { host, workers, proxy: () => proxy };
}
