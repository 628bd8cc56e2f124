// P23: where a policy has requests hashed, one key goes to one pod, and which one depends on nothing but the pods that there
// are: every worker of every gateway says the same, before and after whatever else changes.
import { expectedBalancing, ownerOf } from '../reference/balancing.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { onlyTerm } from './fair-share.ts';
import { areSame, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { phasesDuring } from './serving.ts';

/** A pod that ends may refuse connections before the word of it is out. */
const wordUs = 5_000_000;

export const affinity: Property = {
  id: 'P23',
  name: 'one key, one pod',
  promise:
    'Where requests are hashed, those with one key go to one pod, whichever worker and gateway sends them, and only a change of the pods moves any.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const receipt of evidence.receipts) {
      const request = outlook.request(receipt.nonce);
      const term = onlyTerm(outlook, receipt);
      const view = term === null ? null : outlook.viewOf(term);
      if (request === null || term === null || view === null) continue;
      const backend = outlook.resolveIn(term, request)?.backend ?? null;
      if (backend === null || outlook.receipts(receipt.nonce).length !== 1) continue;
      const { algorithm, header, slots, checksHealth } = expectedBalancing(view, backend);
      const key = request.sentHeaders[header];
      if (algorithm !== 'consistent-hashing' || key === undefined || checksHealth) continue;
      const endpoints = outlook.endpointsIn(term, backend);
      if (endpoints.length < 2) continue;
      const untilUs = receipt.atUs + wordUs;
      const phases = phasesDuring(outlook.phases(backend), request.sentUs, untilUs);
      if (phases.some((phase) => !areSame(phase.endpoints, endpoints))) continue;
      // Another try goes to another pod.
      if (isHarmed(evidence, ['traffic'], request.sentUs, untilUs, recoverTrafficUs)) continue;
      if (isHarmed(evidence, ['pods'], request.sentUs, untilUs, recoverPodUs)) continue;
      premises++;
      const owner = ownerOf(key, endpoints, slots)!;
      if (owner.address === receipt.address && owner.port === receipt.port) continue;
      violations.push({
        atUs: receipt.atUs,
        message: `${term.host} sent ${receipt.nonce} with the key ${key} to ${receipt.pod}; of the ${endpoints.length} pods of ${backend.namespace}/${backend.service} it belongs to ${owner.pod}`,
        witnesses: [receipt.nonce, term.host, `services ${backend.namespace}/${backend.service}`],
      });
    }
    return { premises, violations };
  },
};
