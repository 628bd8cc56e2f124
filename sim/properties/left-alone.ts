// P61: where a policy watches answers, a gateway leaves a pod alone that has failed as often as the policy says, in all of
// its workers and under every config that still has the pod.
import type { Evidence, ReceiptRecord } from '../evidence/evidence.ts';
import { expectedBalancing } from '../reference/balancing.ts';
import { onlyTerm } from './fair-share.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';

interface Seen {
  readonly receipt: ReceiptRecord;
  readonly gateway: string;
  readonly upstream: string;
  readonly sentUs: number;
  readonly doneUs: number;
  /** The client was told that the pod failed, so the gateway knows it too. */
  readonly hasFailed: boolean;
  /** Failures that make a pod unhealthy; 0: nobody counts. */
  readonly limit: number;
}

/** Name of the one upstream in which the address stands; null where there are several: each counts for itself. */
function onlyUpstream({ config }: Term, target: string): string | null {
  const { targets, upstreams } = config!.config.entities;
  const found = [...targets.values()].filter((entity) => entity.target === target);
  return found.length === 1 ? (upstreams.get(found[0]!.upstream)?.name ?? null) : null;
}

/** The receipt with what the worker's config made of it; null where that is not known. */
function seenOf(outlook: Outlook, receipt: ReceiptRecord): Seen | null {
  const request = outlook.request(receipt.nonce);
  const term = onlyTerm(outlook, receipt);
  const view = term === null ? null : outlook.viewOf(term);
  if (request === null || term === null || view === null) return null;
  const upstream = onlyUpstream(term, `${receipt.address}:${receipt.port}`);
  if (upstream === null) return null;
  const [service = '', namespace = ''] = upstream.split('.');
  const backend = { namespace, service, written: '', port: null };
  const { passiveLimit: limit, failureStatuses } = expectedBalancing(view, backend);
  const gateway = outlook.dialOf(receipt)!.host.split('/')[0]!;
  const { sentUs, doneUs, status } = request;
  // What a pod puts out of shape, or never sends, is written down in its receipt as it was meant; and of several tries only
  // the last can be the one that the client has heard of.
  const isLast = outlook.receipts(receipt.nonce).every(({ atUs }) => atUs <= receipt.atUs);
  const isWhole = isLast && receipt.mischief === '' && receipt.status === status;
  const isTold = doneUs >= 0 && (isWhole || receipt.mischief === 'fails');
  const hasFailed = isTold && failureStatuses.includes(status);
  return { receipt, gateway, upstream, sentUs, doneUs, hasFailed, limit };
}

/** The gateway has begun anew, and with it its memory. */
function hasRestarted({ lives }: Evidence, gateway: string, fromUs: number, toUs: number): boolean {
  return lives.some(
    ({ host, what, atUs }) => host === gateway && what === 'end' && atUs >= fromUs && atUs <= toUs,
  );
}

export const leftAlone: Property = {
  id: 'P61',
  name: 'a failing pod is left alone',
  promise:
    'A pod that has failed as often as its policy says gets no more requests from that gateway: from none of its workers, and whatever else changes.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    const all = evidence.receipts.flatMap((receipt) => seenOf(outlook, receipt) ?? []);
    const byPlace = Map.groupBy(
      all,
      ({ gateway, upstream, receipt }) => `${gateway} ${upstream} ${receipt.address}:${receipt.port}`,
    );
    for (const seen of byPlace.values()) {
      const failed = seen.filter(({ hasFailed }) => hasFailed).sort((a, b) => a.doneUs - b.doneUs);
      const limit = failed[0]?.limit ?? 0;
      if (limit === 0 || failed.length < limit) continue;
      const outUs = failed[limit - 1]!.doneUs;
      for (const { receipt, gateway, sentUs, limit: own } of seen) {
        if (sentUs <= outUs || own !== limit) continue;
        if (hasRestarted(evidence, gateway, failed[0]!.sentUs, receipt.atUs)) continue;
        violations.push({
          atUs: receipt.atUs,
          message: `${gateway} sent ${receipt.nonce} to ${receipt.pod}, which had failed ${limit} times for it`,
          witnesses: [receipt.nonce, gateway, `pods ${receipt.pod}`],
        });
      }
      premises++;
    }
    return { premises, violations };
  },
};
