// Faults that are a pod's mischief: made from a table of kinds, set on the pod's servers, taken back at the end.
import type { StoredObject } from '../cluster/store-api.ts';
import type { FaultRecord } from '../evidence/evidence.ts';
import { type Mischief, type MischiefKind, momentOf } from '../pod/mischief.ts';
import type { World } from '../world/world.ts';
import { type Aim, type Fault, pick } from './fault.ts';
import { aimAtApplication, aimAtPods, chosenPods, dialsSince, podKey } from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

/** Figures of one kind: the least and the most of each. */
export interface MischiefRange {
  readonly kind: MischiefKind;
  readonly ms?: readonly [least: number, most: number];
  readonly bytes?: readonly [least: number, most: number];
  readonly count?: readonly [least: number, most: number];
}

const countDefault = [1, 8] as const;

function between(draw: Aim, what: string, [least, most]: readonly [number, number]): number {
  return least + draw(what, most - least + 1);
}

function aimedMischief(draw: Aim, ranges: readonly MischiefRange[]): Mischief {
  const { kind, ms = [0, 0], bytes = [0, 0], count = countDefault } = pick(ranges, draw('kind', 64));
  return {
    kind,
    count: between(draw, 'count', count),
    ms: between(draw, 'ms', ms),
    bytes: between(draw, 'bytes', bytes),
  };
}

export function mischiefIn(parameters: FaultRecord['parameters']): Mischief {
  const { kind, count, ms, bytes } = parameters;
  return {
    kind: kind as MischiefKind,
    count: Number(count),
    ms: Number(ms),
    bytes: Number(bytes),
  };
}

/** Every server of the pods, until the returned call. */
export function misbehave(
  world: World,
  pods: readonly StoredObject[],
  mischief: Mischief,
  onHit: () => void,
): () => void {
  const servers = pods.flatMap((pod) => world.cluster.pods.servers(podKey(pod)));
  for (const server of servers) server.misbehave(mischief, onHit);
  return () => {
    for (const server of servers) server.misbehave(null);
  };
}

export interface MischiefFault {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly ranges: readonly MischiefRange[];
  readonly lastsMsMax: number;
}

export function mischiefFault({ ranges, ...fault }: MischiefFault): Fault {
  return {
    ...fault,
    harms: ['pods', 'traffic'],
    aim(draw, shape, plan) {
      const target = aimAtApplication(draw, plan);
      if (target === null) return null;
      const visits = aimVisits(draw, shape, plan, target);
      return { target, parameters: { ...aimedMischief(draw, ranges), pods: aimAtPods(draw), ...visits } };
    },
    begin(stage) {
      const { world, entry, record, evidence } = stage;
      const pods = chosenPods(world, entry.target, entry.parameters['pods']);
      const mischief = mischiefIn(entry.parameters);
      const from = evidence.dials.length;
      const end = misbehave(world, pods, mischief, () => record.hits++);
      const stop = letVisit(stage, momentOf(mischief.kind) === 'upgrade' ? 'websocket' : 'plain');
      return () => {
        stop();
        end();
        if (mischief.kind === 'refuses') record.hits += dialsSince(evidence, from, pods);
      };
    },
  };
}
