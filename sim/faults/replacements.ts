// Objects that an operator replaces: deleted, and created again under the same name by the next operation. Who does not hear
// of the end of the first must not take the second for it.
import type { OperateEntry } from '../history/plan.ts';
import { type Aim, type AimedPlan, pick } from './fault.ts';

export interface Replacement {
  /** When the first is deleted. */
  readonly atMs: number;
  /** How long there is none. */
  readonly gapMs: number;
  /** When the object was changed before; 0 = not since the start. */
  readonly beforeMs: number;
}

function isFollowed({ operation: { resource } }: OperateEntry): boolean {
  return resource !== 'deployments.apps' && resource !== 'namespaces';
}

/** The last one of each object: what comes after an earlier one can make up for it. */
function lastReplacements({ operations }: AimedPlan): readonly Replacement[] {
  const inOrder = operations.filter(isFollowed).toSorted((a, b) => a.atMs - b.atMs);
  const byObject = Map.groupBy(
    inOrder,
    ({ operation: { resource, namespace, name } }) => `${resource} ${namespace}/${name}`,
  );
  return [...byObject.values()].flatMap((entries): readonly Replacement[] => {
    const at = entries.findLastIndex(
      ({ operation }, index) =>
        operation.verb === 'delete' && entries[index + 1]?.operation.verb === 'create',
    );
    if (at < 0) return [];
    const { atMs } = entries[at]!;
    return [{ atMs, gapMs: entries[at + 1]!.atMs - atMs, beforeMs: entries[at - 1]?.atMs ?? 0 }];
  });
}

const beforeMsMax = 1_000;
/** What came before has been seen by then. */
const seenMs = 100;

/** A time shortly before an object is replaced within `gapMsMax`; null where none is. */
export function aimBeforeReplacement(draw: Aim, plan: AimedPlan, gapMsMax: number): number | null {
  const quick = lastReplacements(plan).filter(({ gapMs }) => gapMs < gapMsMax);
  if (quick.length === 0) return null;
  const { atMs, beforeMs } = pick(quick, draw('replacement', 64));
  const fromMs = Math.min(atMs, Math.max(beforeMs + seenMs, atMs - beforeMsMax));
  return fromMs + Math.floor(((atMs - fromMs) * draw('lead', 1000)) / 1000);
}
