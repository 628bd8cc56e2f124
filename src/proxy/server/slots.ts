// Health slots: which word of shared memory belongs to which target. The main thread gives them out, so that workers and
// probes agree; a target that leaves and returns soon finds its state again.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Delta } from '../../kong/delta.ts';
import type { Target } from '../../kong/entity.ts';

export type SlotPair = readonly [key: string, slot: number];

/** The name of a target's slot: stable over reloads, equal in every thread. */
export function targetSlotKey(target: { readonly upstream: string; readonly target: string }): string {
  return `${target.upstream} ${target.target}`;
}

export interface SlotAllocator {
  /** Of all targets in use. */
  all(): readonly SlotPair[];
  slotOf(key: string): number | null;
  /** Gives slots to new targets and marks those of removed ones; returns the pairs that workers do not have. */
  apply(before: GatewayConfig, delta: Delta): readonly SlotPair[];
  /** One more user of a key that is no target's own: an address behind a name. The pair where workers do not have it. */
  hold(key: string): SlotPair | null;
  drop(key: string): void;
  /** All workers have swapped: slots of removed targets are kept for a while, then given to others. */
  settle(): void;
}

/** A target that returns within this finds its state again, as in Kong. */
const restMs = 300_000;

/** `clear` is called for a slot before it is given to another key; `nowMs` is monotonic. */
export function createSlotAllocator(
  capacity: number,
  clear: (slot: number) => void,
  nowMs: () => number,
): SlotAllocator {
  const slots = new Map<string, number>();
  /** How many targets share the key (two target entities with the same address). */
  const uses = new Map<string, number>();
  const leaving = new Set<string>();
  /** Of removed targets: until when, the soonest first. */
  const resting = new Map<string, number>();
  const free: number[] = [];
  let next = 0;

  const forget = (key: string): void => {
    const slot = slots.get(key);
    if (slot !== undefined) free.push(slot);
    slots.delete(key);
    resting.delete(key);
  };

  /** The slot of the target that is gone for longest; -1: none rests. */
  const wakeOne = (): number => {
    for (const key of resting.keys()) {
      forget(key);
      return free.pop()!;
    }
    return -1;
  };

  const acquire = (key: string): SlotPair | null => {
    const used = uses.get(key) ?? 0;
    uses.set(key, used + 1);
    leaving.delete(key);
    resting.delete(key);
    const own = slots.get(key);
    if (own !== undefined) return used > 0 ? null : [key, own];
    const slot = free.pop() ?? (next < capacity ? next++ : wakeOne());
    // No slot left: the target works, its health is just not shared.
    if (slot < 0) return null;
    clear(slot);
    slots.set(key, slot);
    return [key, slot];
  };

  const release = (key: string): void => {
    const count = (uses.get(key) ?? 0) - 1;
    if (count > 0) uses.set(key, count);
    else {
      uses.delete(key);
      leaving.add(key);
    }
  };

  return {
    all: () => [...slots].filter(([key]) => uses.has(key)),
    slotOf: (key) => slots.get(key) ?? null,
    apply(before, delta) {
      const fresh: SlotPair[] = [];
      // New ones first: a target that is removed and added under another id keeps its slot.
      for (const { type, entity } of delta.upsert) {
        if (type !== 'targets') continue;
        const pair = acquire(targetSlotKey(entity as Target));
        if (pair !== null) fresh.push(pair);
        const old = before.entities.targets.get(entity.id);
        if (old !== undefined) release(targetSlotKey(old));
      }
      for (const { type, id } of delta.remove) {
        if (type !== 'targets') continue;
        const old = before.entities.targets.get(id);
        if (old !== undefined) release(targetSlotKey(old));
      }
      return fresh;
    },
    hold: acquire,
    drop: release,
    settle() {
      const now = nowMs();
      for (const key of leaving) resting.set(key, now + restMs);
      leaving.clear();
      for (const [key, untilMs] of resting) {
        if (untilMs > now) return;
        forget(key);
      }
    },
  };
}
