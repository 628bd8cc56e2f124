// P72: a client that brings the cookie of its pod comes to that pod, whichever worker and gateway it meets.
import { cookieOf } from '../evidence/cookie.ts';
import type { ReceiptRecord } from '../evidence/evidence.ts';
import { expectedBalancing } from '../reference/balancing.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { onlyTerm } from './fair-share.ts';
import { areSame, backendKey, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { phasesDuring } from './serving.ts';
import { targetOf } from './told-failures.ts';

/** A pod that ends may refuse connections before the word of it is out. */
const wordUs = 5_000_000;

export const stickySessions: Property = {
  id: 'P72',
  name: 'a session stays with its pod',
  promise:
    'Where sessions stick, a request with the cookie that came with an earlier answer goes to the pod that gave that answer, as long as the service has it.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    /** Who answered when a cookie was set, by service and cookie. */
    const givers = new Map<string, ReceiptRecord>();
    for (const receipt of evidence.receipts) {
      const request = outlook.request(receipt.nonce);
      const term = onlyTerm(outlook, receipt);
      const view = term === null ? null : outlook.viewOf(term);
      if (request === null || term === null || view === null) continue;
      const backend = outlook.resolveIn(term, request)?.backend ?? null;
      if (backend === null || outlook.receipts(receipt.nonce).length !== 1) continue;
      const { algorithm, checksHealth } = expectedBalancing(view, backend);
      if (algorithm !== 'sticky-sessions' || checksHealth) continue;
      const service = backendKey(backend);
      const set = cookieOf(request);
      if (set !== null && receipt.mischief === '') givers.set(`${service} ${set}`, receipt);
      const giver = givers.get(`${service} ${receipt.headers['cookie'] ?? ''}`);
      if (giver === undefined) continue;
      const endpoints = outlook.endpointsIn(term, backend);
      if (endpoints.length < 2 || !endpoints.some((each) => targetOf(each) === targetOf(giver))) continue;
      const untilUs = receipt.atUs + wordUs;
      const phases = phasesDuring(outlook.phases(backend), request.sentUs, untilUs);
      if (phases.some((phase) => !areSame(phase.endpoints, endpoints))) continue;
      // Another try goes to another pod.
      if (isHarmed(evidence, ['traffic'], request.sentUs, untilUs, recoverTrafficUs)) continue;
      if (isHarmed(evidence, ['pods'], request.sentUs, untilUs, recoverPodUs)) continue;
      premises++;
      if (targetOf(giver) === targetOf(receipt)) continue;
      violations.push({
        atUs: receipt.atUs,
        message: `${term.host} sent ${receipt.nonce} with the cookie of ${giver.pod} to ${receipt.pod}`,
        witnesses: [receipt.nonce, giver.nonce, term.host],
      });
    }
    return { premises, violations };
  },
};
