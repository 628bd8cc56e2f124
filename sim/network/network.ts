// The simulated network: machines with addresses, links between them, listeners, names. No real socket anywhere.
import type { DnsAnswer, RecordType } from '../../src/ports/dns.ts';
import type { TcpConnection } from '../../src/ports/tcp.ts';
import type { Lane, Scheduler } from '../scheduler/scheduler.ts';
import type { SimConnection } from './connection.ts';
import { Link, type LinkProfile } from './link.ts';
import { isLoopback, type Listener, Machine } from './machine.ts';
import type { Process } from './process.ts';

export interface NetworkOptions {
  /** Between two machines. */
  readonly link: LinkProfile;
  /** Within one machine. */
  readonly loopback: LinkProfile;
  /** Send window and socket buffer of a connection. */
  readonly windowBytes: number;
  /** A connect without any answer fails after this (Linux: six SYN retransmissions). */
  readonly connectTimeoutUs: number;
  /** What a packet to an address that nobody owns leads to. */
  readonly unowned: 'unreachable' | 'silence';
}

export const defaultNetworkOptions: NetworkOptions = {
  link: { latencyUs: 250, jitterUs: 100, bytesPerSecond: 0, segmentBytesMax: 0 },
  loopback: { latencyUs: 20, jitterUs: 0, bytesPerSecond: 0, segmentBytesMax: 0 },
  windowBytes: 262_144,
  connectTimeoutUs: 127_000_000,
  unowned: 'unreachable',
};

export interface ListenRequest {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly service: unknown;
}

/** A rule for the links of matching machines; applies to links made later too. */
export interface LinkRule {
  readonly matches: (from: Machine, to: Machine) => boolean;
}

/** A rule that changes how links are. */
export interface Shape extends LinkRule {
  readonly profile: Partial<LinkProfile>;
}

/** Something that lies in wait on connections of matching processes to matching destinations. */
export interface Snare {
  readonly matches: (life: Process, destination: string) => boolean;
  /** Given the end that connects, before anything is sent. */
  readonly arm: (connection: SimConnection) => void;
}

/** What lies in the way of a question to DNS; null: nothing. */
export type NameTrouble = (
  life: Process,
  name: string,
  type: RecordType,
) => { readonly delayUs?: number; readonly change?: (answer: DnsAnswer) => DnsAnswer } | null;

export interface Network {
  readonly scheduler: Scheduler;
  readonly options: NetworkOptions;
  /** What DNS knows of a name, which is in lower case. */
  answerName: (name: string, type: RecordType) => DnsAnswer;
  readonly nameTroubles: Set<NameTrouble>;
  /** Hears of every question to DNS; what it returns hears of its answer. */
  onQuery: ((life: Process, name: string, type: RecordType) => ((answer: DnsAnswer) => void) | null) | null;
  /** Hears of every connection that is begun, for what a run leaves behind; what it returns hears of its end. */
  onDial: ((life: Process, host: string, port: number, localPort: number) => (() => void) | null) | null;
  /** Hears of every connection that a process takes. */
  onAccept: ((life: Process, connection: TcpConnection) => void) | null;
  /** Live processes, in order of start. */
  readonly processes: Set<Process>;
  /** Links made so far. */
  readonly links: Iterable<Link>;
  /** Links that match one of these let nothing through. */
  readonly holds: Set<LinkRule>;
  /** Later rules win. Call `reshape` after a change. */
  readonly shapes: Set<Shape>;
  /** Asked for every new connection. */
  readonly snares: Set<Snare>;
  reshape(): void;
  /** The machine can be reached again: peers retransmit what they have not got rid of. */
  reconnect(machine: Machine): void;
  /** The machine of that name, made when new. */
  machine(name: string): Machine;
  /** Gives an address to a machine; throws when another has it. */
  attach(machine: Machine, address: string): void;
  detach(machine: Machine, address: string): void;
  /** Owner of an address as seen from `from`; null when nobody has it. */
  machineAt(host: string, from: Machine): Machine | null;
  link(from: Machine, to: Machine): Link;
  /** Address that `to` sees when `from` connects. */
  sourceAddress(from: Machine, to: Machine): string;
  /** Calls `failed` when the network says so, if it ever does. */
  unreachable(failed: (code: string) => void, lane: Lane): void;
  listen(
    life: Process,
    request: ListenRequest,
    done: (error: string | null, listener: Listener | null) => void,
  ): void;
  unlisten(listener: Listener, done: () => void): void;
}

