// Hand-made tables for driving the data path without the compiler: hosts and path prefixes to services.

import type { BalancedTarget, TargetHealth } from '../../src/proxy/balance/balancer.ts';
import { emptyList } from '../../src/proxy/balance/peer.ts';
import type {
  Compiled,
  CompiledConsumer,
  CompiledRoute,
  CompiledService,
  PluginSlot,
} from '../../src/proxy/compile/compiled.ts';
import type { Endpoint, EndpointRegistry } from '../../src/proxy/upstream/endpoint.ts';

export interface StaticRoute {
  readonly host: string;
  readonly prefix: string;
  readonly targets: readonly {
    readonly host: string;
    readonly port: number;
    readonly health?: TargetHealth;
  }[];
  readonly route?: Partial<CompiledRoute>;
  readonly service?: Partial<CompiledService>;
  readonly plugins?: readonly PluginSlot[];
  readonly consumers?: ReadonlyMap<string, CompiledConsumer>;
}

function targetOf(endpoint: Endpoint, health: TargetHealth | null): BalancedTarget {
  return { endpoint, hostHeader: `${endpoint.host}:${endpoint.port}`, health, load: null };
}

function routeOf(entry: StaticRoute, endpoints: EndpointRegistry): CompiledRoute {
  const targets = entry.targets.map(({ host, port, health }) =>
    targetOf(endpoints.acquire(host, port, null), health ?? null),
  );
  let next = 0;
  const service: CompiledService = {
    id: `service-${entry.host}`,
    name: `service-${entry.host}`,
    protocol: 'http',
    host: 'backend',
    port: 80,
    path: null,
    retries: 5,
    connectTimeoutMs: 60_000,
    writeTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    balancer: {
      affinity: null,
      list: emptyList,
      pick(tried) {
        for (let i = 0; i < targets.length; i++) {
          const target = targets[next]!;
          next = (next + 1) % targets.length;
          if (tried === null || !tried.includes(target)) return target;
        }
        return tried === null || targets.length === 0 ? null : targets[next]!;
      },
    },
    ...entry.service,
  };
  const plugins = entry.plugins ?? [];
  return {
    id: `route-${entry.host}`,
    name: `route-${entry.host}`,
    service,
    allowsHttp: true,
    allowsHttps: true,
    httpsRedirectStatus: 426,
    stripPath: false,
    pathHandling: 'v0',
    isGrpc: false,
    preserveHost: false,
    requestBuffering: true,
    responseBuffering: true,
    plugins,
    hasPlugins: plugins.length > 0,
    unavailableReason: '',
    lacksPlugin: false,
    row: 0,
    ...entry.route,
  };
}

export function staticTables(entries: readonly StaticRoute[], endpoints: EndpointRegistry): Compiled {
  const byHost = new Map<string, { readonly prefix: string; readonly route: CompiledRoute }[]>();
  for (const entry of entries) {
    const list = byHost.get(entry.host) ?? [];
    list.push({ prefix: entry.prefix, route: routeOf(entry, endpoints) });
    list.sort((a, b) => b.prefix.length - a.prefix.length);
    byHost.set(entry.host, list);
  }
  return {
    configId: '0'.repeat(32),
    globalPlugins: [],
    match(input, path, into) {
      const list = byHost.get(input.host) ?? byHost.get('*');
      if (list === undefined) return false;
      for (const { prefix, route } of list) {
        if (!path.startsWith(prefix)) continue;
        into.route = route;
        into.prefixLength = prefix.length;
        return true;
      }
      return false;
    },
    consumerByKey: () => null,
    consumerById: () => null,
    consumerByUsername: () => null,
    selectCertificate: () => null,
  };
}
