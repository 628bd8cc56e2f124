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
  /** Slots of all targets in use. */
  all(): readonly SlotPair[];
  slotOf(key: string): number | null;
  /** Gives slots to new targets and marks those of removed ones; returns the new pairs. */
  apply(before: GatewayConfig, delta: Delta): readonly SlotPair[];
  /** All workers have swapped: slots of removed targets may be given to others. */
  settle(): void;
}

/** `clear` is called for a slot before it is given to another key. */
export function createSlotAllocator(capacity: number, clear: (slot: number) => void): SlotAllocator {
  const slots = new Map<string, number>();
  /** How many targets share the key (two target entities with the same address). */
  const uses = new Map<string, number>();
  const leaving = new Set<string>();
  const free: number[] = [];
  let next = 0;

  const acquire = (key: string): SlotPair | null => {
    uses.set(key, (uses.get(key) ?? 0) + 1);
    leaving.delete(key);
    if (slots.has(key)) return null;
    const slot = free.pop() ?? (next < capacity ? next++ : -1);
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
    all: () => [...slots],
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
    settle() {
      for (const key of leaving) {
        const slot = slots.get(key);
        if (slot !== undefined) free.push(slot);
        slots.delete(key);
      }
      leaving.clear();
    },
  };
}
