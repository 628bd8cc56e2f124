// Which faults a random history has: few kinds, each several times (swarm), since with everything on at once little is
// found; two of three near an operation, since most faults show only while something changes.
import fc from 'fast-check';
import { keyedUint32 } from '../../../src/base/prng.ts';
import { faults } from '../../faults/catalogue.ts';
import type { AimedPlan, Fault } from '../../faults/fault.ts';
import type { FaultEntry, OperateEntry, Plan } from '../plan.ts';

export interface DrawnFaults {
  readonly kinds: readonly number[];
  readonly entries: readonly { readonly kind: number; readonly atPermille: number; readonly seed: number }[];
}

export const faultDraws: fc.Arbitrary<DrawnFaults> = fc.record({
  kinds: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 3 }) },
  ),
  entries: fc.array(fc.record({ kind: fc.nat(63), atPermille: fc.nat(999), seed: fc.nat(0x7fffffff) }), {
    minLength: 2,
    maxLength: 8,
  }),
});

export interface FaultWindow {
  /** Faults that do not ask for a time of their own begin here or later. */
  readonly fromMs: number;
  /** All of them have ended by then. */
  readonly healMs: number;
}

/** One in four is short, the others take a good part of what they may. */
function lastsOf(fault: Fault, seed: number): number {
  const draw = keyedUint32(seed, 'lasts', 0);
  const max = fault.lastsMsMax;
  if (max === 0) return 0;
  if (draw % 4 === 0) return 1 + ((draw >>> 2) % Math.ceil(max / 10));
  return Math.ceil(max / 4) + ((draw >>> 2) % (max - Math.ceil(max / 4) + 1));
}

function beginOf(
  { fromMs, healMs }: FaultWindow,
  operations: readonly OperateEntry[],
  lastsMs: number,
  { atPermille, seed }: DrawnFaults['entries'][number],
): number {
  const near = keyedUint32(seed, 'near', 0);
  if (near % 3 === 0 || operations.length === 0)
    return fromMs + Math.floor(((healMs - fromMs) * atPermille) / 1000);
  const operation = operations[(near >>> 8) % operations.length]!;
  const earlierMs = keyedUint32(seed, 'earlier', 0) % (Math.min(lastsMs, 2_000) + 1);
  return Math.max(fromMs, Math.min(healMs, operation.atMs - earlierMs));
}

/** Few worlds allow these, or little of what they do is seen: they are chosen so many times as often as others. */
const favours: ReadonlyMap<string, number> = new Map([
  ['successor-is-behind', 9],
  ['leader-overlap', 3],
  ['continue-gone', 3],
  ['address-reused', 3],
  ['terminate-gateway', 3],
  ['clock-jump', 3],
  ['slow-pod', 3],
  ['second-writer', 3],
  ['disturbed-push', 3],
  ['unseen-events', 6],
  ['crash-controller', 3],
  ['clients-show-certificates', 12],
  ['odd-proxy-headers', 4],
  ['names-unanswered', 12],
  ['name-changes', 6],
  ['name-vanishes', 6],
  ['names-late', 4],
  ['odd-name-answers', 4],
  ['pod-sick', 12],
  ['pod-mute', 3],
  ['slow-newcomer', 4],
]);

/** `names`: the faults to choose from; absent: all. */
export function faultEntries(
  drawn: DrawnFaults,
  shape: Plan['world'],
  parts: AimedPlan,
  window: FaultWindow,
  names: readonly string[] | undefined,
): readonly FaultEntry[] {
  const choice = faults.filter(
    (fault) =>
      (names === undefined || names.includes(fault.name) || names.includes(fault.id)) &&
      fault.aim(() => 0, shape, parts) !== null,
  );
  if (choice.length === 0 || drawn.kinds.length === 0) return [];
  const weighted = choice.flatMap((fault) =>
    Array.from({ length: favours.get(fault.name) ?? 1 }, () => fault),
  );
  const kinds = drawn.kinds.map((kind) => weighted[kind % weighted.length]!);
  return drawn.entries.flatMap((entry, index): readonly FaultEntry[] => {
    const { kind, seed } = entry;
    const fault = kinds[kind % kinds.length]!;
    const aimed = fault.aim((what, below) => keyedUint32(seed, what, 0) % below, shape, parts);
    if (aimed === null) return [];
    const lastsMs = lastsOf(fault, seed);
    const atMs = aimed.atMs ?? beginOf(window, parts.operations, lastsMs, entry);
    return [
      {
        id: `f${index + 1}`,
        atMs,
        do: 'fault',
        fault: fault.name,
        untilMs: Math.min(window.healMs, atMs + lastsMs),
        target: aimed.target,
        parameters: aimed.parameters,
        when: aimed.when ?? null,
      },
    ];
  });
}
