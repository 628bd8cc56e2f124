// Every property there is, in one list.
import { boundedTries, everyEnd } from './bounded-requests.ts';
import { drainingGateway } from './draining-gateway.ts';
import { absentConditions, drainingTargets, readyTargets, wholeServices } from './endpoint-rules.ts';
import { fairShare } from './fair-share.ts';
import { forwardedHead } from './forwarded-head.ts';
import { heldBytes } from './held-bytes.ts';
import { nothingLeft } from './nothing-left.ts';
import { oneAnswer } from './one-answer.ts';
import { oneConfig } from './one-config.ts';
import { oneReceipt } from './one-receipt.ts';
import { pooledConnections } from './pooled-connections.ts';
import type { Property } from './property.ts';
import { removedEndpoints } from './removed-endpoints.ts';
import { rightBackend } from './right-backend.ts';
import { freshCertificate, ownCertificate } from './right-certificate.ts';
import { rightRefusal } from './right-refusal.ts';
import { rollingUpdate } from './rolling-update.ts';
import { firstPod, steadyService } from './steady-service.ts';
import { openExchanges, openTunnels } from './undisturbed-exchange.ts';
import { wholeAnswers, wholeRequests } from './whole-messages.ts';
import { workerCrash } from './worker-crash.ts';

export const properties: readonly Property[] = [
  rightBackend,
  readyTargets,
  drainingTargets,
  removedEndpoints,
  pooledConnections,
  openExchanges,
  openTunnels,
  rollingUpdate,
  steadyService,
  rightRefusal,
  firstPod,
  oneReceipt,
  wholeRequests,
  wholeAnswers,
  oneAnswer,
  forwardedHead,
  everyEnd,
  boundedTries,
  heldBytes,
  nothingLeft,
  fairShare,
  freshCertificate,
  ownCertificate,
  oneConfig,
  wholeServices,
  absentConditions,
  drainingGateway,
  workerCrash,
];

/** By id or name. */
export function findProperty(name: string): Property | null {
  return properties.find((property) => property.id === name || property.name === name) ?? null;
}
