// What a gateway must know of pods that fail, where a policy has it watch answers: failures that clients have been told of.
import type { Evidence, ReceiptRecord } from '../evidence/evidence.ts';
import { expectedBalancing } from '../reference/balancing.ts';
import { onlyTerm } from './fair-share.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import { addressesTold } from './reading/names.ts';

export interface Seen {
  readonly receipt: ReceiptRecord;
  readonly term: Term;
  readonly gateway: string;
  readonly upstream: string;
  readonly sentUs: number;
  readonly doneUs: number;
  /** The client was told that the pod failed, so the gateway knows it too. */
  readonly hasFailed: boolean;
  /** Failures that make a pod unhealthy; 0: nobody counts. */
  readonly limit: number;
  /** Percent of the pods; 0: there is no circuit breaker. */
  readonly threshold: number;
  /** The policy that the worker knew has gateways probe. */
  readonly probes: boolean;
}

/** A pod that has failed as often as its policy says. */
export interface Fallen {
  readonly gateway: string;
  readonly upstream: string;
  /** 'address:port' */
  readonly target: string;
  readonly pod: string;
  readonly limit: number;
  readonly firstFailedUs: number;
  readonly outUs: number;
  /** It cannot have been given another chance before. */
  readonly outUntilUs: number;
  /** Everything that this gateway sent it for this upstream. */
  readonly seen: readonly Seen[];
}

export const targetOf = ({ address, port }: Pick<ReceiptRecord, 'address' | 'port'>): string =>
  `${address}:${port}`;

/** Name of the one upstream in which the address stands; null where there are several: each counts for itself. */
export function onlyUpstream({ config }: Term, target: string): string | null {
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
  const upstream = onlyUpstream(term, targetOf(receipt));
  if (upstream === null) return null;
  const [service = '', namespace = ''] = upstream.split('.');
  const backend = { namespace, service, written: '', port: null, outside: null };
  const { passiveLimit: limit, failureStatuses, threshold, probes } = expectedBalancing(view, backend);
  const gateway = outlook.dialOf(receipt)!.host.split('/')[0]!;
  const { sentUs, doneUs, status } = request;
  // What a pod puts out of shape, or never sends, is written down in its receipt as it was meant; and of several tries only
  // the last can be the one that the client has heard of.
  const isLast = outlook.receipts(receipt.nonce).every(({ atUs }) => atUs <= receipt.atUs);
  const isWhole = isLast && receipt.mischief === '' && receipt.status === status;
  const isTold = doneUs >= 0 && (isWhole || receipt.mischief === 'fails');
  const hasFailed = isTold && failureStatuses.includes(status);
  return { receipt, term, gateway, upstream, sentUs, doneUs, hasFailed, limit, threshold, probes };
}

/** Everything that pods took of upstreams that are known. Where a name leads there too, it may be another upstream that asked. */
export function allSeen(evidence: Evidence): readonly Seen[] {
  const outlook = outlookOf(evidence);
  const named = addressesTold(evidence);
  return evidence.receipts.flatMap((receipt) => {
    const seen = seenOf(outlook, receipt);
    return seen === null || named.has(`${seen.gateway} ${receipt.address}`) ? [] : [seen];
  });
}

export function fallenOf(all: readonly Seen[], recoverAfterUs: number): readonly Fallen[] {
  const byPlace = Map.groupBy(
    all,
    ({ gateway, upstream, receipt }) => `${gateway} ${upstream} ${targetOf(receipt)}`,
  );
  return [...byPlace.values()].flatMap((seen) => {
    const failed = seen.filter(({ hasFailed }) => hasFailed).sort((a, b) => a.doneUs - b.doneUs);
    const { limit, gateway, upstream, receipt } = failed[0] ?? seen[0]!;
    if (limit === 0 || failed.length < limit) return [];
    const earliestUs = Math.min(...seen.map((each) => each.receipt.atUs));
    return [
      {
        gateway,
        upstream,
        target: targetOf(receipt),
        pod: receipt.pod,
        limit,
        firstFailedUs: failed[0]!.sentUs,
        outUs: failed[limit - 1]!.doneUs,
        outUntilUs: recoverAfterUs === 0 ? Number.MAX_SAFE_INTEGER : earliestUs + recoverAfterUs,
        seen,
      },
    ];
  });
}

/** The gateway has begun anew, and with it its memory. */
export function hasRestarted({ lives }: Evidence, gateway: string, fromUs: number, toUs: number): boolean {
  return lives.some(
    ({ host, what, atUs }) => host === gateway && what === 'end' && atUs >= fromUs && atUs <= toUs,
  );
}
