// P53: a gateway that is told to end finishes what it has and is gone in time.
import type { Evidence, FaultRecord, RequestRecord } from '../evidence/evidence.ts';
import { endingOf, isAborted, isWhole, nameOf } from './answers.ts';
import { recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** What the process itself takes for ending once its workers are done, and then some. */
const exitUs = 2_000_000;

interface Drain {
  readonly gateway: string;
  readonly atUs: number;
  /** The drain's own deadline. */
  readonly untilUs: number;
  /** Nobody kills it before. */
  readonly killUs: number;
}

const drains = ({ faults }: Evidence): readonly Drain[] =>
  faults
    .filter(({ fault, hits }) => fault === 'terminate-gateway' && hits > 0)
    .map(({ target, fromUs, toUs, parameters }) => ({
      gateway: target,
      atUs: fromUs,
      untilUs: fromUs + Number(parameters['drainMs']) * 1000,
      killUs: toUs,
    }));

/** Something else than the drain may have done it: not the drain of another gateway, nor one that is over. */
function hasOtherCause(faults: readonly FaultRecord[], { gateway, atUs }: Drain, untilUs: number): boolean {
  return faults.some(({ fault, target, harms, hits, fromUs, toUs }) => {
    if (hits === 0 || fromUs > untilUs) return false;
    if (fault === 'terminate-gateway') return target === gateway && fromUs !== atUs && toUs >= atUs;
    // With the controller in the same process, its main thread hears of the end when it runs again.
    if (fault === 'pause-controller') return target === gateway && toUs >= atUs;
    const isHarmful = harms.includes('traffic') || harms.includes('pods');
    return isHarmful && toUs + Math.max(recoverPodUs, recoverTrafficUs) >= atUs;
  });
}

/** Requests that a pod had taken when the drain began, and whose answers came within its time. */
function underWay(
  evidence: Evidence,
  outlook: Outlook,
  { gateway, atUs, untilUs, killUs }: Drain,
): readonly RequestRecord[] {
  return evidence.requests.filter((request) => {
    if (request.gateway !== gateway || request.kind !== 'plain' || isAborted(request)) return false;
    const receipt = outlook.receipts(request.nonce).at(-1);
    return (
      receipt !== undefined &&
      receipt.atUs <= atUs &&
      request.doneUs >= atUs &&
      request.doneUs < Math.min(untilUs, killUs) &&
      // Who takes a long answer slowly may need longer than there is.
      request.readBytesPerSecond === 0
    );
  });
}

/** Answers of this size are there at once when they are there. */
const promptBytesMax = 10_000;
const promptUs = 50_000;

/** Its head may have been on its way before the worker heard of the end. */
function hadBegun({ body, doneUs }: RequestRecord, atUs: number): boolean {
  return body.length > promptBytesMax || doneUs < atUs + promptUs;
}

export const drainingGateway: Property = {
  id: 'P53',
  name: 'a gateway that ends finishes its requests',
  promise:
    'A gateway that is told to end answers what it has begun, tells clients to close, and is gone when its time is up.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const drain of drains(evidence)) {
      const { gateway, atUs, untilUs, killUs } = drain;
      if (hasOtherCause(evidence.faults, drain, untilUs + exitUs)) continue;
      for (const request of underWay(evidence, outlook, drain)) {
        premises++;
        const isFinal = request.headers['connection'] === 'close' || hadBegun(request, atUs);
        if (isWhole(request) && isFinal) continue;
        violations.push({
          atUs: request.doneUs,
          message: isWhole(request)
            ? `${gateway} drained since ${atUs} us and did not say in its answer to ${nameOf(request)} that the connection closes`
            : `${nameOf(request)} ended with ${endingOf(request)} while ${gateway} drained`,
          witnesses: [request.nonce, gateway],
        });
      }
      if (killUs < untilUs + exitUs) continue;
      premises++;
      const end = evidence.lives.find(
        ({ host, what, atUs: us }) => host === gateway && what === 'end' && us >= atUs,
      );
      if (end !== undefined && end.atUs <= untilUs + exitUs) continue;
      violations.push({
        atUs: untilUs + exitUs,
        message: `${gateway} was to end within ${untilUs - atUs} us and was there ${exitUs} us later`,
        witnesses: [gateway],
      });
    }
    return { premises, violations };
  },
};
