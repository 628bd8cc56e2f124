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
import { inSequence } from './sequence.ts';

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
  const { driver, world, one, seed } = parts;
  const { gateways } = world.shape;
  const balancer = createBalancer(driver, gateways);
  const loads = one.spec.clients.map(({ key, value }) =>
    createLoad(driver, balancer, key.value, value, gateways, seed),
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
export function endFaults(stage: Stage, ends: (fault: OpenFault) => boolean, done: () => void): void {
  const open = stage.openFaults.splice(0);
  stage.openFaults.push(...open.filter((fault) => !ends(fault)));
  inSequence(open.filter(ends), ({ injection }, next) => injection.end(next), done);
}

/** A fault that waits for a write is given so long after the steps. */
const writeWithinMs = 3_000;

/** Begins a fault that is aimed already; `begun` hears null where the backend cannot. */
export function injectAimed(
  stage: Stage,
  aimed: AimedEntry,
  endless: boolean,
  begun: (injection: Injection | null) => void,
): void {
  const { driver } = stage;
  driver.inject(aimed, endless ? null : aimed.lastsMs, (injection) => {
    if (typeof injection === 'string') {
      stage.unsupported = `${aimed.fault}: ${injection}`;
      begun(null);
      return;
    }
    const waitsMs = aimed.when === null ? 0 : writeWithinMs;
    if (!endless)
      stage.faultsUntilMs = Math.max(stage.faultsUntilMs, driver.nowMs() + waitsMs + aimed.lastsMs);
    begun(injection);
  });
}

export function beginFault(stage: Stage, spec: FaultSpec, next: () => void): void {
  const { world, one, seed } = stage;
  const aimed = aimAt(spec, world, seed, one.complain);
  if (aimed === null) {
    next();
    return;
  }
  const { until } = spec;
  injectAimed(stage, aimed, until !== null && aimed.lastsMs > 0, (injection) => {
    if (injection !== null && until !== null) stage.openFaults.push({ word: spec.word, until, injection });
    next();
  });
}

/** The fault as it would be in a world that begins so. */
export function aimAt(
  spec: FaultSpec,
  { objects, knobs, shape }: CompiledWorld,
  seed: number,
  complain: (at: number, message: string) => void,
): AimedEntry | null {
  return aimFault(spec, shape, { objects, knobs, clients: [], operations: [] }, seed, complain);
}
