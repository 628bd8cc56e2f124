// What the network needs to know of a simulated process: one life of a host, from its start to its crash.
import type { Lane } from '../scheduler/scheduler.ts';
import type { Listener, Machine } from './machine.ts';

/** Anything that the kernel closes when its process ends. */
export interface Owned {
  /** `silent`: the machine lost power, nobody is told. */
  processEnded(silent: boolean): void;
  /** The process was paused and goes on. */
  processResumed(): void;
}

export interface Process {
  /** Name of the host: stable over restarts. */
  readonly name: string;
  readonly machine: Machine;
  readonly lane: Lane;
  readonly owned: Set<Owned>;
  readonly listeners: Set<Listener>;
  /** Most bytes that one of its connections has held back because the peer took none. */
  backlogBytesMax: number;
  alive: boolean;
  paused: boolean;
  /** Runs now; after the pause when the process is paused; never when it has ended. */
  enter(run: () => void): void;
  /** Index of the next outgoing connection to a destination, over all lives of the host. */
  nextAttempt(destination: string): number;
  /** Wall clock of the host in milliseconds. */
  wallMs(): number;
}
