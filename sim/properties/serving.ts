// What a service offered while a request was under way: the common ground of the properties about requests that must not
// fail.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import type { ExpectedBackend, ExpectedEndpoint } from '../reference/endpoints.ts';
import { isWhole } from './answers.ts';
import { isHarmed, type Party, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { areSame, backendKey, type EndpointPhase, type Outlook } from './outlook.ts';

/** The phases that have a moment in common with [fromUs, toUs]; at least one. */
export function phasesDuring(
  phases: readonly EndpointPhase[],
  fromUs: number,
  toUs: number,
): readonly EndpointPhase[] {
  return phases.filter(
    ({ fromUs: beginUs }, index) =>
      beginUs <= toUs && (phases[index + 1]?.fromUs ?? Number.MAX_SAFE_INTEGER) >= fromUs,
  );
}

export const readyIn = (phase: EndpointPhase | undefined): readonly ExpectedEndpoint[] =>
  (phase?.endpoints ?? []).filter(({ isDraining }) => !isDraining);

/** The Service sends to ports that the pods declare; behind another one nobody listens, however ready a pod is. */
export function reachesPods(outlook: Outlook, phases: readonly EndpointPhase[]): boolean {
  return phases.every(({ endpoints }) =>
    endpoints.every(({ uid, port }) => outlook.declaredPorts(uid)?.includes(port) !== false),
  );
}

/** Endpoints that are ready in every phase. */
export function lastingEndpoints(phases: readonly EndpointPhase[]): readonly ExpectedEndpoint[] {
  const [first, ...others] = phases;
  return readyIn(first).filter(({ uid, address, port }) =>
    others.every((phase) =>
      readyIn(phase).some((other) => other.uid === uid && other.address === address && other.port === port),
    ),
  );
}

/**
 * The one backend that the store asks for from `beforeUs` ahead of the request to its end, without anything that stands in
 * the way; null where it changes, where a plugin may refuse, or where there is no opinion.
 */
export function steadyBackend(
  outlook: Outlook,
  request: RequestRecord,
  beforeUs: number,
): ExpectedBackend | null {
  const resolutions = outlook.resolutionsDuring(request, request.sentUs - beforeUs, request.doneUs);
  if (resolutions === null) return null;
  const [first] = resolutions;
  if (first?.backend === null || first === undefined) return null;
  const isSteady = resolutions.every(
    ({ status, backend, plugins }) =>
      status === 0 &&
      !plugins.includes('rate-limiting') &&
      backend?.namespace === first.backend!.namespace &&
      backend.service === first.backend!.service &&
      backend.written === first.backend!.written &&
      backend.port?.name === first.backend!.port?.name,
  );
  return isSteady ? first.backend : null;
}

/** Sweeps of deadlines, and a FIN on its way. */
const idleSlackUs = 300_000;

/** The gateway closed the idle connection while the request was on its way to it: no server can prevent that. */
export function isIdleRace(evidence: Evidence, request: RequestRecord, keepaliveUs: number): boolean {
  const { status, error, origin, sentUs, nonce } = request;
  if (status !== 0 || origin === '' || (error !== 'closed' && error !== 'ECONNRESET')) return false;
  if (evidence.receipts.some((receipt) => receipt.nonce === nonce)) return false;
  const former = evidence.requests.filter(
    (other) => other.origin === origin && other.doneUs !== -1 && other.doneUs <= sentUs,
  );
  const idleSinceUs = Math.max(-1, ...former.map(({ doneUs }) => doneUs));
  return idleSinceUs >= 0 && idleSinceUs <= sentUs - keepaliveUs + idleSlackUs;
}

/** Whom a request to the backend has to do with. */
export function partyOf(outlook: Outlook, request: RequestRecord, backend: ExpectedBackend): Party {
  const pods = new Set(outlook.phases(backend).flatMap(({ endpoints }) => endpoints.map(({ pod }) => pod)));
  const { gateway, client } = request;
  return { gateway, worker: outlook.workerOf(request), client, pods: [...pods] };
}

/** It waited on the same connection behind a request whose answer could only be ended by closing it. */
export function fellWithAnother(evidence: Evidence, request: RequestRecord): boolean {
  const { origin, status, doneUs } = request;
  if (status !== 0 || origin === '') return false;
  const before = evidence.requests.slice(0, evidence.requests.indexOf(request));
  return before.some((other) => other.origin === origin && !isWhole(other) && other.doneUs === doneUs);
}

/** Nothing that happens to the network or the pods excuses a failure of this request. */
export function isUndisturbed(
  evidence: Pick<Evidence, 'faults'>,
  { sentUs, doneUs }: RequestRecord,
  party: Party,
): boolean {
  return (
    !isHarmed(evidence, ['pods'], sentUs, doneUs, recoverPodUs, party) &&
    !isHarmed(evidence, ['traffic'], sentUs, doneUs, recoverTrafficUs, party)
  );
}

/**
 * The one backend that the configs of the time lead to, while all of them have its endpoints as they were at some moment
 * since `fromUs`; null where a config is older, leads elsewhere or lets a plugin refuse.
 */
export function freshBackend(
  outlook: Outlook,
  request: RequestRecord,
  fromUs: number,
): ExpectedBackend | null {
  const terms = outlook.termsDuring(outlook.workerOf(request), request.sentUs, request.doneUs);
  let backend: ExpectedBackend | null = null;
  for (const term of terms) {
    const resolution = outlook.resolveIn(term, request);
    if (resolution === null || resolution.status !== 0 || resolution.plugins.includes('rate-limiting'))
      return null;
    const own = resolution.backend!;
    if (backend !== null && backendKey(backend) !== backendKey(own)) return null;
    backend = own;
    const endpoints = outlook.endpointsIn(term, own);
    const phases = phasesDuring(outlook.phases(own), fromUs, request.doneUs);
    if (!phases.some((phase) => areSame(phase.endpoints, endpoints))) return null;
  }
  return backend;
}
