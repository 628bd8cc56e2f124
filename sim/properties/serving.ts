// What a service offered while a request was under way: the common ground of the properties about requests that must not
// fail.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import type { ExpectedBackend, ExpectedEndpoint } from '../reference/endpoints.ts';
import { isHarmed, isLate, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import type { EndpointPhase, Outlook } from './outlook.ts';

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

interface PodPorts {
  readonly spec?: {
    readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
  };
}

/** The Service sends to ports that the pods declare; behind another one nobody listens, however ready a pod is. */
export function reachesPods({ store }: Outlook, phases: readonly EndpointPhase[]): boolean {
  const declared = new Map(
    store.changes('pods').map(({ object }) => {
      const containers = (object as PodPorts).spec?.containers ?? [];
      const ports = containers.flatMap(({ ports: own = [] }) =>
        own.map(({ containerPort }) => containerPort),
      );
      return [object.metadata.uid ?? '', ports];
    }),
  );
  return phases.every(({ endpoints }) =>
    endpoints.every(({ uid, port }) => declared.get(uid)?.includes(port) !== false),
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

/** Nothing that happens to the cluster, the network or the pods excuses a failure of this request. */
export function isUndisturbed(evidence: Evidence, { sentUs, doneUs }: RequestRecord): boolean {
  return (
    !isLate(evidence, doneUs) &&
    !isHarmed(evidence, ['pods'], sentUs, doneUs, recoverPodUs) &&
    !isHarmed(evidence, ['traffic'], sentUs, doneUs, recoverTrafficUs)
  );
}
