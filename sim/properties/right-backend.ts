// P01: requests reach the pods of the service that the routing names.
import type { Evidence, ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';
import type { ExpectedBackend } from '../reference/endpoints.ts';
import type { Resolution } from '../reference/routing.ts';
import { isLate } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { phasesDuring } from './serving.ts';

/** What the request may be served by, as the configs say that some worker had meanwhile; null: no opinion. */
function backendsByConfig(
  outlook: Outlook,
  request: RequestRecord,
  receipt: ReceiptRecord,
): readonly ExpectedBackend[] | null {
  const host = outlook.dialOf(receipt)?.host ?? request.gateway;
  const backends: ExpectedBackend[] = [];
  for (const term of outlook.termsDuring(host, request.sentUs, receipt.atUs)) {
    const resolution = outlook.resolveIn(term, request);
    if (resolution === null) return null;
    if (resolution.status === 0) backends.push(resolution.backend!);
  }
  return backends;
}

/** Some config of the time has the address as an endpoint of the backend. */
function isEndpoint(
  outlook: Outlook,
  backend: ExpectedBackend,
  request: RequestRecord,
  receipt: ReceiptRecord,
): boolean {
  const host = outlook.dialOf(receipt)?.host ?? request.gateway;
  return outlook
    .termsDuring(host, request.sentUs, receipt.atUs)
    .some((term) =>
      outlook
        .endpointsIn(term, backend)
        .some(({ address, port }) => address === receipt.address && port === receipt.port),
    );
}

/** The pod was an endpoint of the backend at some time, by name or by address alone, or has its address from another that may have been. */
function wasEver(outlook: Outlook, backend: ExpectedBackend, { uid, address }: ReceiptRecord): boolean {
  const isOwn = outlook
    .phases(backend)
    .some(({ endpoints }) =>
      endpoints.some(
        (endpoint) => endpoint.uid === uid || (endpoint.uid === '' && endpoint.address === address),
      ),
    );
  return isOwn || outlook.ownersOf(address).size > 1;
}

function wasLately(
  outlook: Outlook,
  backend: ExpectedBackend,
  { address, port, atUs }: ReceiptRecord,
  fromUs: number,
): boolean {
  return phasesDuring(outlook.phases(backend), fromUs, atUs).some(({ endpoints }) =>
    endpoints.some((endpoint) => endpoint.address === address && endpoint.port === port),
  );
}

/** As the store says it, within the time that news may take; where nothing stands in their way. */
function isFresh(
  evidence: Evidence,
  outlook: Outlook,
  request: RequestRecord,
  receipt: ReceiptRecord,
  freshUs: number,
): boolean {
  if (isLate(evidence, receipt.atUs)) return true;
  const fromUs = request.sentUs - freshUs;
  // By the store and not by the config, which stays where a Service's port is named anew and its slices with it.
  const allow = (resolutions: readonly Resolution[] | null): boolean =>
    resolutions === null ||
    resolutions.some(
      ({ status, backend }) =>
        status === 0 && backend !== null && wasLately(outlook, backend, receipt, fromUs),
    );
  // An Ingress that names a port anew may be heard of before its Service, so a moment of each kind's own is fresh as well.
  return (
    allow(outlook.resolutionsDuring(request, fromUs, receipt.atUs)) ||
    allow(outlook.mixedResolutions(request, fromUs, receipt.atUs))
  );
}

const nameOf = ({ namespace, service, written }: ExpectedBackend): string =>
  `${namespace}/${service}:${written}`;

export const rightBackend: Property = {
  id: 'P01',
  name: 'a request reaches a pod of its service',
  promise:
    'A request is only ever answered by a pod of the service that its host and path lead to, never by one of another tenant.',
  type: 'safety',
  judge(evidence, { freshUs }) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const receipt of evidence.receipts) {
      const request = outlook.request(receipt.nonce);
      if (request === null) continue;
      const backends = backendsByConfig(outlook, request, receipt);
      if (backends === null) continue;
      premises++;
      const right = backends.filter((backend) => isEndpoint(outlook, backend, request, receipt));
      const isRight = right.some((backend) => wasEver(outlook, backend, receipt));
      if (isRight && isFresh(evidence, outlook, request, receipt, freshUs)) continue;
      const wanted = backends.length === 0 ? 'none' : [...new Set(backends.map(nameOf))].join(' or ');
      violations.push({
        atUs: receipt.atUs,
        message: `${request.method} ${request.host}${request.path} (${request.nonce}) was taken by pod ${receipt.pod} at ${receipt.address}:${receipt.port}; its services with that endpoint: ${wanted}`,
        witnesses: [receipt.nonce, `pods ${receipt.pod}`],
      });
    }
    return { premises, violations };
  },
};
