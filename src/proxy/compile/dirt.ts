// What a change makes necessary: which routes, services, upstreams, consumers and names have to be made anew.
import type { Delta } from '../../kong/delta.ts';
import type { Entity, EntityType, EntityTypes } from '../../kong/entity.ts';
import { type Model, slotKey } from './model.ts';

export interface Dirt {
  /** With the ids of their targets that have changed; null: the upstream itself has, or what it shows to them. */
  readonly upstreams: Map<string, Set<string> | null>;
  readonly services: Set<string>;
  readonly routes: Set<string>;
  readonly consumers: Set<string>;
  /** Values of keys. */
  readonly keys: Map<string, string | null>;
  /** Server names and the SNI entity that they belong to. */
  readonly serverNames: Map<string, string | null>;
  readonly usernames: Map<string, string | null>;
  readonly plugins: Set<string>;
  /** Slot keys that targets had before. */
  readonly leftSlots: Set<string>;
  global: boolean;
}

type Mark<T> = (entity: T, isPresent: boolean) => void;

/** A value may pass from one entity to another within one change, in any order. */
function claim(owners: Map<string, string | null>, value: string, id: string, isPresent: boolean): void {
  const owner = owners.get(value) ?? null;
  if (isPresent) owners.set(value, id);
  else if (owner === null || owner === id) owners.set(value, null);
}

function markTarget({ upstreams }: Dirt, upstream: string, id: string): void {
  const marked = upstreams.get(upstream);
  if (marked === undefined) upstreams.set(upstream, new Set([id]));
  else marked?.add(id);
}

/** What the name stands for has changed, and so have the addresses of targets that are that name. */
export function markName(dirt: Dirt, model: Model, name: string): void {
  for (const id of model.targetsOfName.of(name)) {
    const target = model.entities.targets.get(id);
    if (target !== undefined) markTarget(dirt, target.upstream, id);
  }
}

function marks(dirt: Dirt, model: Model): { readonly [T in EntityType]?: Mark<EntityTypes[T]> } {
  const certificateUsers: Mark<Entity> = ({ id }) => {
    for (const user of model.usersOfCertificate.of(id)) {
      if (model.entities.services.has(user)) dirt.services.add(user);
      const upstream = model.entities.upstreams.get(user);
      if (upstream === undefined) continue;
      dirt.upstreams.set(user, null);
      for (const service of model.servicesOfHost.of(upstream.name)) dirt.services.add(service);
    }
  };
  return {
    ca_certificates: certificateUsers,
    certificates: (certificate, isPresent) => {
      certificateUsers(certificate, isPresent);
      for (const id of model.snisOfCertificate.of(certificate.id)) {
        const sni = model.entities.snis.get(id);
        if (sni !== undefined) dirt.serverNames.set(sni.name.toLowerCase(), id);
      }
    },
    snis: (sni, isPresent) => claim(dirt.serverNames, sni.name.toLowerCase(), sni.id, isPresent),
    upstreams: (upstream) => {
      dirt.upstreams.set(upstream.id, null);
      for (const service of model.servicesOfHost.of(upstream.name)) dirt.services.add(service);
    },
    targets: (target, isPresent) => {
      markTarget(dirt, target.upstream, target.id);
      if (!isPresent) dirt.leftSlots.add(slotKey(target));
    },
    services: (service) => dirt.services.add(service.id),
    routes: (route) => dirt.routes.add(route.id),
    consumers: (consumer, isPresent) => {
      dirt.consumers.add(consumer.id);
      if (consumer.username !== null) claim(dirt.usernames, consumer.username, consumer.id, isPresent);
    },
    keyauth_credentials: (credential, isPresent) =>
      claim(dirt.keys, credential.key, credential.id, isPresent),
    acls: (acl) => dirt.consumers.add(acl.consumer),
    consumer_group_consumers: (membership) => dirt.consumers.add(membership.consumer),
    // Its name decides which of several groups comes first.
    consumer_groups: (group) => {
      for (const id of model.membershipsOfGroup.of(group.id)) {
        const membership = model.entities.consumer_group_consumers.get(id);
        if (membership !== undefined) dirt.consumers.add(membership.consumer);
      }
    },
    plugins: (plugin, isPresent) => {
      if (!isPresent) dirt.plugins.add(plugin.id);
      if (plugin.route !== null) dirt.routes.add(plugin.route);
      else if (plugin.service !== null)
        for (const route of model.routesOfService.of(plugin.service)) dirt.routes.add(route);
      else dirt.global = true;
    },
  };
}

function emptyDirt(): Dirt {
  return {
    upstreams: new Map(),
    services: new Set(),
    routes: new Set(),
    consumers: new Set(),
    keys: new Map(),
    serverNames: new Map(),
    usernames: new Map(),
    plugins: new Set(),
    leftSlots: new Set(),
    global: false,
  };
}

/** Applies the change to the model, a step for every entity; returns what has become dirty. */
export function* applyToModel(model: Model, delta: Delta): Generator<void, Dirt> {
  const dirt = emptyDirt();
  const mark = marks(dirt, model) as { readonly [T in EntityType]?: Mark<Entity> };
  for (const { type, id } of delta.remove) {
    const old = model.set(type, id, null);
    if (old !== null) mark[type]?.(old, false);
    yield;
  }
  for (const { type, entity } of delta.upsert) {
    const old = model.set(type, entity.id, entity);
    if (old !== null) mark[type]?.(old, false);
    mark[type]?.(entity, true);
    yield;
  }
  yield* spread(dirt, model);
  return dirt;
}

/** What depends on what has become dirty. */
function* spread(dirt: Dirt, model: Model): Generator<void> {
  for (const service of dirt.services)
    for (const route of model.routesOfService.of(service)) {
      dirt.routes.add(route);
      yield;
    }
  for (const consumer of dirt.consumers)
    for (const id of model.keysOfConsumer.of(consumer)) {
      const credential = model.entities.keyauth_credentials.get(id);
      if (credential !== undefined) dirt.keys.set(credential.key, id);
      yield;
    }
  if (!dirt.global) return;
  for (const id of model.entities.routes.keys()) {
    dirt.routes.add(id);
    yield;
  }
}
