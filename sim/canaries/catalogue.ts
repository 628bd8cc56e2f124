// Every canary there is, in one list.
import type { Canary } from './canary.ts';
import { exampleCanaries } from './examples.ts';

export const canaries: readonly Canary[] = [...exampleCanaries];

export function findCanary(name: string): Canary | null {
  return canaries.find((canary) => canary.name === name) ?? null;
}
