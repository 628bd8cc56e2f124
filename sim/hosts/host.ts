// A host: one simulated process that can crash and start again. What survives is its name, its place in the network,
// its storage and the positions of its random streams; all else belongs to one life and ends with it.
import type { Env } from '../../src/ports/env.ts';
import type { HttpClient } from '../../src/ports/http.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { createHttpClient, createHttpServer, type HttpTarget } from '../network/http.ts';
import type { Machine } from '../network/machine.ts';
import type { Network } from '../network/network.ts';
import type { Process } from '../network/process.ts';
import { createDns, createTcp, createTls } from '../network/streams.ts';
import { DrawStream } from '../scheduler/draws.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { createClock, hostTime } from './clock.ts';
import { createLog, type LogLine } from './log.ts';
import { createStorage } from './storage.ts';

/** Where hosts live. */
export interface HostWorld {
  readonly scheduler: Scheduler;
  readonly network: Network;
  /** Hears each line that a host logs. */
  readonly onLine?: (host: string, line: LogLine) => void;
}

export interface HostOptions {
  /** Stable: random streams, lanes and connections are keyed by it. */
  readonly name: string;
  /** Addresses its machine gets; a host on another's machine brings none. */
  readonly addresses?: readonly string[];
  /** Name of the machine it runs on; its own by default. */
  readonly machine?: string;
  readonly clockSkewUs?: number;
  readonly clockRatePpm?: number;
  /** From a start until its code runs; absent: none. */
  readonly bootUs?: number;
  /** Log lines kept, oldest dropped first. */
  readonly logLinesMax?: number;
}

/** The product's `Env` and what a composition root would add to it. */
export interface HostEnv extends Env {
  readonly host: Host;
  readonly life: Process;
  readonly storage: Storage;
  httpClient(target: HttpTarget): HttpClient;
}

export type HostFactory = (env: HostEnv) => void;

export interface Host {
  readonly name: string;
  readonly machine: Machine;
  readonly world: HostWorld;
  readonly alive: boolean;
  /** How often it was started. */
  readonly lives: number;
  readonly log: readonly LogLine[];
  /** Called once per life, when it ended, with the reason. */
  onExit: ((reason: string) => void) | null;
  start(factory: HostFactory): void;
  /** Starts a life that is driven from outside (a pod by its kubelet): no factory, the surroundings at once. */
  launch(): HostEnv;
  /** Drops everything it had. 'process': the kernel closes its sockets; 'power': nobody is told. */
  crash(how?: 'process' | 'power'): void;
  /** The same as a crash, as the host's own decision. */
  exit(reason: string): void;
  /** Calls the last factory again, after a crash when it still runs. */
  restart(): void;
  /** SIGSTOP: nothing reaches it until `resume`, then all at once. */
  pause(): void;
  resume(): void;
  /** Moves the wall clock. */
  jumpClock(byUs: number): void;
  /** Its clock goes so many millionths too fast from now on. */
  setClockRate(ppm: number): void;
}

interface Life extends Process {
  readonly backlog: (() => void)[];
}

function createRandom(streams: Map<string, DrawStream>, seed: number, name: string): Random {
  const stream = (label: string): DrawStream => {
    let found = streams.get(label);
    if (found === undefined) {
      found = new DrawStream(seed, `${name}/${label}`);
      streams.set(label, found);
    }
    return found;
  };
  return {
    uint32: (label) => stream(label).next(),
    bytes(label, length) {
      const from = stream(label);
      const bytes = Buffer.allocUnsafe(length);
      let word = 0;
      for (let at = 0; at < length; at++) {
        word = at % 4 === 0 ? from.next() : word >>> 8;
        bytes[at] = word;
      }
      return bytes;
    },
  };
}

export function createHost(world: HostWorld, options: HostOptions): Host {
  const { scheduler, network } = world;
  const { name } = options;
  const lane = scheduler.lane(`host ${name}`);
  const machine = network.machine(options.machine ?? name);
  for (const address of options.addresses ?? []) network.attach(machine, address);
  const time = hostTime(scheduler, options.clockSkewUs ?? 0, options.clockRatePpm ?? 0);
  const storage = createStorage();
  const streams: Map<string, DrawStream> = new Map();
  const attempts: Map<string, number> = new Map();
  const lines: LogLine[] = [];
  let life: Life | null = null;
  let factory: HostFactory | null = null;
  let lives = 0;

  const createLife = (): Life => {
    const backlog: (() => void)[] = [];
    const made: Life = {
      name,
      machine,
      lane,
      owned: new Set(),
      listeners: new Set(),
      backlogBytesMax: 0,
      alive: true,
      paused: false,
      backlog,
      enter(run) {
        if (!made.alive) return;
        if (made.paused) backlog.push(run);
        else run();
      },
      nextAttempt(destination) {
        const index = attempts.get(destination) ?? 0;
        attempts.set(destination, index + 1);
        return index;
      },
      wallMs: () => time.wallMs(),
    };
    return made;
  };

  const createEnv = (life: Life): HostEnv => ({
    host,
    life,
    storage,
    clock: createClock(scheduler, life, time),
    random: createRandom(streams, scheduler.seed, name),
    log: createLog(scheduler, life, lines, options.logLinesMax ?? 2_000, (line) =>
      world.onLine?.(name, line),
    ),
    tcp: createTcp(network, life),
    tls: createTls(network, life),
    dns: createDns(network, life),
    httpServer: createHttpServer(network, life),
    shared: {
      allocate: (words) => new Int32Array(words),
      allocateCounters: (count) => new Float64Array(count),
    },
    httpClient: (target) => createHttpClient(network, life, target),
  });

  const end = (silent: boolean, reason: string): void => {
    const ended = life;
    if (ended === null) return;
    life = null;
    ended.alive = false;
    if (silent) machine.powered = false;
    ended.backlog.length = 0;
    network.processes.delete(ended);
    for (const listener of [...ended.listeners]) machine.close(listener);
    ended.listeners.clear();
    for (const owned of [...ended.owned]) owned.processEnded(silent);
    ended.owned.clear();
    host.onExit?.(reason);
  };

  const begin = (): Life => {
    if (life !== null) throw new Error(`host ${name} runs already`);
    life = createLife();
    lives++;
    network.processes.add(life);
    if (!machine.powered) {
      machine.powered = true;
      network.reconnect(machine);
    }
    return life;
  };

  const start = (): void => {
    if (factory === null) throw new Error(`host ${name} was never started`);
    const run = factory;
    const started = begin();
    const env = createEnv(started);
    scheduler.after(options.bootUs ?? 0, () => started.enter(() => run(env)), lane);
  };

  const host: Host = {
    name,
    machine,
    world,
    get alive() {
      return life !== null;
    },
    get lives() {
      return lives;
    },
    log: lines,
    onExit: null,
    start(next) {
      factory = next;
      start();
    },
    launch: () => createEnv(begin()),
    crash: (how = 'process') => end(how === 'power', how === 'power' ? 'power lost' : 'crashed'),
    exit: (reason) => end(false, reason),
    restart() {
      end(false, 'restarted');
      start();
    },
    pause() {
      if (life !== null) life.paused = true;
    },
    resume() {
      const resumed = life;
      if (resumed === null || !resumed.paused) return;
      resumed.paused = false;
      const waiting = resumed.backlog.splice(0);
      for (const run of waiting) scheduler.after(0, () => resumed.enter(run), lane);
      for (const owned of [...resumed.owned]) owned.processResumed();
    },
    jumpClock: (byUs) => time.jump(byUs),
    setClockRate: (ppm) => time.setRate(ppm),
  };
  return host;
}
