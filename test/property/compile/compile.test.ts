// Tables made by changes answer like tables made from scratch, and the tables in use never change under a request.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { BalancedExchange } from '../../../src/proxy/balance/balancer.ts';
import type { Compiled, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { type Compiler, createCompiler } from '../../../src/proxy/compile/compiler.ts';
import type { PluginHandler } from '../../../src/proxy/plugins/plugin.ts';
import type { Endpoint, EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';

class Registry implements EndpointRegistry {
  readonly references = new Map<string, number>();

  acquire(host: string, port: number): Endpoint {
    const key = `tcp:${host}:${port}`;
    this.references.set(key, (this.references.get(key) ?? 0) + 1);
    return { key, host, port };
  }

  release({ key }: Endpoint): void {
    const left = (this.references.get(key) ?? 0) - 1;
    if (left < 0) throw new Error(`${key} was released more often than acquired`);
    if (left === 0) this.references.delete(key);
    else this.references.set(key, left);
  }
}

/** Shows which plugin entity an instance came from. */
const shown = (name: string, priority: number): PluginHandler => ({
  name,
  priority,
  prepare: (plugin) => ({ id: plugin.id, config: plugin.config }) as object,
});
const handlers = new Map([shown('key-auth', 1250), shown('cors', 2000)].map((each) => [each.name, each]));
const shared = {
  health: new Int32Array(64),
  shares: new Int32Array(64),
  counters: new Int32Array(4),
  statistics: new Float64Array(4),
  routes: [],
};

function create(registry: Registry): Compiler {
  const clock = { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) };
  return createCompiler({ env: { clock }, endpoints: registry, shared, handlers });
}

function swap(compiler: Compiler, from: GatewayConfig, to: GatewayConfig): Compiled {
  const job = compiler.begin(diffConfigs(from, to));
  const before = compiler.current;
  const seen = new Set([before]);
  while (!job.step()) seen.add(compiler.current);
  expect(seen.size).toBeLessThanOrEqual(2);
  expect(seen.has(job.result)).toBe(true);
  return job.result;
}

/** One of many clients. */
function requestOf(client: number): BalancedExchange {
  return {
    request: { clientAddress: `10.9.9.${client}`, path: '/', query: '', headerValues: () => [] },
    consumer: null,
    credentialId: '',
    uriCaptures: null,
    affinityKey: null,
    isAffinityNew: false,
    freshId: () => '00000000-0000-4000-8000-000000000000',
  };
}

const algorithms = [
  { algorithm: 'round-robin' },
  { algorithm: 'least-connections' },
  { algorithm: 'latency' },
  { hash_on: 'ip' },
  { algorithm: 'sticky-sessions', sticky_sessions_cookie: 'at' },
];

const names = ['a', 'b', 'c'];

/** Everything that requests can see. */
function observe(compiled: Compiled): unknown {
  const routes = ['/a', '/b', '/c', '/other'].map((path) => {
    const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
    compiled.match({ ...bareInput, host: 'h', rawHost: 'h' }, path, into);
    if (into.route === null) return null;
    const { service, plugins, ...route } = into.route;
    const peers = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const picked = service?.balancer.pick(null, requestOf(i));
      picked?.load?.end(-1);
      if (picked) peers.add(`${picked.endpoint.key} ${picked.hostHeader}`);
    }
    return { route, plugins, service: service && { ...service, balancer: null }, peers: [...peers].sort() };
  });
  const keys = names.map((name) => compiled.consumerByKey(`key-${name}`));
  const consumers = names.map((name) => compiled.consumerByUsername(name));
  return { id: compiled.configId, routes, keys, consumers, global: compiled.globalPlugins };
}

const name = fc.constantFrom(...names);
const plugin = fc.constantFrom('key-auth', 'cors');
const uniqueNames = fc.uniqueArray(name, { maxLength: 3 });

const document = fc
  .record({
    services: uniqueNames,
    hosts: fc.array(fc.constantFrom('up-a', 'up-b', 'direct.example'), { minLength: 3, maxLength: 3 }),
    upstreams: fc.uniqueArray(fc.constantFrom('up-a', 'up-b'), { maxLength: 2 }),
    targets: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }),
    /** By the last number of a target's address. */
    weights: fc.array(fc.constantFrom(0, 1, 100), { minLength: 6, maxLength: 6 }),
    algorithm: fc.constantFrom(...algorithms),
    consumers: uniqueNames,
    /** Which key each consumer has: keys move between consumers. */
    shift: fc.integer({ min: 0, max: 2 }),
    global: fc.uniqueArray(plugin, { maxLength: 2 }),
    onService: fc.uniqueArray(plugin, { maxLength: 2 }),
    onRoute: fc.uniqueArray(plugin, { maxLength: 2 }),
    isEnabled: fc.boolean(),
    groups: fc.uniqueArray(fc.constantFrom('gold', 'tin'), { maxLength: 2 }),
    /** Consumers of each group. */
    members: fc.array(uniqueNames, { minLength: 2, maxLength: 2 }),
  })
  .map((given) => ({
    _format_version: '3.0',
    services: given.services.map((service, i) => ({
      name: service,
      host: given.hosts[i],
      enabled: i > 0 || given.isEnabled,
      plugins: given.onService.map((each) => ({ name: each })),
      routes: [
        {
          name: `r-${service}`,
          paths: [`/${service}`],
          plugins: given.onRoute.map((each) => ({ name: each })),
        },
      ],
    })),
    upstreams: given.upstreams.map((each) => ({
      name: each,
      ...given.algorithm,
      targets: given.targets.map((last) => ({ target: `10.0.0.${last}:80`, weight: given.weights[last] })),
    })),
    consumers: given.consumers.map((username) => ({
      username,
      acls: [{ group: `g${given.shift}` }],
      keyauth_credentials: [
        {
          id: `00000000-0000-4000-8000-00000000000${names.indexOf(username)}`,
          key: `key-${names[(names.indexOf(username) + given.shift) % 3]}`,
        },
      ],
    })),
    consumer_groups: given.groups.map((group) => ({ name: group })),
    consumer_group_consumers: given.groups.flatMap((group, i) =>
      given.members[i]!.filter((consumer) => given.consumers.includes(consumer)).map((consumer) => ({
        consumer,
        consumer_group: group,
      })),
    ),
    plugins: [
      ...given.global.map((each) => ({ name: each })),
      ...given.groups.map((group) => ({
        name: 'rate-limiting',
        config: { minute: 1 + given.shift },
        consumer_group: group,
        service: given.services[0],
      })),
    ],
  }));

test('tables by changes = tables from scratch', () => {
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 5 }), (documents) => {
      const registry = new Registry();
      const compiler = create(registry);
      let before = emptyConfig;
      for (const each of documents) {
        const decoded = decodeDeclarative(each);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
        const after = decoded.value;
        const scratchRegistry = new Registry();
        const scratch = swap(create(scratchRegistry), emptyConfig, after);
        expect(observe(swap(compiler, before, after))).toEqual(observe(scratch));
        expect(registry.references).toEqual(scratchRegistry.references);
        before = after;
      }
      swap(compiler, before, emptyConfig);
      expect(registry.references.size).toBe(0);
    }),
    { numRuns: 80 },
  );
});
