// What has once been pruned, defaulted and found valid under a schema need not be looked at again: stored objects are
// frozen and share what a write leaves alone, so a status write costs what it changes.
import type { Schema } from './structural.ts';

const soundUnder: WeakMap<object, Schema> = new WeakMap();

export function isSound(schema: Schema, value: object): boolean {
  return soundUnder.get(value) === schema;
}

/** Only what is frozen stays as it was found; a list is little more than its items, which are marked themselves. */
export function markSound(schema: Schema, value: object): void {
  if (!Array.isArray(value) && Object.isFrozen(value)) soundUnder.set(value, schema);
}
