// Every property there is, in one list.
import { oneAnswer } from './one-answer.ts';
import { oneReceipt } from './one-receipt.ts';
import type { Property } from './property.ts';

export const properties: readonly Property[] = [oneReceipt, oneAnswer];

/** By id or name. */
export function findProperty(name: string): Property | null {
  return properties.find((property) => property.id === name || property.name === name) ?? null;
}
