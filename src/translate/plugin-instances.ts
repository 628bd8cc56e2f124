// The instances of a plugin, checked once: kept for as long as the KongPlugin and its Secrets are the same objects.
import { fail, type Result } from '../base/result.ts';
import type { Plugin } from '../kong/entity.ts';
import type { FieldError } from '../kong/schema/field.ts';
import type { KongPlugin } from '../kube/kong-plugin.ts';
import type { Problem } from '../kube/problem.ts';
import type { Secret } from '../kube/secret.ts';
import { checked } from './check-entity.ts';
import { objectTags } from './names.ts';
import { readPluginConfig } from './plugin-config.ts';

/** Where one instance sits: ids as the gateway knows them, id and name made from their names. */
export interface InstancePlace {
  readonly id: string;
  readonly instanceName: string | null;
  readonly route: string | null;
  readonly service: string | null;
  readonly consumer: string | null;
}

export type PluginRefusal = { readonly problem: Problem } | { readonly errors: readonly FieldError[] };

interface KnownPlugin {
  readonly secrets: readonly (Secret | undefined)[];
  readonly config: Result<Readonly<Record<string, unknown>>, Problem>;
  /** By id. */
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

function build(
  plugin: KongPlugin,
  place: InstancePlace,
  { config }: KnownPlugin,
): Result<Plugin, PluginRefusal> {
  if (!config.ok) return fail({ problem: config.error });
  const { id, instanceName, route, service, consumer } = place;
  const result = checked('plugins', {
    id,
    name: plugin.plugin,
    config: config.value,
    enabled: !plugin.disabled,
    ...(plugin.protocols.length === 0 ? {} : { protocols: plugin.protocols }),
    instance_name: instanceName,
    route,
    service,
    consumer,
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

  get(plugin: KongPlugin, place: InstancePlace): Result<Plugin, PluginRefusal> {
    const known = this.#find(plugin);
    const old = this.#previous?.get(plugin);
    const reused = old?.config === known.config ? old.instances.get(place.id) : undefined;
    const instance = reused ?? build(plugin, place, known);
    known.instances.set(place.id, instance);
    return instance;
  }
}
