// What can be done to the network on purpose. Every fault that lasts returns the call that ends it.
import { below, drawAt } from '../scheduler/draws.ts';
import { SimConnection } from './connection.ts';
import { ClientEnd } from './http.ts';
import type { LinkProfile, Release } from './link.ts';
import type { Machine } from './machine.ts';
import type { LinkRule, Network, Shape, Snare } from './network.ts';
import type { Process } from './process.ts';

/** Machine names; '*' stands for all others. A test also holds for machines that come later. */
export type Side = string | readonly string[] | ((machine: string) => boolean);
/** 'to': nothing gets from the first side to the second. */
export type Direction = 'both' | 'to' | 'from';

export interface ConnectionFilter {
  /** Host that connected. */
  readonly client?: string;
  /** 'address:port' or a part of it. */
  readonly destination?: string;
}

/** What went over the links between two sides so far. */
export interface Traffic {
  /** Segments handed over. */
  readonly carried: number;
  /** How often something had to wait because nothing got through. */
  readonly waits: number;
}

/** Where a connection is cut: after so many bytes in one direction, counted from now. */
export interface Cut {
  /** Process that connected. */
  readonly client: (name: string) => boolean;
  /** 'address:port' */
  readonly destination: (name: string) => boolean;
  /** Bytes of the one who connected, or of the one who accepted. */
  readonly side: 'client' | 'server';
  readonly bytes: number;
  /** A connection is about to be cut; false: no more of them. */
  readonly onCut: () => boolean;
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
  /** HTTP exchanges of a process with a machine that are under way: watches, above all. */
  openCalls(caller: string, server: string): number;
  /** Changes latency, jitter, bandwidth or segmentation between two sides, both ways. */
  shape(a: Side, b: Side, profile: Partial<LinkProfile>): () => void;
  /** Both ways. */
  traffic(a: Side, b: Side): Traffic;
  /** Every matching connection, open or to come, is reset when its byte comes. */
  cutAt(cut: Cut): () => void;
  /** The machine answers to no new connection while what is open goes on; who knocked is heard when it ends. */
  deafen(machine: string): { readonly end: () => void; readonly unheard: () => number };
}

function isIn(side: Side, machine: Machine): boolean {
  if (side === '*') return true;
  if (typeof side === 'function') return side(machine.name);
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

/** Cuts on connections of `clients` and on those that come, until it is ended or has had enough. */
function setSnare(network: Network, clients: Iterable<readonly [Process, unknown]>, cut: Cut): () => void {
  const armed: Set<SimConnection> = new Set();
  const snare: Snare = {
    matches: (life, destination) => cut.client(life.name) && cut.destination(destination),
    arm(connection) {
      const pipe = cut.side === 'client' ? connection.out : connection.inbound;
      pipe.trip = {
        left: cut.bytes,
        fire() {
          armed.delete(connection);
          if (connection.closed) return;
          if (!cut.onCut()) end();
          connection.cut();
        },
      };
      armed.add(connection);
    },
  };
  const end = (): void => {
    network.snares.delete(snare);
    for (const { out, inbound } of armed) out.trip = inbound.trip = null;
  };
  network.snares.add(snare);
  for (const [life, connection] of clients)
    if (connection instanceof SimConnection && snare.matches(life, connection.destination))
      snare.arm(connection);
  return end;
}

/** Time in which a peer tries again to connect: Linux waits a second, then longer. */
const synAgainUsMax = 1_000_000;

function deafen(network: Network, name: string): ReturnType<Faults['deafen']> {
  const { scheduler } = network;
  const machine = network.machine(name);
  const unheard: (() => void)[] = [];
  machine.deaf = unheard;
  const lane = scheduler.lane(`deaf ${name}`);
  return {
    unheard: () => unheard.length,
    end() {
      if (machine.deaf === unheard) machine.deaf = null;
      for (const [index, knock] of unheard.entries())
        scheduler.after(below(drawAt(lane.key, index), synAgainUsMax), knock, lane);
    },
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
    openCalls(caller, server) {
      const { addresses } = network.machine(server);
      let open = 0;
      for (const life of network.processes) {
        if (life.name !== caller) continue;
        for (const owned of life.owned)
          if (owned instanceof ClientEnd && addresses.has(owned.destination.split(':')[0]!)) open++;
      }
      return open;
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
    traffic(a, b) {
      const rule = ruleBetween(a, b, 'both');
      let [carried, waits] = [0, 0];
      for (const link of network.links) {
        if (!rule.matches(link.from, link.to)) continue;
        carried += link.carried;
        waits += link.waits;
      }
      return { carried, waits };
    },
    cutAt: (cut) => setSnare(network, clients(), cut),
    deafen: (name) => deafen(network, name),
  };
}
