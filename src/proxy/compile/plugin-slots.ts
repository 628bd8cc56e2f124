// Which plugin instances a route runs, by Kong's rules of scope: the most specific one of each name wins.
import type { Plugin } from '../../kong/entity.ts';
import { httpProtocols } from '../../kong/plugins/protocols.ts';
import { firstReference } from '../../kong/references.ts';
import type { PluginHandler, PluginHost, PluginInstance } from '../plugins/plugin.ts';
import type { PluginSlot, ScopedInstance } from './compiled.ts';
import { type Model, scopeKey } from './model.ts';

export interface Prepared {
  readonly instance: PluginInstance | null;
  /** Why there is no instance; '' when there is one. */
  readonly problem: string;
}

export interface PluginShelf {
  /** The instance of a plugin entity, prepared on first use. */
  prepared(plugin: Plugin): Prepared;
  forget(id: string): void;
  priority(name: string): number;
}

export function createPluginShelf(
  handlers: ReadonlyMap<string, PluginHandler>,
  host: PluginHost,
): PluginShelf {
  const shelf = new Map<string, { readonly plugin: Plugin; readonly prepared: Prepared }>();

  const prepare = (plugin: Plugin): Prepared => {
    const handler = handlers.get(plugin.name);
    if (handler === undefined)
      return { instance: null, problem: `plugin '${plugin.name}' is not part of this proxy` };
    const reference = firstReference('plugins', plugin);
    if (reference !== null)
      return {
        instance: null,
        problem: `plugin '${plugin.name}' (${plugin.id}) cannot run: nothing answers to ${reference}`,
      };
    try {
      return { instance: handler.prepare(plugin, host), problem: '' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { instance: null, problem: `plugin '${plugin.name}' (${plugin.id}) cannot run: ${reason}` };
    }
  };

  return {
    prepared(plugin) {
      const found = shelf.get(plugin.id);
      if (found !== undefined && found.plugin === plugin) return found.prepared;
      const prepared = prepare(plugin);
      shelf.set(plugin.id, { plugin, prepared });
      return prepared;
    },
    forget(id) {
      shelf.delete(id);
    },
    priority: (name) => handlers.get(name)?.priority ?? 0,
  };
}

export interface ResolvedSlots {
  /** In run order. */
  readonly slots: readonly PluginSlot[];
  /** Why the route must not be served; '' when it may. */
  readonly problem: string;
}

/** Kong's order, the closest last: by scope and by whom they are for. Consumer alone loses against route and service together. */
const closeness: readonly string[] = [
  'all',
  'service all',
  'route all',
  'group',
  'consumer',
  'route service all',
  'service group',
  'route group',
  'service consumer',
  'route consumer',
  'route service group',
  'route service consumer',
];

function rankOf({ route, service, consumer, consumer_group: group }: Plugin): number {
  const whom = consumer !== null ? 'consumer' : group === undefined ? 'all' : 'group';
  const where = `${route === null ? '' : 'route '}${service === null ? '' : 'service '}`;
  return closeness.indexOf(`${where}${whom}`);
}

interface Candidates {
  base: Plugin | null;
  readonly byConsumer: Map<string, Plugin>;
  readonly byGroup: Map<string, Plugin>;
}

/**
 * As in Kong, a plugin that is limited to protocols of HTTP runs for every HTTP request: an authentication for https alone
 * must not leave the same route open on http. Only one for nothing but streams is not for us.
 */
function collect(model: Model, routeId: string | null, serviceId: string | null): Map<string, Candidates> {
  const scopes = new Set([
    scopeKey(null, null),
    scopeKey(null, serviceId),
    scopeKey(routeId, null),
    scopeKey(routeId, serviceId),
  ]);
  const found = new Map<string, Candidates>();
  for (const scope of scopes) {
    for (const id of model.pluginsOfScope.of(scope)) {
      const plugin = model.entities.plugins.get(id)!;
      if (!plugin.enabled || !plugin.protocols.some((protocol) => httpProtocols.includes(protocol))) continue;
      let candidates = found.get(plugin.name);
      if (candidates === undefined) {
        candidates = { base: null, byConsumer: new Map(), byGroup: new Map() };
        found.set(plugin.name, candidates);
      }
      const { consumer, consumer_group: group } = plugin;
      if (consumer !== null) keepCloser(candidates.byConsumer, consumer, plugin);
      else if (group !== undefined) keepCloser(candidates.byGroup, group, plugin);
      else if (candidates.base === null || beats(plugin, candidates.base)) candidates.base = plugin;
    }
  }
  return found;
}

/** Two plugins of one name and scope do not exist in a valid config; by id, so that arrival order never shows. */
function beats(plugin: Plugin, rival: Plugin): boolean {
  const difference = rankOf(plugin) - rankOf(rival);
  return difference > 0 || (difference === 0 && plugin.id < rival.id);
}

function keepCloser(plugins: Map<string, Plugin>, whom: string, plugin: Plugin): void {
  const rival = plugins.get(whom);
  if (rival === undefined || beats(plugin, rival)) plugins.set(whom, plugin);
}

/** Slots of a route, or with nulls those of requests without a route. */
export function resolveSlots(
  model: Model,
  shelf: PluginShelf,
  routeId: string | null,
  serviceId: string | null,
): ResolvedSlots {
  const slots: PluginSlot[] = [];
  let problem = '';
  const instanceOf = (plugin: Plugin): PluginInstance | null => {
    const prepared = shelf.prepared(plugin);
    if (prepared.problem !== '' && problem === '') problem = prepared.problem;
    return prepared.instance;
  };
  /** Of those for some consumers, the ones that are closer than the one for all; null: there are none. */
  const scoped = (plugins: ReadonlyMap<string, Plugin>, base: Plugin | null) => {
    const instances = new Map<string, ScopedInstance>();
    for (const [whom, plugin] of plugins) {
      const rank = rankOf(plugin);
      if (base !== null && rankOf(base) > rank) continue;
      const instance = instanceOf(plugin);
      if (instance !== null) instances.set(whom, { instance, rank });
    }
    return instances.size === 0 ? null : instances;
  };
  for (const [name, candidates] of collect(model, routeId, serviceId)) {
    const base = candidates.base === null ? null : instanceOf(candidates.base);
    const byConsumer = scoped(candidates.byConsumer, candidates.base);
    const byGroup = scoped(candidates.byGroup, candidates.base);
    if (base !== null || byConsumer !== null || byGroup !== null)
      slots.push({ name, base, byConsumer, byGroup });
  }
  slots.sort((a, b) => shelf.priority(b.name) - shelf.priority(a.name) || (a.name > b.name ? -1 : 1));
  return { slots, problem };
}
