// P06, P07, P57: what has begun goes on, while configs change and while they do not.
import type { Evidence, ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';
import { endingOf, isAborted, isWhole, nameOf, readsSlowly } from './answers.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Judgement, Property, Violation } from './property.ts';

/** Words of a pod on its way take this long to reach the client, links being sound. */
const wayUs = 200_000;

/** The worker that has the request took another config while the request was under way. */
function hasSwapped(outlook: Outlook, request: RequestRecord, receipt: ReceiptRecord): boolean {
  const host = outlook.workerOf(request);
  return outlook.terms.some(
    (term) =>
      (term.host === host || term.host.startsWith(`${host}/`)) &&
      term.fromUs >= receipt.atUs &&
      term.fromUs <= request.doneUs,
  );
}

/** Nobody has asked the pod to end, and its containers have not ended, before so late. */
function hasLived({ store }: Outlook, uid: string, untilUs: number): boolean {
  return !store.changes('pods').some(({ object, type, atUs }) => {
    if (object.metadata.uid !== uid || atUs > untilUs) return false;
    const { containerStatuses = [] } =
      (
        object as {
          readonly status?: { readonly containerStatuses?: readonly { readonly restartCount?: number }[] };
        }
      ).status ?? {};
    const hasRestarted = containerStatuses.some(({ restartCount = 0 }) => restartCount > 0);
    return type === 'DELETED' || object.metadata.deletionTimestamp !== undefined || hasRestarted;
  });
}

/**
 * A slow reader gives up while there is more to read, or has sent something behind the request: where the gateway has closed
 * by then, that costs it what waits with its own kernel.
 */
function isLost({ requests }: Evidence, { error, origin, nonce, sentUs, doneUs }: RequestRecord): boolean {
  const isBehind = (other: RequestRecord): boolean =>
    other.origin === origin &&
    other.nonce !== nonce &&
    other.sentUs <= doneUs &&
    (other.doneUs === -1 || other.doneUs >= sentUs);
  return error === 'timeout' || requests.some(isBehind);
}

/** The pod that has the request last, where nothing but the gateway could have come in between. */
export function soundReceipt(
  evidence: Evidence,
  outlook: Outlook,
  request: RequestRecord,
): ReceiptRecord | null {
  const { sentUs, doneUs, nonce } = request;
  const receipt = outlook.receipts(nonce).at(-1);
  if (receipt === undefined) return null;
  if (doneUs === -1 || isAborted(request) || (readsSlowly(request) && isLost(evidence, request))) return null;
  // Whoever has given up hears nothing of a pod that was asked only then, such as for a request behind another.
  if (request.error === 'timeout' && receipt.atUs > doneUs - wayUs) return null;
  const { gateway, client } = request;
  const party = { gateway, worker: outlook.workerOf(request), client, pods: [receipt.pod] };
  if (isHarmed(evidence, ['pods'], sentUs, doneUs, recoverPodUs, party)) return null;
  if (isHarmed(evidence, ['traffic'], sentUs, doneUs, recoverTrafficUs, party)) return null;
  return hasLived(outlook, receipt.uid, doneUs + wayUs) ? receipt : null;
}

/** Whether each request that a pod has taken, and that `concerns`, was answered as the pod did. */
function judgeAnswers(
  evidence: Evidence,
  concerns: (outlook: Outlook, request: RequestRecord, receipt: ReceiptRecord) => boolean,
): Judgement {
  const outlook = outlookOf(evidence);
  let premises = 0;
  const violations: Violation[] = [];
  for (const request of evidence.requests) {
    if (request.kind !== 'plain') continue;
    const receipt = soundReceipt(evidence, outlook, request);
    if (receipt === null || !concerns(outlook, request, receipt)) continue;
    premises++;
    if (isWhole(request) && request.status === receipt.status) continue;
    violations.push({
      atUs: request.doneUs,
      message: `${nameOf(request)} ended with ${endingOf(request)}, though pod ${receipt.pod} had taken it and lives`,
      witnesses: [request.nonce, `pods ${receipt.pod}`],
    });
  }
  return { premises, violations };
}

export const openExchanges: Property = {
  id: 'P06',
  name: 'a change of config cuts no request',
  promise:
    'A request that a pod has taken gets its answer, however often the configuration changes meanwhile.',
  type: 'safety',
  judge: (evidence) => judgeAnswers(evidence, hasSwapped),
};

export const deliveredAnswers: Property = {
  id: 'P57',
  name: 'what a pod answers arrives',
  promise:
    'While pod, links and processes are sound, a client gets the whole answer, however slowly it reads.',
  type: 'safety',
  judge: (evidence) => judgeAnswers(evidence, () => true),
};

export const openTunnels: Property = {
  id: 'P07',
  name: 'a change of config closes no WebSocket',
  promise: 'A WebSocket stays open while the configuration changes, for as long as its pod lives.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      if (request.kind !== 'websocket' || request.status !== 101) continue;
      const receipt = soundReceipt(evidence, outlook, request);
      if (receipt === null || !hasSwapped(outlook, request, receipt)) continue;
      premises++;
      const { nonce, messages, error } = request;
      const isInOrder = messages.every((message, index) => message === `${nonce}.${index}`);
      if (error === '' && isInOrder) continue;
      violations.push({
        atUs: request.doneUs,
        message: isInOrder
          ? `the WebSocket ${nameOf(request)} ended with '${error}', though pod ${receipt.pod} lives`
          : `the WebSocket ${nameOf(request)} brought back ${messages.join(', ')}`,
        witnesses: [nonce, `pods ${receipt.pod}`],
      });
    }
    return { premises, violations };
  },
};
