// P10: a gateway refuses for the right reason: 404 without a route, 503 without an endpoint, 401 without a key.
import type { RequestRecord } from '../evidence/evidence.ts';
import { endingOf, isAborted, isExhausted, isFromGateway, isUnwelcome, nameOf } from './answers.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** What configs of the time make of a request. */
interface Possible {
  /** Statuses that the gateway may answer by itself. */
  readonly statuses: ReadonlySet<number>;
  /** Some config lets the request through to an endpoint. */
  readonly mayReach: boolean;
}

/** null: no opinion. */
function possibleAnswers(outlook: Outlook, request: RequestRecord): Possible | null {
  const terms = outlook.termsDuring(outlook.workerOf(request), request.sentUs, request.doneUs);
  if (terms.length === 0) return null;
  const statuses: Set<number> = new Set();
  let mayReach = false;
  for (const term of terms) {
    const resolution = outlook.resolveIn(term, request);
    if (resolution === null) return null;
    const { status, backend, plugins } = resolution;
    if (plugins.includes('rate-limiting')) statuses.add(429);
    if (status !== 0) {
      statuses.add(status);
      continue;
    }
    // Endpoints are taken when they are needed, which may be under a later config than the route.
    const counts = terms.map((other) => outlook.endpointsIn(other, backend!).length);
    if (counts.includes(0)) statuses.add(503);
    if (counts.some((count) => count > 0)) mayReach = true;
  }
  return { statuses, mayReach };
}

/** Answers that say why a request goes nowhere. */
const reasons: ReadonlySet<number> = new Set([301, 302, 307, 308, 401, 404, 426, 429, 503]);

export const rightRefusal: Property = {
  id: 'P10',
  name: 'requests are refused for the right reason',
  promise:
    'Without a route the answer is 404, without a pod 503, without a key 401, and each of them only then; none of them is a hang.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      if (request.doneUs === -1 || isAborted(request) || request.status === 0) continue;
      if (isUnwelcome(request)) continue;
      const possible = possibleAnswers(outlook, request);
      if (possible === null) continue;
      const { statuses, mayReach } = possible;
      const isReason = isFromGateway(request) && reasons.has(request.status) && !isExhausted(request);
      if (mayReach && !isReason) continue;
      premises++;
      if (statuses.has(request.status)) continue;
      const expected = [...statuses].sort().join(' or ');
      violations.push({
        atUs: request.doneUs,
        message: `${nameOf(request)} ended with ${endingOf(request)}; ${expected === '' ? 'its pods were there' : `expected ${expected}`}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