const listenDelayUs = 10;

export function createNetwork(scheduler: Scheduler, overrides: Partial<NetworkOptions> = {}): Network {
  const options: NetworkOptions = { ...defaultNetworkOptions, ...overrides };
  const machines: Map<string, Machine> = new Map();
  const owners: Map<string, Machine> = new Map();
  const links: Map<Machine, Map<Machine, Link>> = new Map();
  const holds: Set<LinkRule> = new Set();
  const shapes: Set<Shape> = new Set();

  const profileOf = (from: Machine, to: Machine): LinkProfile => {
    let profile = from === to ? options.loopback : options.link;
    for (const shape of shapes) if (shape.matches(from, to)) profile = { ...profile, ...shape.profile };
    return profile;
  };
  const allLinks = (): readonly Link[] => [...links.values()].flatMap((outgoing) => [...outgoing.values()]);

  const link = (from: Machine, to: Machine): Link => {
    let outgoing = links.get(from);
    if (outgoing === undefined) {
      outgoing = new Map();
      links.set(from, outgoing);
    }
    let found = outgoing.get(to);
    if (found === undefined) {
      found = new Link(scheduler, from, to, profileOf(from, to));
      for (const hold of holds) if (hold.matches(from, to)) found.hold();
      outgoing.set(to, found);
      if (from !== to) {
        const back = link(to, from);
        found.reverse = back;
        back.reverse = found;
      }
    }
    return found;
  };

  const later = (life: Process, run: () => void): void => {
    scheduler.after(listenDelayUs, () => life.enter(run), life.lane);
  };

  return {
    scheduler,
    options,
    answerName: () => ({ kind: 'absent' }),
    nameTroubles: new Set(),
    onQuery: null,
    onDial: null,
    onAccept: null,
    processes: new Set(),
    holds,
    shapes,
    snares: new Set(),
    reshape() {
      for (const each of allLinks()) each.profile = profileOf(each.from, each.to);
    },
    reconnect(machine) {
      for (const each of allLinks())
        if (each.from === machine || each.to === machine) each.open('retransmit');
    },
    get links() {
      return allLinks();
    },
    machine(name) {
      let machine = machines.get(name);
      if (machine === undefined) {
        machine = new Machine(name);
        machines.set(name, machine);
      }
      return machine;
    },
    attach(machine, address) {
      const owner = owners.get(address);
      if (owner !== undefined && owner !== machine) {
        throw new Error(`address ${address} belongs to ${owner.name}, ${machine.name} cannot have it too`);
      }
      owners.set(address, machine);
      machine.addresses.add(address);
    },
    detach(machine, address) {
      if (owners.get(address) === machine) owners.delete(address);
      machine.addresses.delete(address);
    },
    machineAt: (host, from) => (isLoopback(host) ? from : (owners.get(host) ?? null)),
    link,
    sourceAddress: (from, to) => (from === to ? '127.0.0.1' : from.primaryAddress),
    unreachable(failed, lane) {
      const silent = options.unowned === 'silence';
      const delayUs = silent ? options.connectTimeoutUs : options.link.latencyUs * 2;
      scheduler.after(delayUs, () => failed(silent ? 'ETIMEDOUT' : 'EHOSTUNREACH'), lane);
    },
    listen(life, request, done) {
      if (!life.alive) return;
      const opened = life.machine.open({ ...request, life });
      if (typeof opened === 'string') {
        later(life, () => done(opened, null));
        return;
      }
      life.listeners.add(opened);
      later(life, () => done(null, opened));
    },
    unlisten(listener, done) {
      const { life } = listener;
      life.machine.close(listener);
      life.listeners.delete(listener);
      if (life.alive) later(life, done);
    },
  };
}
