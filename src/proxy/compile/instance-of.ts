// Which instance of a plugin runs for a consumer: of those for it alone and for the groups that it is in the closest, else the
// one for everybody.
import type { PluginInstance } from '../plugins/plugin.ts';
import type { CompiledConsumer, PluginSlot, ScopedInstance } from './compiled.ts';

/** Of several groups that are as close the first by name. */
function closest(slot: PluginSlot, { id, consumerGroups }: CompiledConsumer): ScopedInstance | null {
  let best = slot.byConsumer?.get(id) ?? null;
  if (slot.byGroup === null) return best;
  for (const group of consumerGroups) {
    const own = slot.byGroup.get(group);
    if (own !== undefined && (best === null || own.rank > best.rank)) best = own;
  }
  return best;
}

export function instanceOf(slot: PluginSlot, consumer: CompiledConsumer | null): PluginInstance | null {
  if (consumer === null || (slot.byConsumer === null && slot.byGroup === null)) return slot.base;
  return closest(slot, consumer)?.instance ?? slot.base;
}
