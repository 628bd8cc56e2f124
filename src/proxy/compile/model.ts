// What the compiler remembers of the config between changes: the entities, and who refers to whom.
import { emptyTables, type MutableEntityTables } from '../../kong/config.ts';
import type { Entity, EntityType, EntityTypes, Target } from '../../kong/entity.ts';
import { nameIn, splitAddress } from '../names/target-addresses.ts';

/** Ids by a key that they share. */
export class GroupIndex {
  readonly #groups = new Map<string, Set<string>>();

  add(key: string, id: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([id]));
    else group.add(id);
  }

  remove(key: string, id: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    group.delete(id);
    if (group.size === 0) this.#groups.delete(key);
  }

  of(key: string): Iterable<string> {
    return this.#groups.get(key) ?? [];
  }

  count(key: string): number {
    return this.#groups.get(key)?.size ?? 0;
  }
}

export interface Model {
  readonly entities: MutableEntityTables;
  readonly routesOfService: GroupIndex;
  /** Services by host name, which may be an upstream's name. */
  readonly servicesOfHost: GroupIndex;
  /** Services and upstreams by the id of a certificate or CA that they use. */
  readonly usersOfCertificate: GroupIndex;
  readonly targetsOfUpstream: GroupIndex;
  /** By slotKey: usually one. */
  readonly targetsOfSlot: GroupIndex;
  /** By name in lower case, where the target is one. */
  readonly targetsOfName: GroupIndex;
  readonly upstreamsOfName: GroupIndex;
  readonly snisOfCertificate: GroupIndex;
  /** keyauth_credentials and acls by consumer. */
  readonly keysOfConsumer: GroupIndex;
  readonly aclsOfConsumer: GroupIndex;
  /** consumer_group_consumers by consumer, and by group. */
  readonly membershipsOfConsumer: GroupIndex;
  readonly membershipsOfGroup: GroupIndex;
  /** Plugins by `scopeKey`. */
  readonly pluginsOfScope: GroupIndex;
  set(type: EntityType, id: string, entity: Entity | null): Entity | null;
}

/** Under which its health is kept: the same key as the main thread's, which gives the slots out. */
export function slotKey({ upstream, target }: Target): string {
  return `${upstream} ${target}`;
}

export function scopeKey(route: string | null, service: string | null): string {
  return `${route ?? ''} ${service ?? ''}`;
}

type Link = (entity: Entity) => readonly (readonly [GroupIndex, string])[];

export function createModel(): Model {
  const entities = emptyTables();
  const index = {
    routesOfService: new GroupIndex(),
    servicesOfHost: new GroupIndex(),
    usersOfCertificate: new GroupIndex(),
    targetsOfUpstream: new GroupIndex(),
    targetsOfSlot: new GroupIndex(),
    targetsOfName: new GroupIndex(),
    upstreamsOfName: new GroupIndex(),
    snisOfCertificate: new GroupIndex(),
    keysOfConsumer: new GroupIndex(),
    aclsOfConsumer: new GroupIndex(),
    membershipsOfConsumer: new GroupIndex(),
    membershipsOfGroup: new GroupIndex(),
    pluginsOfScope: new GroupIndex(),
  };
  const nameLinks = ({ target }: Target): ReturnType<Link> => {
    const name = nameIn(splitAddress(target).host);
    return name === null ? [] : [[index.targetsOfName, name]];
  };
  const links: { readonly [T in EntityType]?: (entity: EntityTypes[T]) => ReturnType<Link> } = {
    routes: (route) => (route.service === null ? [] : [[index.routesOfService, route.service]]),
    services: (service) => [
      [index.servicesOfHost, service.host],
      ...[service.client_certificate, ...(service.ca_certificates ?? [])]
        .filter((id) => id !== null)
        .map((id) => [index.usersOfCertificate, id] as const),
    ],
    upstreams: (upstream) => [
      [index.upstreamsOfName, upstream.name],
      ...(upstream.client_certificate === null
        ? []
        : [[index.usersOfCertificate, upstream.client_certificate] as const]),
    ],
    targets: (target) => [
      [index.targetsOfUpstream, target.upstream],
      [index.targetsOfSlot, slotKey(target)],
      ...nameLinks(target),
    ],
    snis: (sni) => [[index.snisOfCertificate, sni.certificate]],
    keyauth_credentials: (credential) => [[index.keysOfConsumer, credential.consumer]],
    consumer_group_consumers: (membership) => [
      [index.membershipsOfConsumer, membership.consumer],
      [index.membershipsOfGroup, membership.consumer_group],
    ],
    acls: (acl) => [[index.aclsOfConsumer, acl.consumer]],
    plugins: (plugin) => [[index.pluginsOfScope, scopeKey(plugin.route, plugin.service)]],
  };
  return {
    entities,
    ...index,
    /** Stores (or with null removes) an entity; gives the one that it replaces. */
    set(type, id, entity) {
      const table = entities[type] as Map<string, Entity>;
      const link = links[type] as Link | undefined;
      const old = table.get(id) ?? null;
      if (old !== null) for (const [group, key] of link?.(old) ?? []) group.remove(key, id);
      if (entity === null) table.delete(id);
      else {
        table.set(id, entity);
        for (const [group, key] of link?.(entity) ?? []) group.add(key, id);
      }
      return old;
    },
  };
}
