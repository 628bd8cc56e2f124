// Every property there is, in one list.
import { affinity } from './affinity.ts';
import { announcedClients } from './announced-clients.ts';
import { anotherChance } from './another-chance.ts';
import { badObjectAlone } from './bad-object-alone.ts';
import { boundedTries, everyEnd } from './bounded-requests.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { clockJumps } from './clock-jumps.ts';
import { crashCostsTime, mistakesLeaveNothing, sameFromScratch, unseenStates } from './compared.ts';
import { converges } from './converges.ts';
import { distinctNames } from './distinct-names.ts';
import { drainingGateway } from './draining-gateway.ts';
import { absentConditions, drainingTargets, readyTargets, wholeServices } from './endpoint-rules.ts';
import { failStatic } from './fail-static.ts';
import { fairShare } from './fair-share.ts';
import { forwardedHead } from './forwarded-head.ts';
import { heldBytes } from './held-bytes.ts';
import { honestStatus } from './honest-status.ts';
import { keptLimits } from './kept-limits.ts';
import { lastGoodConfig } from './last-good-config.ts';
import { leaderWrites } from './leader-writes.ts';
import { leftAlone } from './left-alone.ts';
import { nameOutage } from './name-outage.ts';
import { nameQuestions } from './name-questions.ts';
import { nameTargets } from './name-targets.ts';
import { newLeader } from './new-leader.ts';
import { noException } from './no-exception.ts';
import { noGhosts } from './no-ghosts.ts';
import { noTimeTravel } from './no-time-travel.ts';
import { nothingLeft } from './nothing-left.ts';
import { oldestOwner } from './oldest-owner.ts';
import { oneAnswer } from './one-answer.ts';
import { oneConfig } from './one-config.ts';
import { oneReceipt } from './one-receipt.ts';
import { oneTranslation } from './one-translation.ts';
import { otherClass } from './other-class.ts';
import { ownFieldsOnly } from './own-fields-only.ts';
import { politeClient } from './polite-client.ts';
import { pooledConnections } from './pooled-connections.ts';
import { failedProbes, passedProbes } from './probed-pods.ts';
import { expectedSteps, keptPromises } from './promised.ts';
import type { Property } from './property.ts';
import { quietWrites } from './quiet-writes.ts';
import { readyAfterSync } from './ready-after-sync.ts';
import { removedEndpoints } from './removed-endpoints.ts';
import { rightBackend } from './right-backend.ts';
import { freshCertificate, ownCertificate } from './right-certificate.ts';
import { rightRefusal } from './right-refusal.ts';
import { rollingUpdate } from './rolling-update.ts';
import { sameEverywhere } from './same-everywhere.ts';
import { shownCertificates } from './shown-certificates.ts';
import { silentWatch } from './silent-watch.ts';
import { slowStart } from './slow-start.ts';
import { statusApart } from './status-apart.ts';
import { steadyAddresses } from './steady-addresses.ts';
import { firstPod, steadyService } from './steady-service.ts';
import { stickySessions } from './sticky.ts';
import { streamedList } from './streamed-list.ts';
import { tenants } from './tenants.ts';
import { deliveredAnswers, openExchanges, openTunnels } from './undisturbed-exchange.ts';
import { wholeAnswers, wholeRequests } from './whole-messages.ts';
import { workerCrash } from './worker-crash.ts';

export const properties: readonly Property[] = [
  oneReceipt,
  oneAnswer,
  badObjectAlone,
  clockJumps,
  converges,
  distinctNames,
  failStatic,
  honestStatus,
  leaderWrites,
  newLeader,
  noException,
  noGhosts,
  noTimeTravel,
  oldestOwner,
  oneTranslation,
  otherClass,
  ownFieldsOnly,
  politeClient,
  quietWrites,
  readyAfterSync,
  sameEverywhere,
  silentWatch,
  statusApart,
  steadyAddresses,
  streamedList,
  tenants,
  crashCostsTime,
  unseenStates,
  sameFromScratch,
  mistakesLeaveNothing,
  rightBackend,
  readyTargets,
  drainingTargets,
  removedEndpoints,
  pooledConnections,
  openExchanges,
  openTunnels,
  deliveredAnswers,
  rollingUpdate,
  steadyService,
  rightRefusal,
  firstPod,
  wholeRequests,
  wholeAnswers,
  forwardedHead,
  everyEnd,
  boundedTries,
  heldBytes,
  nothingLeft,
  fairShare,
  affinity,
  leftAlone,
  freshCertificate,
  ownCertificate,
  oneConfig,
  wholeServices,
  absentConditions,
  drainingGateway,
  workerCrash,
  announcedClients,
  shownCertificates,
  nameTargets,
  nameOutage,
  nameQuestions,
  keptLimits,
  expectedSteps,
  keptPromises,
  failedProbes,
  passedProbes,
  anotherChance,
  circuitBreaker,
  stickySessions,
  slowStart,
  lastGoodConfig,
];

/** By id or name. */
export function findProperty(name: string): Property | null {
  return properties.find((property) => property.id === name || property.name === name) ?? null;
}
