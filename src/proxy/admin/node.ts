// What the gateway says about itself: `GET /`, `/status`, `/status/ready`, `/plugins/enabled`.
import { emptyConfig } from '../../kong/config.ts';
import { type RouterFlavor, routerFlavorDefault } from '../../kong/router-flavor.ts';
import { pluginHandlers } from '../plugins/index.ts';
import type { ProxyServer } from '../server/main.ts';
import { sumStatistics } from '../server/statistics.ts';
import { type Answer, json, message } from './reply.ts';

export interface NodeIdentity {
  /** Kong's version that we speak, e.g. '3.9.1'. */
  readonly kongVersion: string;
  readonly tidegateVersion: string;
  readonly hostname: string;
  /** UUID, new at each start. */
  readonly nodeId: string;
  readonly processId: number;
}

function pluginVersions(version: string): Record<string, { version: string; priority: number }> {
  const plugins: Record<string, { version: string; priority: number }> = {};
  for (const { name, priority } of pluginHandlers.values()) plugins[name] = { version, priority };
  return plugins;
}

export function showNode(
  proxy: ProxyServer,
  identity: NodeIdentity,
  flavor: RouterFlavor = routerFlavorDefault,
): Answer {
  const enabled: Record<string, true> = {};
  for (const name of pluginHandlers.keys()) enabled[name] = true;
  const inConfig = new Set<string>();
  for (const { name } of proxy.config().entities.plugins.values()) inConfig.add(name);
  return json(200, {
    tagline: 'Welcome to kong',
    version: identity.kongVersion,
    edition: 'community',
    hostname: identity.hostname,
    node_id: identity.nodeId,
    lua_version: '',
    timers: { running: 0, pending: 0 },
    plugins: {
      available_on_server: pluginVersions(identity.kongVersion),
      enabled_in_cluster: [...inConfig].sort(),
      disabled_on_server: {},
    },
    configuration: {
      database: 'off',
      router_flavor: flavor,
      role: 'traditional',
      plugins: ['bundled'],
      loaded_plugins: enabled,
    },
    pids: { master: identity.processId, workers: proxy.members().map(() => identity.processId) },
    tidegate: {
      version: identity.tidegateVersion,
      deltas: true,
      config_id: proxy.config().id,
      workers: proxy.members().map(({ index, state, configId, restarts }) => ({
        index,
        state,
        config_id: configId,
        restarts,
      })),
    },
  });
}

const units: Readonly<Record<string, readonly [bytes: number, name: string]>> = {
  k: [1024, 'KiB'],
  m: [1024 ** 2, 'MiB'],
  g: [1024 ** 3, 'GiB'],
};

/** How `?unit=` and `?scale=` want sizes written, or what is wrong with them. */
function sizeFormat(query: URLSearchParams): ((bytes: number) => string) | string {
  const unit = query.get('unit') ?? 'm';
  const scale = query.get('scale') === null ? 2 : Number(query.get('scale'));
  const known = unit.toLowerCase();
  if (known === '' || known === 'b') return String;
  if (Number.isFinite(scale) && scale < 0) return 'scale must be equal or greater than 0';
  const written = Object.hasOwn(units, known) ? units[known] : undefined;
  if (written === undefined) return `invalid unit '${unit}' (expected 'k/K', 'm/M', or 'g/G')`;
  const digits = Number.isFinite(scale) ? Math.min(20, Math.trunc(scale)) : 2;
  return (bytes) => `${(bytes / written[0]).toFixed(digits)} ${written[1]}`;
}

export function showStatus(proxy: ProxyServer, query: URLSearchParams): Answer {
  const size = sizeFormat(query);
  if (typeof size === 'string') return message(400, size);
  const { statistics, counters, health } = proxy.shared;
  const active = sumStatistics(statistics, 'connectionsActive');
  const exchanges = sumStatistics(statistics, 'exchangesActive');
  const accepted = sumStatistics(statistics, 'connectionsAccepted');
  return json(200, {
    memory: {
      workers_lua_vms: [],
      lua_shared_dicts: {
        rate_limiting_counters: { capacity: size(counters.byteLength) },
        health: { capacity: size(health.byteLength) },
      },
    },
    server: {
      connections_active: active,
      connections_reading: 0,
      connections_writing: exchanges,
      connections_waiting: Math.max(0, active - exchanges),
      connections_accepted: accepted,
      connections_handled: accepted,
      total_requests: sumStatistics(statistics, 'requests'),
    },
    // What was kept from before the start nobody has told this gateway: controllers have to.
    configuration_hash: (proxy.keptState() === 'none' ? proxy.config() : emptyConfig).id,
  });
}

export function showReadiness(proxy: ProxyServer): Answer {
  const reason = proxy.notReadyReason();
  return reason === '' ? message(200, 'ready') : message(503, reason);
}

/** Kong's shape; timers of a kind that could be counted do not exist here. */
export function showTimers(proxy: ProxyServer): Answer {
  return json(200, {
    worker: { id: 0, count: proxy.members().length },
    stats: { sys: { total: 0, runs: 0, running: 0, pending: 0, waiting: 0 }, timers: {}, flamegraph: {} },
  });
}

export function showEnabledPlugins(): Answer {
  return json(200, { enabled_plugins: [...pluginHandlers.keys()].sort() });
}
