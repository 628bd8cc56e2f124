// What a fault is: a name, what it needs, how a generator may aim it, and how it begins and ends in a world.
import type { Evidence, FaultRecord, Harm } from '../evidence/evidence.ts';
import type { FaultEntry, OperateEntry, Plan, WorldShape } from '../history/plan.ts';
import type { World } from '../world/world.ts';

export type { Harm };

export interface Stage {
  readonly world: World;
  readonly plan: Plan;
  readonly entry: FaultEntry;
  /** Taken down in the evidence; count what it meets in `hits`. */
  readonly record: FaultRecord;
  readonly evidence: Evidence;
}

/** Draws of a generator: integers below a bound, keyed by what they are for. */
export type Aim = (what: string, below: number) => number;

export interface AimedFault {
  readonly target: string;
  readonly parameters: FaultEntry['parameters'];
  readonly when?: FaultEntry['when'];
  /** Absent: any time at which faults begin. */
  readonly atMs?: number;
}

/** What a generator knows of a plan when it aims. */
export type AimedPlan = Pick<Plan, 'objects' | 'clients' | 'knobs'> & {
  /** What the operator will do. */
  readonly operations: readonly OperateEntry[];
};

export interface Fault {
  /** As in facts and literature of this project: 'C06'. */
  readonly id: string;
  /** Plain name, as in plans and scenarios: 'watch-half-open'. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly harms: readonly Harm[];
  /** Longest time it may last, so that worlds stay recoverable; 0 = it happens at once. */
  readonly lastsMsMax: number;
  /** What it does, or what it counts, is a change of objects. */
  readonly isChange?: true;
  /** A target and parameters in a world of this shape; null where there is nothing to aim at. */
  aim(draw: Aim, shape: WorldShape, plan: AimedPlan): AimedFault | null;
  /** Begins; what it returns ends it. */
  begin(stage: Stage): () => void;
}

export const nothing = (): void => undefined;

export function pick<T>(items: readonly T[], draw: number): T {
  return items[draw % items.length]!;
}
