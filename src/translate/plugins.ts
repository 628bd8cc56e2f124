// KongPlugins where annotations ask for them. A plugin that cannot be used fails closed: leaving a broken authentication out
// would open the route, so its routes lose their service (Kong answers 503) and its consumers are left out. The same after
// a restart as before: no earlier version is remembered. Plugins that only observe are the exception.
import type { Plugin } from '../kong/entity.ts';
import { annotationList, globalLabel } from '../kube/annotations.ts';
import type { KongPlugin } from '../kube/kong-plugin.ts';
import type { DecodedObject } from '../kube/metadata.ts';
import type { Problem } from '../kube/problem.ts';
import { indexByKey, objectKey, type Snapshot } from '../kube/snapshot.ts';
import type { ConfigBuilder } from './builder.ts';
import type { SettledGroups } from './consumer-groups.ts';
import { consumerName, type SettledConsumer } from './consumers.ts';
import { foreignObject } from './ingress-class.ts';
import {
  type Combination,
  type KnownPlugins,
  type Place,
  PluginInstances,
  type PluginRefusal,
} from './plugin-instances.ts';
import * as problems from './problems.ts';
import { rewritePlugin } from './rewrite.ts';
import type { Routing } from './routing.ts';

/** They neither refuse nor change a request: traffic is as safe without them. */
const observingPlugins: ReadonlySet<string> = new Set([
  'prometheus',
  'zipkin',
  'opentelemetry',
  'datadog',
  'statsd',
  'file-log',
  'http-log',
  'tcp-log',
  'udp-log',
  'syslog',
  'loggly',
  'kafka-log',
]);

/** What a plugin is attached to: an entity, by id and by the name that goes into ids. */
interface Scope extends Place {
  readonly type: 'route' | 'service' | 'consumer' | 'group';
  readonly source: DecodedObject;
  readonly rewrite: Plugin | null;
}

interface Use {
  readonly plugin: KongPlugin;
  readonly scopes: Scope[];
}

export interface SettledPlugins {
  readonly entities: readonly { readonly plugin: Plugin; readonly objects: readonly DecodedObject[] }[];
  /** Ids of routes, services, consumers and groups that must not be served. */
  readonly closed: ReadonlySet<string>;
  /** True: a global plugin is broken, nothing may be served. */
  readonly closesAll: boolean;
  readonly problems: readonly Problem[];
  /** For the next translation. */
  readonly known: KnownPlugins;
}

function findScopes(
  routing: Routing,
  consumers: readonly SettledConsumer[],
  { groups }: SettledGroups,
): readonly Scope[] {
  const scopes: Scope[] = [];
  for (const { draft, route } of routing.routes)
    scopes.push({
      type: 'route',
      id: route.id,
      name: route.name ?? '',
      source: draft.source,
      rewrite: draft.rewrite,
    });
  for (const { source, draft } of routing.serviceDrafts.values())
    if (source !== null)
      scopes.push({
        type: 'service',
        id: draft.service.id,
        name: draft.service.name ?? '',
        source,
        rewrite: null,
      });
  for (const { source, consumer } of consumers)
    scopes.push({ type: 'consumer', id: consumer.id, name: consumerName(consumer), source, rewrite: null });
  for (const { source, group } of groups.values())
    scopes.push({ type: 'group', id: group.id, name: group.name, source, rewrite: null });
  return scopes;
}

/** Consumers and groups times (services and routes), or whichever of the two there are. */
function combine(scopes: readonly Scope[]): readonly Combination<Scope>[] {
  const places = scopes.filter(({ type }) => type === 'route' || type === 'service');
  const callers = scopes.flatMap((scope): readonly Combination<Scope>[] => {
    if (scope.type === 'group') return [{ group: scope }];
    return scope.type === 'consumer' ? [{ consumer: scope }] : [];
  });
  const asPlace = (scope: Scope): Combination<Scope> =>
    scope.type === 'route' ? { route: scope } : { service: scope };
  if (callers.length === 0) return places.map(asPlace);
  if (places.length === 0) return callers;
  return callers.flatMap((caller) => places.map((place) => ({ ...asPlace(place), ...caller })));
}

class PluginSettler {
  readonly entities: { plugin: Plugin; objects: readonly DecodedObject[] }[] = [];
  readonly closed = new Set<string>();
  readonly problems: Problem[] = [];
  closesAll = false;
  readonly #instances: PluginInstances;
  readonly #builder: ConfigBuilder;
  readonly #reported = new Set<string>();

  constructor(instances: PluginInstances, builder: ConfigBuilder) {
    this.#instances = instances;
    this.#builder = builder;
  }

  report(problem: Problem): void {
    const { kind, namespace, name } = problem.object;
    const key = `${kind}/${namespace}/${name}\n${problem.field}\n${problem.message}`;
    if (!this.#reported.has(key)) this.problems.push(problem);
    this.#reported.add(key);
  }

  close(scopes: readonly Scope[]): void {
    for (const scope of scopes) this.closed.add(scope.id);
  }

  /** What the gateway's check says about it goes to the plugin's own object. */
  #reportRefusal(plugin: KongPlugin, refusal: PluginRefusal): void {
    const isFromSecret = plugin.configFrom !== null || plugin.configPatches.length > 0;
    if ('problem' in refusal) this.report(refusal.problem);
    else if (refusal.errors.some((error) => error.field === 'name'))
      this.report(problems.unknownPlugin(plugin, plugin.plugin, observingPlugins.has(plugin.plugin)));
    else
      for (const { field, message } of refusal.errors) {
        const shown = field === '@entity' ? 'config' : field;
        this.report(
          isFromSecret
            ? problems.badSecretConfig(plugin, shown)
            : problems.badPluginConfig(plugin, shown, message),
        );
      }
  }

