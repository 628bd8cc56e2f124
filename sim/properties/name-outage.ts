// P65: an outage of DNS costs no request to a name that was known before; who is refused for a name is refused because there is
// no such name, or because nobody could tell in time.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import { isFromGateway, isUnwelcome, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { isUnsettled, nameOfRequest, viewsDuring, viewsOf } from './reading/names.ts';

const soonUs = 500_000;
/** So long a request waits for the first answer, less what clocks may differ by. */
const patienceUs = 8_000_000;
/** An outage that was over so long before has no part in what a request met. */
const outageUs = 5_000_000;

const isRefusedForName = (request: RequestRecord): boolean =>
  isFromGateway(request) && request.status === 503 && request.body.includes('name resolution failed');

function failuresTold({ names }: Evidence, gateway: string, fromUs: number, toUs: number): boolean {
  return names.some(
    ({ host, kind, toldUs }) => host === gateway && kind === 'failed' && toldUs >= fromUs && toldUs <= toUs,
  );
}

export const nameOutage: Property = {
  id: 'P65',
  name: 'an outage of DNS costs nothing that was known',
  promise:
    'While DNS does not answer, requests go on to the addresses that it gave last; a name is given as the reason of a refusal only where there is none.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    if (evidence.names.length === 0) return { premises, violations };
    for (const request of evidence.requests) {
      const { gateway, sentUs, doneUs } = request;
      if (doneUs === -1 || request.status === 0 || isUnwelcome(request)) continue;
      const isRefused = isRefusedForName(request);
      const isInOutage = failuresTold(evidence, gateway, sentUs - outageUs, doneUs);
      if (!isRefused && !isInOutage) continue;
      const name = nameOfRequest(outlook, request, doneUs);
      if (name === null || isUnsettled(evidence, gateway, sentUs - soonUs, doneUs)) continue;
      const all = viewsOf(evidence, gateway, name);
      const views = viewsDuring(all, sentUs - soonUs, doneUs);
      const isKnown = views.length > 0 && views[0]!.fromUs <= sentUs - soonUs;
      if (isKnown && views.every(({ addresses }) => addresses !== null)) premises++;
      if (!isRefused) continue;
      const isAbsent = views.some(({ addresses }) => addresses === null);
      // Nobody had said anything of the name when the request came.
      const isUnknown =
        !isKnown && (doneUs - sentUs >= patienceUs || failuresTold(evidence, gateway, 0, doneUs));
      if (isAbsent || isUnknown) continue;
      violations.push({
        atUs: doneUs,
        message: `${nameOf(request)} was refused since ${name} could not be resolved; ${
          isKnown
            ? `${gateway} had been told of addresses`
            : 'nobody had failed to answer, nor was it waited for'
        }`,
        witnesses: [request.nonce, gateway],
      });
    }
    return { premises, violations };
  },
};
