// Which plugin instances a route runs, by Kong's rules of scope: the most specific one of each name wins.
import type { Plugin } from '../../kong/entity.ts';
import { httpProtocols } from '../../kong/plugins/protocols.ts';
import type { PluginHandler, PluginHost, PluginInstance } from '../plugins/plugin.ts';
import type { PluginSlot } from './compiled.ts';
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

/** More specific is larger. Consumer alone loses against route and service together, as in Kong. */
function specificity(plugin: Plugin): number {
  const scopes = Number(plugin.route !== null) * 4 + Number(plugin.service !== null) * 2;
  if (plugin.consumer === null) return [0, 0, 1, 0, 2, 0, 4][scopes]!;
  return [3, 0, 5, 0, 6, 0, 7][scopes]!;
}

interface Candidates {
  base: Plugin | null;
  readonly byConsumer: Map<string, Plugin>;
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
        candidates = { base: null, byConsumer: new Map() };
        found.set(plugin.name, candidates);
      }
      const rival =
        plugin.consumer === null ? candidates.base : (candidates.byConsumer.get(plugin.consumer) ?? null);
      if (rival !== null && !beats(plugin, rival)) continue;
      if (plugin.consumer === null) candidates.base = plugin;
      else candidates.byConsumer.set(plugin.consumer, plugin);
    }
  }
  return found;
}

/** Two plugins of one name and scope do not exist in a valid config; by id, so that arrival order never shows. */
function beats(plugin: Plugin, rival: Plugin): boolean {
  const difference = specificity(plugin) - specificity(rival);
  return difference > 0 || (difference === 0 && plugin.id < rival.id);
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
  for (const [name, { base, byConsumer }] of collect(model, routeId, serviceId)) {
    const baseInstance = base === null ? null : instanceOf(base);
    const instances = new Map<string, PluginInstance>();
    for (const [consumer, plugin] of byConsumer) {
      if (base !== null && specificity(base) > specificity(plugin)) continue;
      const instance = instanceOf(plugin);
      if (instance !== null) instances.set(consumer, instance);
    }
    if (baseInstance === null && instances.size === 0) continue;
    slots.push({ name, base: baseInstance, byConsumer: instances.size > 0 ? instances : null });
  }
  slots.sort((a, b) => shelf.priority(b.name) - shelf.priority(a.name) || (a.name > b.name ? -1 : 1));
  return { slots, problem };
}
