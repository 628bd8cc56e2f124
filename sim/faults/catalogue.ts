// Every fault there is, in one list.
import type { Fault } from './fault.ts';
import { hostFaults } from './hosts.ts';

export const faults: readonly Fault[] = [...hostFaults];

const byName: ReadonlyMap<string, Fault> = new Map(
  faults.flatMap((fault) => [
    [fault.name, fault],
    [fault.id, fault],
  ]),
);

/** By name or id. */
export function findFault(name: string): Fault | null {
  return byName.get(name) ?? null;
}
