// Every fault there is, in one list.
import { apiCallFaults } from './api-calls.ts';
import { apiServerFaults } from './api-servers.ts';
import { clockFaults } from './clocks.ts';
import { customResourceFaults } from './custom-resources.ts';
import type { Fault } from './fault.ts';
import { hostFaults } from './hosts.ts';
import { leaderFaults } from './leaders.ts';
import { objectFaults } from './objects.ts';
import { partitionFaults } from './partitions.ts';
import { pushFaults } from './push.ts';
import { watchLineFaults } from './watch-lines.ts';
import { watchFaults } from './watches.ts';

export const faults: readonly Fault[] = [
  ...hostFaults,
  ...apiCallFaults,
  ...watchFaults,
  ...watchLineFaults,
  ...apiServerFaults,
  ...leaderFaults,
  ...clockFaults,
  ...objectFaults,
  ...customResourceFaults,
  ...partitionFaults,
  ...pushFaults,
];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** By name, as plans say it; several faults may share an id. */
export function findFault(name: string): Fault | null {
  return byName.get(name) ?? null;
}
