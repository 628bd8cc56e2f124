// Every fault there is, in one list.
import { announcementFaults } from './announcements.ts';
import { apiCallFaults } from './api-calls.ts';
import { apiServerFaults } from './api-servers.ts';
import { clientFaults } from './clients.ts';
import { clockFaults } from './clocks.ts';
import { customResourceFaults } from './custom-resources.ts';
import { earlyAnswerFaults } from './early-answers.ts';
import { endpointFaults } from './endpoints.ts';
import type { Fault } from './fault.ts';
import { hostFaults } from './hosts.ts';
import { leaderFaults } from './leaders.ts';
import { nameFaults } from './names.ts';
import { networkFaults } from './network-traffic.ts';
import { newcomerFaults } from './newcomers.ts';
import { nodeFaults } from './nodes.ts';
import { objectFaults } from './objects.ts';
import { partitionFaults } from './partitions.ts';
import { podFaults } from './pods.ts';
import { pushFaults } from './push.ts';
import { shownCertificateFaults } from './shown-certificates.ts';
import { sicknessFaults } from './sick-pods.ts';
import { terminationFaults } from './terminate.ts';
import { tlsFaults } from './tls.ts';
import { unaskedFaults } from './unasked.ts';
import { upstreamFaults } from './upstream.ts';
import { versionSkewFaults } from './version-skew.ts';
import { watchLineFaults } from './watch-lines.ts';
import { watchFaults } from './watches.ts';
import { workerFaults } from './workers.ts';

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
  ...networkFaults,
  ...upstreamFaults,
  ...unaskedFaults,
  ...clientFaults,
  ...tlsFaults,
  ...workerFaults,
  ...terminationFaults,
  ...podFaults,
  ...nodeFaults,
  ...endpointFaults,
  ...announcementFaults,
  ...shownCertificateFaults,
  ...earlyAnswerFaults,
  ...nameFaults,
  ...sicknessFaults,
  ...newcomerFaults,
  ...versionSkewFaults,
];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** By name, as plans say it; several faults may share an id. */
export function findFault(name: string): Fault | null {
  return byName.get(name) ?? null;
}
