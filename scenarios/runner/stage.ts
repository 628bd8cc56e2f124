// What the steps of a running scenario share: its backend, its clients, the faults that go on, and why it may have to stop.
import { type AimedEntry, aimFault } from '../compile/fault-entry.ts';
import type { Surroundings } from '../compile/surroundings.ts';
import type { CompiledWorld } from '../compile/world.ts';
import type { FaultSpec } from '../language/fault-shape.ts';
import type { UntilWord } from '../language/fault-words.ts';
import type { ObjectName } from '../language/kinds.ts';
import type { ScenarioCase } from '../language/parse.ts';
import type { Driver, Injection } from './driver.ts';
import { type Balancer, createBalancer, createLoad, type Load } from './load.ts';

/** A fault that something later ends. */
interface OpenFault {
  readonly word: string;
  readonly until: UntilWord;
  readonly injection: Injection;
}

export interface Stage {
  readonly file: string;
  readonly one: ScenarioCase;
  readonly world: CompiledWorld;
  readonly surroundings: Surroundings;
  readonly driver: Driver;
  readonly balancer: Balancer;
  readonly loads: readonly Load[];
  readonly seed: number;
  /** The Deployment that was rolled out last. */
  rolledOut: ObjectName | null;
  /** Why nothing can be said; '' = nothing is in the way. */
  unmet: string;
  /** What the backend cannot do; '' = nothing. */
  unsupported: string;
  /** When the last fault with a time of its own is over. */
  faultsUntilMs: number;
  readonly openFaults: OpenFault[];
}

export interface StageParts {
  readonly file: string;
  readonly one: ScenarioCase;
  readonly world: CompiledWorld;
  readonly surroundings: Surroundings;
  readonly driver: Driver;
  readonly seed: number;
}

export function createStage(parts: StageParts): Stage {
  const { driver, world, one } = parts;
  const { gateways } = world.shape;
  const balancer = createBalancer(driver, gateways);
  const loads = one.spec.clients.map(({ key, value }) =>
    createLoad(driver, balancer, key.value, value, gateways),
  );
  return {
    ...parts,
    balancer,
    loads,
    rolledOut: null,
    unmet: '',
    unsupported: '',
    faultsUntilMs: 0,
    openFaults: [],
  };
}

/** Ends the faults that `ends` chooses. */
export function endFaults(stage: Stage, ends: (fault: OpenFault) => boolean): void {
  const open = stage.openFaults.splice(0);
  for (const fault of open)
    if (ends(fault)) fault.injection.end();
    else stage.openFaults.push(fault);
}

/** A fault that waits for a write is given so long after the steps. */
const writeWithinMs = 3_000;

/** Begins a fault that is aimed already; null where the backend cannot. */
export function injectAimed(stage: Stage, aimed: AimedEntry, endless: boolean): Injection | null {
  const { driver } = stage;
  const injection = driver.inject(aimed, endless ? null : aimed.lastsMs);
  if (injection === null) stage.unsupported = `this backend has no fault ${aimed.fault}`;
  else if (!endless) {
    const waitsMs = aimed.when === null ? 0 : writeWithinMs;
    stage.faultsUntilMs = Math.max(stage.faultsUntilMs, driver.nowMs() + waitsMs + aimed.lastsMs);
  }
  return injection;
}

export function beginFault(stage: Stage, spec: FaultSpec): void {
  const { world, one, seed } = stage;
  const { objects, knobs, shape } = world;
  const plan = { objects, knobs, clients: [], operations: [] };
  const aimed = aimFault(spec, shape, plan, seed, one.complain);
  if (aimed === null) return;
  const { until } = spec;
  const injection = injectAimed(stage, aimed, until !== null && aimed.lastsMs > 0);
  if (injection !== null && until !== null) stage.openFaults.push({ word: spec.word, until, injection });
}
