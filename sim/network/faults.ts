// What can be done to the network on purpose. Every fault that lasts returns the call that ends it.
import { SimConnection } from './connection.ts';
import { ClientEnd } from './http.ts';
import type { LinkProfile, Release } from './link.ts';
import type { Machine } from './machine.ts';
import type { LinkRule, Network, Shape } from './network.ts';
import type { Process } from './process.ts';

/** Machine names; '*' stands for all others. */
export type Side = string | readonly string[];
/** 'to': nothing gets from the first side to the second. */
export type Direction = 'both' | 'to' | 'from';

export interface ConnectionFilter {
  /** Host that connected. */
  readonly client?: string;
  /** 'address:port' or a part of it. */
  readonly destination?: string;
}

export interface Faults {
  /** Nothing gets through; when healed, held segments are retransmitted. */
  partition(a: Side, b: Side, direction?: Direction): () => void;
  /** Like a partition, but what was held comes out in one burst. */
  clog(a: Side, b: Side, direction?: Direction): () => void;
  /** The machine's cable is out: nothing gets to it or from it, and nobody is told. */
  blackhole(machine: string): () => void;
  /** Resets matching connections and HTTP exchanges at both ends; says how many. */
  reset(filter: ConnectionFilter): number;
  /** Changes latency, jitter, bandwidth or segmentation between two sides, both ways. */
  shape(a: Side, b: Side, profile: Partial<LinkProfile>): () => void;
}

function isIn(side: Side, machine: Machine): boolean {
  if (side === '*') return true;
  return typeof side === 'string' ? side === machine.name : side.includes(machine.name);
}

function ruleBetween(a: Side, b: Side, direction: Direction): LinkRule {
  return {
    matches: (from, to) =>
      from !== to &&
      ((direction !== 'from' && isIn(a, from) && isIn(b, to)) ||
        (direction !== 'to' && isIn(b, from) && isIn(a, to))),
  };
}

export function createFaults(network: Network): Faults {
  const hold = (a: Side, b: Side, direction: Direction, how: Release): (() => void) => {
    const rule = ruleBetween(a, b, direction);
    network.holds.add(rule);
    for (const link of network.links) if (rule.matches(link.from, link.to)) link.hold();
    return () => {
      if (!network.holds.delete(rule)) return;
      for (const link of network.links) if (rule.matches(link.from, link.to)) link.release(how);
    };
  };
  const clients = (): readonly (readonly [Process, SimConnection | ClientEnd])[] =>
    [...network.processes].flatMap((life) =>
      [...life.owned].flatMap((owned) =>
        (owned instanceof SimConnection || owned instanceof ClientEnd) && owned.destination !== ''
          ? [[life, owned] as const]
          : [],
      ),
    );
  return {
    partition: (a, b, direction = 'both') => hold(a, b, direction, 'retransmit'),
    clog: (a, b, direction = 'both') => hold(a, b, direction, 'burst'),
    blackhole(name) {
      const machine = network.machine(name);
      machine.isolated = true;
      return () => {
        machine.isolated = false;
        network.reconnect(machine);
      };
    },
    reset(filter) {
      const hit = clients().filter(
        ([life, connection]) =>
          (filter.client === undefined || life.name === filter.client) &&
          (filter.destination === undefined || connection.destination.includes(filter.destination)),
      );
      for (const [, connection] of hit) connection.cut();
      return hit.length;
    },
    shape(a, b, profile) {
      const shape: Shape = { ...ruleBetween(a, b, 'both'), profile };
      network.shapes.add(shape);
      network.reshape();
      return () => {
        network.shapes.delete(shape);
        network.reshape();
      };
    },
  };
}
