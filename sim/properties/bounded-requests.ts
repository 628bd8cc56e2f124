// P17, P18: every request comes to an end in time, and is not tried for ever.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import { echoIn, endingOf, hasPodBody, isAborted, isFromGateway, nameOf, readsSlowly } from './answers.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** Pods answer within a fraction of a second, clients take what they get: all else is waiting for nothing. */
const promptUs = 15_000_000;
/** No client waits longer. */
const patienceUs = 61_000_000;

/** One try and five more. */
const triesMax = 6;
/** A kept connection that closes instead of answering is no try: each try may have met one. */
const receiptsMax = 2 * triesMax;

/** How long each client takes to read all that it was sent. */
function readingTimes({ requests }: Evidence): ReadonlyMap<string, number> {
  const times: Map<string, number> = new Map();
  for (const { client, readBytesPerSecond, body } of requests)
    if (readBytesPerSecond > 0) {
      const readUs = Math.ceil((body.length * 1_000_000) / readBytesPerSecond);
      times.set(client, (times.get(client) ?? 0) + readUs);
    }
  return times;
}

/** Pods that take a request and say nothing to it: the gateway has to end that, in the time that the Service allows. */
const silences: ReadonlySet<string> = new Set(['', 'says-nothing', 'late-head']);
const timeoutNames = ['connect-timeout', 'read-timeout'] as const;
const slackMs = 1_000;

/** How long a pod may be silent by the Services of all configs that the request met; null where one has no timeouts. */
function silenceUsMax(outlook: Outlook, request: RequestRecord, untilUs: number): number | null {
  let longestMs = 0;
  for (const term of outlook.termsDuring(outlook.workerOf(request), request.sentUs, untilUs)) {
    const backend = outlook.resolveIn(term, request)?.backend ?? null;
    const service = outlook
      .viewOf(term)
      ?.get('services')
      .find(
        ({ metadata: { namespace, name } }) => namespace === backend?.namespace && name === backend?.service,
      );
    const texts = timeoutNames.map((name) => service?.metadata.annotations?.[`konghq.com/${name}`]);
    if (texts.includes(undefined)) return null;
    // Another pod may have to be found after the silent one.
    longestMs = Math.max(
      longestMs,
      texts.reduce((sum, text) => sum + Number(text), slackMs),
    );
  }
  return longestMs === 0 ? null : longestMs * 1000;
}

/** A pod took it, and for too long neither another one did nor was there an answer. */
function isForgotten(evidence: Evidence, request: RequestRecord, endUs: number): boolean {
  const { sentUs, doneUs, kind, status, nonce } = request;
  const outlook = outlookOf(evidence);
  const receipts = outlook.receipts(nonce);
  // Who reads slowly has the answers before this one to read first.
  if (kind !== 'plain' || isAborted(request) || readsSlowly(request) || receipts.length === 0) return false;
  const untilUs = doneUs === -1 ? endUs : doneUs;
  const marksUs = receipts.map(({ atUs }) => atUs);
  // How long a pod takes for an answer that it has begun is another matter.
  if (status === 0 || isFromGateway(request)) marksUs.push(untilUs);
  const silentUs = Math.max(0, ...marksUs.map((atUs, index) => atUs - (marksUs[index - 1] ?? atUs)));
  if (!receipts.every(({ mischief }) => silences.has(mischief))) return false;
  const faults = evidence.faults.filter(({ fault }) => fault !== 'slow-pod');
  if (isHarmed({ faults }, ['traffic', 'pods'], sentUs, untilUs, recoverPodUs)) return false;
  const limitUs = silenceUsMax(outlook, request, untilUs);
  return limitUs !== null && silentUs > limitUs;
}

export const everyEnd: Property = {
  id: 'P17',
  name: 'every request comes to one end in time',
  promise: 'Whatever happens, a request is answered or refused in bounded time and never hangs.',
  type: 'liveness',
  judge(evidence, { endUs }) {
    const reading = readingTimes(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const { sentUs, doneUs, kind, error } = request;
      if (sentUs + patienceUs > endUs && doneUs === -1) continue;
      premises++;
      const isHung = doneUs === -1;
      // How long pods and links may take under a fault is up to the fault: then only the end of all patience counts.
      const isSlow =
        kind === 'plain' &&
        !isAborted(request) &&
        (error === 'timeout'
          ? !readsSlowly(request)
          : doneUs - sentUs > promptUs + (reading.get(request.client) ?? 0)) &&
        !isHarmed(evidence, ['traffic'], sentUs, doneUs, recoverTrafficUs) &&
        !isHarmed(evidence, ['pods'], sentUs, doneUs, recoverPodUs);
      if (!isHung && !isSlow && !isForgotten(evidence, request, endUs)) continue;
      violations.push({
        atUs: isHung ? endUs : doneUs,
        message: `${nameOf(request)} ${isHung ? 'never came to an end' : `took ${doneUs - sentUs} us and ended with ${endingOf(request)}`}`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};

/** 'namespace/name' of the pod that says in its answer who it is. */
function answeringPod(request: RequestRecord): string | null {
  const { namespace, pod } = echoIn(request) ?? {};
  return typeof pod === 'string' && typeof namespace === 'string' ? `${namespace}/${pod}` : null;
}

export const boundedTries: Property = {
  id: 'P18',
  name: 'tries are counted and end with the answer',
  promise: 'A request is tried at most six times, and never again once its answer has begun.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const receipts = outlook.receipts(request.nonce);
      const last = receipts.at(-1);
      if (last === undefined) continue;
      premises++;
      const answering = hasPodBody(request) && request.complete ? answeringPod(request) : null;
      // What a network held back comes long after the gateway has closed that connection and tried another one.
      const inTime = receipts.filter((receipt) => {
        const goneUs = outlook.dialOf(receipt)?.goneUs ?? -1;
        return goneUs === -1 || goneUs > receipt.atUs;
      });
      const isLast = answering === null || answering === (inTime.at(-1) ?? last).pod;
      const fresh = receipts.filter((receipt) => {
        const dial = outlook.dialOf(receipt);
        return dial !== null && outlook.receiptsOn(dial)[0] === receipt;
      });
      if (fresh.length <= triesMax && receipts.length <= receiptsMax && isLast) continue;
      const taken = receipts.map(({ pod }) => pod).join(', ');
      violations.push({
        atUs: last.atUs,
        message: isLast
          ? `${nameOf(request)} was tried ${receipts.length} times: ${taken}`
          : `${nameOf(request)} was answered by ${answering}, but taken by ${taken}`,
        witnesses: [request.nonce],
      });
    }
    return { premises, violations };
  },
};
