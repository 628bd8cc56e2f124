// P24, P25: which certificate a client is shown.
import type { RequestRecord } from '../evidence/evidence.ts';
import { certificateFor, type ExpectedCertificate } from '../reference/certificates.ts';
import { isHarmed, isLate } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** What a gateway shows where no Secret says otherwise. */
const defaultId = 'default';

const serverName = ({ host }: RequestRecord): string => host.replace(/:\d+$/, '');

const shows = (request: RequestRecord, expected: ExpectedCertificate | null): boolean =>
  expected === null ? request.certificate === defaultId : request.certificatePem.trim() === expected.cert;

/** The first requests of connections: one for each handshake. */
function* handshakes(requests: readonly RequestRecord[]): Generator<RequestRecord> {
  for (const request of requests)
    if (request.scheme === 'https' && request.connectedUs >= 0 && !request.reused) yield request;
}

const nameOf = (certificate: ExpectedCertificate | null): string =>
  certificate === null ? 'the default certificate' : `that of Secret ${certificate.secret}`;

function shownTo(request: RequestRecord): string {
  return request.certificate === defaultId ? 'the default certificate' : `certificate ${request.certificate}`;
}

/** By the configs that workers had when the handshake happened. */
function expectedByConfig(
  outlook: Outlook,
  request: RequestRecord,
  handshakeUs: number,
): readonly (ExpectedCertificate | null)[] | null {
  const { connectedUs } = request;
  const terms = outlook.termsDuring(outlook.workerOf(request), connectedUs - handshakeUs, connectedUs);
  const found: (ExpectedCertificate | null)[] = [];
  for (const term of terms) {
    const view = outlook.viewOf(term);
    if (view === null && term.config !== null) return null;
    found.push(view === null ? null : certificateFor(outlook.certificates(view), serverName(request)));
  }
  return found.length === 0 ? null : found;
}

export const ownCertificate: Property = {
  id: 'P25',
  name: 'nobody is shown the certificate of another',
  promise:
    'A client is shown the certificate of the oldest Ingress that has a usable one for the name, else the default one, never that of another tenant.',
  type: 'safety',
  judge(evidence, { freshUs }) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of handshakes(evidence.requests)) {
      const isSlow = isHarmed(evidence, ['traffic'], 0, request.connectedUs);
      const expected = expectedByConfig(outlook, request, isSlow ? request.connectedUs : freshUs);
      if (expected === null) continue;
      premises++;
      if (expected.some((certificate) => shows(request, certificate))) continue;
      const wanted = [...new Set(expected.map(nameOf))].join(' or ');
      violations.push({
        atUs: request.connectedUs,
        message: `client ${request.client} asked ${request.gateway} for ${serverName(request)} and was shown ${shownTo(request)}, not ${wanted}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};

/** Certificates that the store asks for at some moment of the time. */
function expectedByStore(
  outlook: Outlook,
  request: RequestRecord,
  fromUs: number,
  toUs: number,
): readonly (ExpectedCertificate | null)[] {
  const moments = new Set([fromUs]);
  for (const resource of ['secrets', 'ingresses.networking.k8s.io', 'ingressclasses.networking.k8s.io'])
    for (const { atUs } of outlook.store.changes(resource))
      if (atUs > fromUs && atUs <= toUs) moments.add(atUs);
  return [...moments].map((us) =>
    certificateFor(outlook.certificates(outlook.store.at(us)), serverName(request)),
  );
}

export const freshCertificate: Property = {
  id: 'P24',
  name: 'a new certificate is shown soon',
  promise: 'Soon after a certificate has been replaced every worker shows the new one.',
  type: 'safety',
  judge(evidence, { freshUs }) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of handshakes(evidence.requests)) {
      const { connectedUs } = request;
      if (isLate(evidence, connectedUs) || isHarmed(evidence, ['traffic'], 0, connectedUs)) continue;
      const expected = expectedByStore(outlook, request, connectedUs - 2 * freshUs, connectedUs);
      const former = expectedByStore(outlook, request, 0, connectedUs);
      // The first moments of a run, in which objects are made, are no replacement.
      const isReplaced = new Set(former.map((certificate) => certificate?.cert)).size > 2;
      if (!isReplaced || new Set(expected.map((certificate) => certificate?.cert)).size > 1) continue;
      premises++;
      if (shows(request, expected[0]!)) continue;
      violations.push({
        atUs: connectedUs,
        message: `client ${request.client} asked ${request.gateway} for ${serverName(request)} and was shown ${shownTo(request)}; ${nameOf(expected[0]!)} has been in force for ${2 * freshUs} us`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
