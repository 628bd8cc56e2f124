// Where scenarios are run. `sim` performs them in virtual time (sim/run.ts); `local` and `k3s` open a world of real
// processes, in which live/run.ts performs and judges them. This is all that such a backend has to offer.
import type { Evidence } from '../../sim/evidence/evidence.ts';
import type { Expectation, Plan } from '../../sim/history/plan.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { AimedEntry } from '../compile/fault-entry.ts';
import type { CompiledWorld } from '../compile/world.ts';
import type { ClientSpec } from '../language/client-shape.ts';
import type { Driver } from './driver.ts';

export const backendNames = ['sim', 'local', 'k3s'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a backend can do. Each answers why it cannot; '' = it can. */
export interface Capabilities {
  world(world: CompiledWorld): string;
  /** Also those that `restart` stands for. */
  fault(fault: AimedEntry, world: CompiledWorld): string;
  client(client: ClientSpec): string;
  expectation(kind: Expectation['kind']): string;
}

/** Parts of the evidence that a backend takes down; a property that reads another one is not judged there. */
export type Recorded = ReadonlySet<keyof Evidence>;

/** What a run left behind, with times from its start. */
export interface Collected {
  readonly evidence: Evidence;
  /** What was done and when, and the figures that bounds are made of: as slow as this backend may be. */
  readonly plan: Plan;
  readonly endUs: number;
  /** By then all processes had started. */
  readonly startedUs: number;
  /** What the start of a gateway's process may take; absent: as in virtual time. */
  readonly bootUs?: number;
  /** All was as it should be before the time was up in which it had to be. */
  readonly endedEarly: boolean;
  /** Time in which the machine let processes run, up to a moment of the run; absent where nobody measured it. */
  machineUs?(us: number): number;
  /** Objects at the end, by resource. */
  readonly objects: ReadonlyMap<string, readonly KubeObject[]>;
}

/** A world of real processes, of one run. */
export interface LiveWorld {
  readonly driver: Driver;
  /** The steps are over: waits until all is as it should be, or until it had to be, and says what was left behind. */
  collect(signal: AbortSignal): Promise<Collected>;
  /** Ends every process, connection and listener of it; also in the middle of a run. */
  close(): Promise<void>;
}

export interface LiveBackend {
  readonly name: BackendName;
  readonly capabilities: Capabilities;
  readonly records: Recorded;
  /** Properties that need more than what is taken down, by id, with what that is. */
  readonly leavesOut: ReadonlyMap<string, string>;
  /** A world that begins with these objects, in which time has just begun. Throws where it cannot be had. */
  open(world: CompiledWorld, options: OpenOptions): Promise<LiveWorld>;
}

export interface OpenOptions {
  readonly seed: number;
  /** What the scenario promises over all requests, for the plan. */
  readonly promises: Plan['promises'];
  /** Names of the faults that its steps begin. */
  readonly faults: readonly string[];
}
