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

/** What is to be shown for a name from one moment on. */
interface CertificatePhase {
  readonly fromUs: number;
  readonly expected: ExpectedCertificate | null;
}

/** As the store says it. */
function certificatePhases(outlook: Outlook, name: string): readonly CertificatePhase[] {
  const moments = ['secrets', 'ingresses.networking.k8s.io', 'ingressclasses.networking.k8s.io']
    .flatMap((resource) => outlook.store.changes(resource).map(({ atUs }) => atUs))
    .sort((a, b) => a - b);
  const phases: CertificatePhase[] = [{ fromUs: 0, expected: null }];
  for (const fromUs of new Set(moments)) {
    const expected = certificateFor(outlook.certificates(outlook.store.at(fromUs)), name);
    if (expected?.cert !== phases.at(-1)!.expected?.cert) phases.push({ fromUs, expected });
  }
  return phases;
}

export const freshCertificate: Property = {
  id: 'P24',
  name: 'a new certificate is shown soon',
  promise: 'Soon after a certificate has been replaced every worker shows the new one.',
  type: 'safety',
  judge(evidence, { freshUs }) {
    const outlook = outlookOf(evidence);
    const known: Map<string, readonly CertificatePhase[]> = new Map();
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of handshakes(evidence.requests)) {
      const { connectedUs } = request;
      if (isLate(evidence, connectedUs) || isHarmed(evidence, ['traffic'], 0, connectedUs)) continue;
      const name = serverName(request);
      const phases = known.get(name) ?? certificatePhases(outlook, name);
      known.set(name, phases);
      const current = phases.findLastIndex(({ fromUs }) => fromUs <= connectedUs);
      const { fromUs, expected } = phases[current]!;
      // The first certificate of a name replaces none; the handshake itself takes time too.
      if (current < 2 || fromUs > connectedUs - 2 * freshUs) continue;
      premises++;
      if (shows(request, expected)) continue;
      violations.push({
        atUs: connectedUs,
        message: `client ${request.client} asked ${request.gateway} for ${name} and was shown ${shownTo(request)}; ${nameOf(expected)} has been in force for ${connectedUs - fromUs} us`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
