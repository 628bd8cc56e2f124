// The names that a config asks for: which they are, what they stand for, and the words of shared health of the addresses
// behind them. The main thread follows the config with it and tells the workers of every change.
import type { EntityTables, GatewayConfig } from '../../kong/config.ts';
import type { Delta } from '../../kong/delta.ts';
import type { Service, Target, Upstream } from '../../kong/entity.ts';
import type { NameAnswer, NameChange } from './answer.ts';
import { createResolver, type ResolverEnv } from './resolver.ts';
import type { NameSettings } from './settings.ts';
import { addressesOf, nameIn, splitAddress, type TargetAddress } from './target-addresses.ts';

/** Gives words of shared health to addresses, by slotKey. */
export interface AddressSlots {
  /** One more user; the pair where workers do not have it yet. */
  hold(key: string): readonly [key: string, slot: number] | null;
  drop(key: string): void;
}

export interface NameNews {
  readonly names: readonly NameChange[];
  readonly slots: readonly (readonly [key: string, slot: number])[];
}

export interface NamedTargets {
  /** The config to follow from now on; what workers have to know with it. */
  apply(before: GatewayConfig, after: GatewayConfig, delta: Delta): NameNews;
  /** All that is known. */
  all(): readonly NameChange[];
  /** null: nobody asks for this name. */
  answer(name: string): NameAnswer | null;
  addressesOf(target: Target): readonly TargetAddress[];
  stop(): void;
}

/** Changes that come together are told together. */
const gatherMs = 5;

function targetName({ target, weight }: Target): string | null {
  return weight === 0 ? null : nameIn(splitAddress(target).host);
}

export function createNamedTargets(
  env: ResolverEnv,
  settings: NameSettings,
  slots: AddressSlots,
  changed: (news: NameNews) => void,
): NamedTargets {
  /** By name: ids of targets, and of services whose host it is. */
  const targets = new Map<string, Set<string>>();
  const services = new Map<string, Set<string>>();
  /** Ids of upstreams by their names as written. */
  const upstreams = new Map<string, Set<string>>();
  const watched = new Set<string>();
  /** Slot keys that a target holds. */
  const held = new Map<string, readonly string[]>();
  const dirty = new Set<string>();
  let entities: EntityTables | null = null;
  let isTelling = false;

  const resolver = createResolver(env, settings, (name) => {
    dirty.add(name);
    if (isTelling) return;
    isTelling = true;
    env.clock.after(gatherMs, tell);
  });

  const answer = (name: string): NameAnswer | null => (watched.has(name) ? resolver.answer(name) : null);

  /** Holds words for the addresses that the target has now, lets go of the others. */
  const settle = (id: string, fresh: (readonly [string, number])[]): void => {
    const target = entities?.targets.get(id);
    const isNamed = target !== undefined && targetName(target) !== null;
    const keys = isNamed ? addressesOf(target, answer).map(({ slotKey }) => slotKey) : [];
    const before = held.get(id) ?? [];
    for (const key of keys) {
      if (before.includes(key)) continue;
      const pair = slots.hold(key);
      if (pair !== null) fresh.push(pair);
    }
    for (const key of before) if (!keys.includes(key)) slots.drop(key);
    if (keys.length === 0) held.delete(id);
    else held.set(id, keys);
  };

  const newsOf = (names: Iterable<string>, targetIds: Iterable<string>): NameNews => {
    const fresh: (readonly [string, number])[] = [];
    const changes: NameChange[] = [];
    const ids = new Set(targetIds);
    for (const name of names) {
      changes.push([name, answer(name)]);
      for (const id of targets.get(name) ?? []) ids.add(id);
    }
    for (const id of ids) settle(id, fresh);
    return { names: changes, slots: fresh };
  };

  const tell = (): void => {
    isTelling = false;
    const names = [...dirty].filter((name) => watched.has(name));
    dirty.clear();
    if (names.length > 0) changed(newsOf(names, []));
  };

  const move = (
    index: Map<string, Set<string>>,
    id: string,
    from: string | null,
    to: string | null,
  ): void => {
    if (from === to) return;
    if (from !== null) {
      const ids = index.get(from);
      ids?.delete(id);
      if (ids?.size === 0) index.delete(from);
    }
    if (to === null) return;
    const ids = index.get(to);
    if (ids === undefined) index.set(to, new Set([id]));
    else ids.add(id);
  };

  /** Takes the change into the indexes: the names and targets that it concerns. */
  const follow = (before: GatewayConfig, after: GatewayConfig, delta: Delta) => {
    const names = new Set<string>();
    const targetIds = new Set<string>();
    const seen = (name: string | null): string | null => {
      if (name !== null) names.add(name);
      return name;
    };
    const changedIds = [
      ...delta.upsert.map(({ type, entity }) => ({ type, id: entity.id })),
      ...delta.remove,
    ];
    for (const { type, id } of changedIds) {
      const old = before.entities[type].get(id);
      const now = after.entities[type].get(id);
      if (type === 'targets') {
        const from = old === undefined ? null : seen(targetName(old as Target));
        const to = now === undefined ? null : seen(targetName(now as Target));
        move(targets, id, from, to);
        if (from !== null || to !== null) targetIds.add(id);
      } else if (type === 'services') {
        const from = old === undefined ? null : seen(nameIn((old as Service).host));
        const to = now === undefined ? null : seen(nameIn((now as Service).host));
        move(services, id, from, to);
      } else if (type === 'upstreams') {
        const from = old === undefined ? null : (old as Upstream).name;
        const to = now === undefined ? null : (now as Upstream).name;
        move(upstreams, id, from, to);
        if (from !== to) for (const name of [from, to]) seen(name?.toLowerCase() ?? null);
      }
    }
    return { names, targetIds };
  };

  /** By a target, or by a service whose host is no upstream's name. */
  const isAskedFor = (name: string, after: EntityTables): boolean => {
    if (targets.has(name)) return true;
    for (const id of services.get(name) ?? []) if (!upstreams.has(after.services.get(id)!.host)) return true;
    return false;
  };

  return {
    apply(before, after, delta) {
      entities = after.entities;
      const { names, targetIds } = follow(before, after, delta);
      const changes = new Set<string>();
      for (const name of names) {
        const isAsked = isAskedFor(name, after.entities);
        if (isAsked === watched.has(name)) continue;
        changes.add(name);
        if (isAsked) {
          watched.add(name);
          resolver.watch(name);
        } else {
          watched.delete(name);
          resolver.unwatch(name);
        }
      }
      return newsOf(changes, targetIds);
    },
    all: () => [...watched].map((name) => [name, resolver.answer(name)] as const),
    answer,
    addressesOf: (target) => addressesOf(target, answer),
    stop: () => resolver.stop(),
  };
}
