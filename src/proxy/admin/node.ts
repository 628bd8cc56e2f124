// What the gateway says about itself: `GET /`, `/status`, `/status/ready`, `/plugins/enabled`.
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

export function showStatus(proxy: ProxyServer): Answer {
  const { statistics, counters, health } = proxy.shared;
  const active = sumStatistics(statistics, 'connectionsActive');
  const exchanges = sumStatistics(statistics, 'exchangesActive');
  const accepted = sumStatistics(statistics, 'connectionsAccepted');
  const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(2)} MiB`;
  return json(200, {
    memory: {
      workers_lua_vms: [],
      lua_shared_dicts: {
        rate_limiting_counters: { capacity: mebibytes(counters.byteLength) },
        health: { capacity: mebibytes(health.byteLength) },
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
    configuration_hash: proxy.config().id,
  });
}

export function showReadiness(proxy: ProxyServer): Answer {
  const reason = proxy.notReadyReason();
  return reason === '' ? message(200, 'ready') : message(503, reason);
}

export function showEnabledPlugins(): Answer {
  return json(200, { enabled_plugins: [...pluginHandlers.keys()].sort() });
}
