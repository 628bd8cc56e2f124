// Every fault there is, in one list.
import { clientFaults } from './clients.ts';
import { endpointFaults } from './endpoints.ts';
import type { Fault } from './fault.ts';
import { hostFaults } from './hosts.ts';
import { networkFaults } from './network-traffic.ts';
import { nodeFaults } from './nodes.ts';
import { podFaults } from './pods.ts';
import { tlsFaults } from './tls.ts';
import { unaskedFaults } from './unasked.ts';
import { upstreamFaults } from './upstream.ts';
import { workerFaults } from './workers.ts';

export const faults: readonly Fault[] = [
  ...hostFaults,
  ...networkFaults,
  ...upstreamFaults,
  ...unaskedFaults,
  ...clientFaults,
  ...tlsFaults,
  ...workerFaults,
  ...podFaults,
  ...nodeFaults,
  ...endpointFaults,
];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** By name, as plans say it; several faults may share an id. */
export function findFault(name: string): Fault | null {
  return byName.get(name) ?? null;
}
