// P58: who the client is when a load balancer says so.
import type { RequestRecord } from '../evidence/evidence.ts';
import { clientOf, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** What a connection may be answered that began otherwise than it has to: nothing, or that it is no request. */
const refusals: ReadonlySet<number> = new Set([0, 400]);

function findForeign({ announced, status }: RequestRecord, wasTaken: boolean): string | null {
  if (announced === null || announced.isProper) return null;
  if (wasTaken) return 'reached a pod';
  return refusals.has(status) ? null : `was answered ${status}`;
}

export const announcedClients: Property = {
  id: 'P58',
  name: 'the announced client is believed of trusted senders only',
  promise:
    'Behind load balancers that speak the PROXY protocol a pod is told the client that a trusted one announces, and of others the sender; a connection without a proper header carries no request.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const receipts = outlook.receipts(request.nonce);
      if (request.announced === null || (receipts.length === 0 && request.doneUs === -1)) continue;
      premises++;
      const foreign = findForeign(request, receipts.length > 0);
      const expected = clientOf(request);
      const wrong = receipts.find(({ headers }) => headers['x-real-ip'] !== expected);
      if (foreign === null && wrong === undefined) continue;
      const what =
        foreign ?? `was told to be from ${wrong!.headers['x-real-ip'] ?? 'nobody'}, not ${expected}`;
      violations.push({
        atUs: wrong?.atUs ?? request.doneUs,
        message: `${nameOf(request)} of ${request.client} ${what}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};
