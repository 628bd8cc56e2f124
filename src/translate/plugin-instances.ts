// The instances of a plugin, checked once: kept for as long as the KongPlugin and its Secrets are the same objects.
import { sha256Hex } from '../base/hash.ts';
import { fail, type Result } from '../base/result.ts';
import type { Plugin } from '../kong/entity.ts';
import { idOfScopedPlugin } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import type { KongPlugin } from '../kube/kong-plugin.ts';
import type { Problem } from '../kube/problem.ts';
import type { Secret } from '../kube/secret.ts';
import { checked } from './check-entity.ts';
import { objectTags } from './names.ts';
import { readPluginConfig } from './plugin-config.ts';

/** An entity that a plugin is attached to. */
export interface Place {
  readonly id: string;
  readonly name: string;
}

export interface Combination<P extends Place = Place> {
  readonly route?: P;
  readonly service?: P;
  readonly consumer?: P;
  readonly group?: P;
}

export type PluginRefusal = { readonly problem: Problem } | { readonly errors: readonly FieldError[] };

interface KnownPlugin {
  readonly secrets: readonly (Secret | undefined)[];
  readonly config: Result<Readonly<Record<string, unknown>>, Problem>;
  /** By what keyOf says. */
  readonly instances: Map<string, Result<Plugin, PluginRefusal>>;
}

export type KnownPlugins = ReadonlyMap<KongPlugin, KnownPlugin>;

function secretsOf(
  plugin: KongPlugin,
  secrets: ReadonlyMap<string, Secret>,
): readonly (Secret | undefined)[] {
  const references = plugin.configPatches.map((patch) => patch.secret);
  if (plugin.configFrom !== null) references.push(plugin.configFrom);
  return references.map(({ namespace, name }) => secrets.get(`${namespace}/${name}`));
}

/** Unique per place, as Kong's controller makes it. */
function instanceName(written: string, { service, route, consumer, group }: Combination): string | null {
  if (written === '') return null;
  let text = '';
  if (service !== undefined) text += `_service-${service.name}`;
  if (route !== undefined) text += `_route-${route.name}`;
  if (consumer !== undefined) text += `_consumer-${consumer.name}`;
  if (group !== undefined) text += `_group-${group.name}`;
  return text === '' ? written : `${written}-${sha256Hex(text).slice(0, 9)}`;
}

function keyOf({ service, route, consumer, group }: Combination): string {
  return `${service?.id} ${route?.id} ${consumer?.id} ${group?.id}`;
}

function instanceId(plugin: KongPlugin, { service, route, consumer, group }: Combination): string {
  return idOfScopedPlugin(plugin.plugin, {
    ...(service === undefined ? {} : { service: service.name }),
    ...(route === undefined ? {} : { route: route.name }),
    ...(consumer === undefined ? {} : { consumer: consumer.name }),
    ...(group === undefined ? {} : { group: group.name }),
  });
}

function build(
  plugin: KongPlugin,
  where: Combination,
  { config }: KnownPlugin,
): Result<Plugin, PluginRefusal> {
  if (!config.ok) return fail({ problem: config.error });
  const result = checked('plugins', {
    id: instanceId(plugin, where),
    name: plugin.plugin,
    config: config.value,
    enabled: !plugin.disabled,
    ...(plugin.protocols.length === 0 ? {} : { protocols: plugin.protocols }),
    instance_name: instanceName(plugin.instanceName, where),
    route: where.route?.id ?? null,
    service: where.service?.id ?? null,
    consumer: where.consumer?.id ?? null,
    ...(where.group === undefined ? {} : { consumer_group: where.group.id }),
    tags: objectTags(plugin),
  });
  return result.ok ? result : fail({ errors: result.error });
}

export class PluginInstances {
  readonly known = new Map<KongPlugin, KnownPlugin>();
  readonly #previous: KnownPlugins | null;
  readonly #secrets: ReadonlyMap<string, Secret>;

  constructor(previous: KnownPlugins | null, secrets: ReadonlyMap<string, Secret>) {
    this.#previous = previous;
    this.#secrets = secrets;
  }

  #find(plugin: KongPlugin): KnownPlugin {
    let known = this.known.get(plugin);
    if (known !== undefined) return known;
    const secrets = secretsOf(plugin, this.#secrets);
    const old = this.#previous?.get(plugin);
    const isSame = old?.secrets.every((secret, i) => secret === secrets[i]) === true;
    // A map of its own, so that instances of places that are gone are forgotten.
    known =
      old !== undefined && isSame
        ? { secrets, config: old.config, instances: new Map() }
        : { secrets, config: readPluginConfig(plugin, this.#secrets), instances: new Map() };
    this.known.set(plugin, known);
    return known;
  }

  get(plugin: KongPlugin, where: Combination): Result<Plugin, PluginRefusal> {
    const known = this.#find(plugin);
    const old = this.#previous?.get(plugin);
    const key = keyOf(where);
    const reused = old?.config === known.config ? old.instances.get(key) : undefined;
    const instance = reused ?? build(plugin, where, known);
    known.instances.set(key, instance);
    return instance;
  }
}
