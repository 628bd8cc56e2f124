// Which instance of each plugin slot runs: the consumer's own one if there is one, else the slot's base.
import type { CompiledConsumer, PluginSlot } from '../compile/compiled.ts';
import type { PluginInstance } from '../plugins/plugin.ts';

export function instanceOf(slot: PluginSlot, consumer: CompiledConsumer | null): PluginInstance | null {
  if (consumer !== null && slot.byConsumer !== null) {
    const own = slot.byConsumer.get(consumer.id);
    if (own !== undefined) return own;
  }
  return slot.base;
}

export const noSlots: readonly PluginSlot[] = [];