  /** Emits one instance; false when it had to be closed instead. */
  emit(plugin: KongPlugin, where: Combination<Scope>): boolean {
    const scopes = [where.route, where.service, where.consumer, where.group].filter(
      (scope) => scope !== undefined,
    );
    const result = this.#instances.get(plugin, where);
    if (!result.ok) this.#reportRefusal(plugin, result.error);
    if (result.ok && !this.#builder.isExcluded('plugins', result.value.id)) {
      const objects = [plugin, ...scopes.map((scope) => scope.source)];
      this.entities.push({ plugin: result.value, objects });
      return true;
    }
    if (observingPlugins.has(plugin.plugin)) return true;
    this.close(scopes);
    return false;
  }

  /** The request-transformer that a rewrite stands for. */
  emitRewrite(plugin: Plugin, scope: Scope): void {
    if (this.#builder.isExcluded('plugins', plugin.id)) this.close([scope]);
    else this.entities.push({ plugin, objects: [scope.source] });
  }
}

/** Null after reporting: the scope is closed. */
function resolve(
  scope: Scope,
  name: string,
  snapshot: Snapshot,
  clusterPlugins: ReadonlyMap<string, KongPlugin>,
  settler: PluginSettler,
): KongPlugin | null {
  const { namespace } = scope.source.metadata;
  const colon = name.indexOf(':');
  if (colon >= 0 && name.slice(0, colon) !== namespace) {
    settler.report(problems.foreignPlugin(scope.source, name));
    return null;
  }
  const local = name.slice(colon + 1);
  const found =
    indexByKey(snapshot.kongPlugins).get(`${namespace}/${local}`) ??
    (colon >= 0 ? undefined : clusterPlugins.get(local));
  if (found === undefined) settler.report(problems.missingPlugin(scope.source, name));
  return found ?? null;
}

function addGlobals(plugins: ReadonlyMap<string, KongPlugin>, settler: PluginSettler): void {
  const owners = new Map<string, KongPlugin>();
  for (const plugin of plugins.values()) {
    if (plugin.metadata.labels[globalLabel] !== 'true') continue;
    const owner = owners.get(plugin.plugin);
    if (owner !== undefined) {
      settler.report(problems.duplicateGlobalPlugin(plugin, plugin.plugin, objectKey(owner)));
      continue;
    }
    owners.set(plugin.plugin, plugin);
    if (!settler.emit(plugin, {})) settler.closesAll = true;
  }
}

export function settlePlugins(
  snapshot: Snapshot,
  routing: Routing,
  consumers: readonly SettledConsumer[],
  groups: SettledGroups,
  className: string,
  isDefault: boolean,
  builder: ConfigBuilder,
  known: KnownPlugins | null,
): SettledPlugins {
  const instances = new PluginInstances(known, indexByKey(snapshot.secrets));
  const settler = new PluginSettler(instances, builder);
  const ours = snapshot.kongClusterPlugins.filter(
    (plugin) => foreignObject(plugin, className, isDefault) === null,
  );
  const clusterPlugins = new Map(ours.map((plugin) => [plugin.metadata.name, plugin]));
  const uses = new Map<KongPlugin, Use>();
  for (const scope of findScopes(routing, consumers, groups)) {
    const kinds = new Map<string, string>();
    for (const name of annotationList(scope.source, 'plugins') ?? []) {
      const plugin = resolve(scope, name, snapshot, clusterPlugins, settler);
      if (plugin === null) {
        settler.close([scope]);
        continue;
      }
      const other = kinds.get(plugin.plugin);
      if (other !== undefined) {
        if (other !== name) settler.report(problems.duplicatePlugin(scope.source, name, other));
        continue;
      }
      kinds.set(plugin.plugin, name);
      const use = uses.get(plugin);
      if (use === undefined) uses.set(plugin, { plugin, scopes: [scope] });
      else use.scopes.push(scope);
    }
    if (scope.rewrite === null) continue;
    const other = kinds.get(rewritePlugin);
    if (other === undefined) settler.emitRewrite(scope.rewrite, scope);
    else {
      settler.report(problems.conflictingRewrite(scope.source, other));
      settler.close([scope]);
    }
  }
  for (const { plugin, scopes } of uses.values())
    for (const where of combine(scopes)) settler.emit(plugin, where);
  addGlobals(clusterPlugins, settler);
  const { entities, closed, closesAll, problems: found } = settler;
  return { entities, closed, closesAll, problems: found, known: instances.known };
}

/** After routes, services and consumers: a plugin whose place is left out is left out too. */
export function addPlugins(settled: SettledPlugins, builder: ConfigBuilder): void {
  for (const { plugin, objects } of settled.entities) {
    if (plugin.route !== null && !builder.has('routes', plugin.route)) continue;
    if (plugin.service !== null && !builder.has('services', plugin.service)) continue;
    if (plugin.consumer !== null && !builder.has('consumers', plugin.consumer)) continue;
    const { consumer_group: group } = plugin;
    if (group !== undefined && !builder.has('consumer_groups', group)) continue;
    builder.add('plugins', plugin, objects);
  }
}
