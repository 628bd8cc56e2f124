// What the gateway thinks of its targets: `/upstreams/{u}/health`, and setting it by hand.
import type { Target, Upstream } from '../../kong/entity.ts';
import { checksHealth } from '../balance/passive-health.ts';
import type { ProxyServer } from '../server/main.ts';
import type { AddressHealth, TargetHealth, TargetHealthName } from '../server/target-health.ts';
import { collections, findEntity, showEntity } from './entities.ts';
import { type Answer, allowing, empty, json, message, methodNotAllowed, notFound } from './reply.ts';

function splitAddress(target: string): { readonly host: string; readonly port: number } {
  const colon = target.lastIndexOf(':');
  return { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
}

function targetsOf(proxy: ProxyServer, upstream: Upstream): readonly Target[] {
  return [...proxy.config().entities.targets.values()].filter((target) => target.upstream === upstream.id);
}

function isUsable(health: TargetHealthName): boolean {
  return health === 'HEALTHY' || health === 'HEALTHCHECKS_OFF';
}

interface Weights {
  readonly total: number;
  readonly available: number;
  readonly unavailable: number;
}

/** Of addresses; a name that has none weighs nothing, as in Kong. */
function weightsOf(addresses: readonly AddressHealth[]): Weights {
  let total = 0;
  let available = 0;
  for (const { weight, health } of addresses) {
    total += weight;
    if (isUsable(health)) available += weight;
  }
  return { total, available, unavailable: total - available };
}

/** As Kong writes it: IPv6 in brackets. */
function shownHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `verdict` is what is said of the health of an address. */
function describeHost(
  target: Target,
  { source, addresses }: TargetHealth,
  verdict: (health: TargetHealthName) => Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { host, port } = splitAddress(target.target);
  return {
    host,
    port,
    dns: source,
    nodeWeight: target.weight,
    weight: weightsOf(addresses),
    addresses: addresses.map((address) => ({
      ip: shownHost(address.host),
      port: address.port,
      weight: address.weight,
      ...verdict(address.health),
    })),
  };
}

function describe(target: Target, state: TargetHealth): Record<string, unknown> {
  return {
    ...showEntity({ type: 'targets', keyField: 'target', references: ['upstream'] }, target),
    health: state.health,
    data: describeHost(target, state, (health) => ({ health })),
  };
}

function describeBalancer(proxy: ProxyServer, upstream: Upstream, nodeId: string): Answer {
  const targets = targetsOf(proxy, upstream);
  const states = targets.map((target) => proxy.targetHealth(target));
  const weight = weightsOf(states.flatMap(({ addresses }) => addresses));
  const { total, available } = weight;
  const isHealthy = total > 0 && (available / total) * 100 > upstream.healthchecks.threshold;
  const isOff = !checksHealth(upstream);
  const state = isHealthy ? 'HEALTHY' : 'UNHEALTHY';
  return json(200, {
    data: {
      id: upstream.id,
      health: isOff ? 'HEALTHCHECKS_OFF' : state,
      balancer_health: state,
      details: {
        healthy: isHealthy,
        weight,
        // Only here Kong says it with true and false.
        hosts: targets.map((target, i) =>
          describeHost(target, states[i]!, (health) => ({ healthy: isUsable(health) })),
        ),
      },
    },
    next: null,
    node_id: nodeId,
  });
}

function setHealth(
  proxy: ProxyServer,
  upstream: Upstream,
  method: string,
  key: string,
  address: string,
  state: string,
): Answer {
  if (method === 'OPTIONS') return allowing('OPTIONS, PUT');
  if (method !== 'PUT') return methodNotAllowed;
  const target = targetsOf(proxy, upstream).find(({ id, target }) => id === key || target === key);
  if (target === undefined) return notFound;
  const { addresses } = proxy.targetHealth(target);
  const isItsOwn = ({ host, port }: AddressHealth): boolean => `${shownHost(host)}:${port}` === address;
  if (address !== '' && !addresses.some(isItsOwn)) return notFound;
  if (!proxy.setTargetHealth(target, address, state === 'healthy'))
    return message(400, `upstream '${upstream.name}' has no health checks, so there is no health to set`);
  return empty(204);
}

/** null: not a path about health. */
export function answerHealth(
  proxy: ProxyServer,
  nodeId: string,
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
): Answer | null {
  const [first, key = '', second, targetKey = '', ...rest] = segments;
  if (first !== 'upstreams' || segments.length < 3) return null;
  const state = rest.at(-1);
  const sets = second === 'targets' && (state === 'healthy' || state === 'unhealthy') && rest.length <= 2;
  const shows = second === 'health' && segments.length === 3;
  if (!sets && !shows) return null;
  const upstream = findEntity(proxy.config(), collections['upstreams']!, key) as Upstream | null;
  if (upstream === null) return notFound;
  if (sets) return setHealth(proxy, upstream, method, targetKey, rest.length === 2 ? rest[0]! : '', state);
  if (method === 'OPTIONS') return allowing('GET, HEAD, OPTIONS');
  if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed;
  if (query.get('balancer_health') === '1') return describeBalancer(proxy, upstream, nodeId);
  const data = targetsOf(proxy, upstream).map((target) => describe(target, proxy.targetHealth(target)));
  return json(200, { data, next: null, node_id: nodeId });
}
