// P22: every pod of a service gets its share.
import type { Evidence, ReceiptRecord } from '../evidence/evidence.ts';
import { expectedBalancing } from '../reference/balancing.ts';
import { type ExpectedBackend, expectedEndpoints } from '../reference/endpoints.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { areSame, backendKey, type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { phasesDuring } from './serving.ts';

interface Choices {
  readonly term: Term;
  readonly receipts: readonly ReceiptRecord[];
}

interface Share extends Choices {
  readonly backend: ExpectedBackend;
  readonly receipts: ReceiptRecord[];
}

/** The term in which the request was sent and taken; null where there were several. */
export function onlyTerm(outlook: Outlook, receipt: ReceiptRecord): Term | null {
  const request = outlook.request(receipt.nonce);
  const dial = outlook.dialOf(receipt);
  if (request === null || dial === null) return null;
  const terms = outlook.termsDuring(dial.host, request.sentUs, receipt.atUs);
  return terms.length === 1 ? terms[0]! : null;
}

/** Receipts by the config under which a worker chose and by the service among whose pods it did. */
function sharesOf(outlook: Outlook, receipts: readonly ReceiptRecord[]): readonly Share[] {
  const shares: Map<Term, Map<string, Share>> = new Map();
  for (const receipt of receipts) {
    const term = onlyTerm(outlook, receipt);
    const request = outlook.request(receipt.nonce);
    if (term === null || request === null) continue;
    const backend = outlook.resolveIn(term, request)?.backend ?? null;
    if (backend === null) continue;
    const ofTerm = shares.get(term) ?? new Map<string, Share>();
    shares.set(term, ofTerm);
    const share = ofTerm.get(backendKey(backend)) ?? { term, backend, receipts: [] };
    ofTerm.set(backendKey(backend), share);
    share.receipts.push(receipt);
  }
  return [...shares.values()].flatMap((ofTerm) => [...ofTerm.values()]);
}

/** Choices that left no receipt, or more than one: aborted, failed and repeated requests of the worker meanwhile. */
export function irregularChoices(evidence: Evidence, outlook: Outlook, { term, receipts }: Choices): number {
  const { host, fromUs } = term;
  const untilUs = receipts.at(-1)!.atUs;
  const requests = evidence.requests.filter(
    ({ nonce, sentUs, gateway }) =>
      host.startsWith(`${gateway}/`) &&
      sentUs <= untilUs &&
      sentUs >= fromUs - recoverTrafficUs &&
      outlook.receipts(nonce).length !== 1,
  );
  const used = new Set(evidence.receipts.map((receipt) => outlook.dialOf(receipt)));
  const futile = evidence.dials.filter(
    (dial) => dial.host === host && dial.atUs >= fromUs && dial.atUs <= untilUs && !used.has(dial),
  );
  // Slow senders: chosen for at some moment between the beginning of the request and its receipt.
  const astride = evidence.receipts.filter((receipt) => {
    const sentUs = outlook.request(receipt.nonce)?.sentUs ?? 0;
    return (
      receipt.atUs >= fromUs &&
      sentUs <= untilUs &&
      (receipt.atUs > untilUs || sentUs < fromUs) &&
      outlook.dialOf(receipt)?.host === host
    );
  });
  return requests.length + futile.length + astride.length;
}

export const fairShare: Property = {
  id: 'P22',
  name: 'every pod gets its share',
  promise:
    'In quiet times the pods of a service get equally many requests from each worker, and none is left out.',
  type: 'liveness',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const share of sharesOf(outlook, evidence.receipts)) {
      const { term, backend, receipts } = share;
      const view = outlook.viewOf(term);
      const endpoints = view === null ? [] : expectedEndpoints(view, backend);
      const untilUs = receipts.at(-1)!.atUs;
      if (endpoints.length < 2 || receipts.length < endpoints.length) continue;
      const { algorithm, checksHealth, slowStartUs } = expectedBalancing(view!, backend);
      // With slow start shares differ for a while: P73.
      if (algorithm !== 'round-robin' || checksHealth || slowStartUs > 0) continue;
      if (isHarmed(evidence, ['traffic'], term.fromUs, untilUs, recoverTrafficUs)) continue;
      if (isHarmed(evidence, ['pods'], term.fromUs, untilUs, recoverPodUs)) continue;
      if (outlook.hasStrangers(term.host, untilUs)) continue;
      // A config that is held back sends to pods that have gone.
      const phases = phasesDuring(outlook.phases(backend), term.fromUs, untilUs);
      if (phases.some((phase) => !areSame(phase.endpoints, endpoints))) continue;
      premises++;
      const counts = endpoints.map(
        ({ address, port }) =>
          receipts.filter((receipt) => receipt.address === address && receipt.port === port).length,
      );
      const spread = Math.max(...counts) - Math.min(...counts);
      if (spread <= 1 || spread <= 1 + irregularChoices(evidence, outlook, share)) continue;
      const shown = endpoints.map(({ pod }, index) => `${pod} ${counts[index]}`).join(', ');
      violations.push({
        atUs: untilUs,
        message: `${term.host} gave the pods of ${backend.namespace}/${backend.service} unequal shares of ${receipts.length} requests: ${shown}`,
        witnesses: [term.host, `services ${backend.namespace}/${backend.service}`],
      });
    }
    return { premises, violations };
  },
};
