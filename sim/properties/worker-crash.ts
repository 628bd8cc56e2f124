// P54: a worker that crashes costs its own requests, and what replaces it is up to date.
import type { Evidence, LifeRecord, RequestRecord } from '../evidence/evidence.ts';
import { endingOf, isAborted, isWhole, nameOf } from './answers.ts';
import { recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';

/** Failures of requests show this soon after what caused them. */
const soonUs = 1_000_000;

/** Something else than the end of this worker may have done it. */
function hasOtherCause({ faults }: Evidence, { host, atUs }: LifeRecord): boolean {
  return faults.some(
    ({ harms, hits, target, fromUs, toUs }) =>
      hits > 0 &&
      target !== host &&
      (harms.includes('traffic') || harms.includes('pods')) &&
      fromUs <= atUs + soonUs &&
      toUs + Math.max(recoverPodUs, recoverTrafficUs) >= atUs,
  );
}

/** Requests under way in other workers when the worker ended; where the worker is not known it may have been this one. */
function othersUnderWay(
  evidence: Evidence,
  outlook: Outlook,
  { host, atUs }: LifeRecord,
): readonly RequestRecord[] {
  return evidence.requests.filter((request) => {
    const isUnderWay = request.sentUs <= atUs && request.doneUs >= atUs && request.connectedUs >= 0;
    const worker = isUnderWay ? outlook.workerOf(request) : '';
    return worker.includes('/') && worker !== host;
  });
}

/** The config of a worker that begins to listen is the gateway's, or was when it started. */
function staleStarts(
  evidence: Evidence,
  outlook: Outlook,
): { readonly premises: number; readonly violations: readonly Violation[] } {
  let premises = 0;
  const violations: Violation[] = [];
  for (const { gateway, worker, atUs } of evidence.listens) {
    const host = `${gateway}/worker-${worker}`;
    const start = evidence.lives.findLast(
      (life) => life.host === host && life.what === 'start' && life.atUs <= atUs,
    );
    if (start === undefined || start.life === 1) continue;
    premises++;
    const term = outlook.termsDuring(host, atUs, atUs).at(-1);
    // A gateway that has started anew has nothing until it is told.
    const bornUs =
      evidence.lives.findLast((life) => life.host === gateway && life.what === 'start' && life.atUs <= atUs)
        ?.atUs ?? 0;
    const own = evidence.configs.filter(
      (config) => config.gateway === gateway && config.atUs <= atUs && config.atUs >= bornUs,
    );
    // One that is held up while it starts was told its first config before.
    const launchedUs = evidence.lives.find((life) => life.host === host && life.life === start.life)!.atUs;
    const oldest = own.findLastIndex((config) => config.atUs <= launchedUs);
    if (
      term !== undefined &&
      (oldest < 0 || own.slice(oldest).some(({ config }) => config.id === term.configId))
    )
      continue;
    violations.push({
      atUs,
      message: `${host} began to listen with ${term === undefined ? 'no config' : `config ${term.configId}`}, ${gateway} had ${own[oldest]?.config.id} when it started`,
      witnesses: [host],
    });
  }
  return { premises, violations };
}

export const workerCrash: Property = {
  id: 'P54',
  name: 'a crash of a worker stays its own',
  promise:
    'When a worker crashes only its own requests are lost, and its successor serves nothing before it has the current configuration.',
  type: 'safety',
  judge(evidence) {
    const outlook = outlookOf(evidence);
    const starts = staleStarts(evidence, outlook);
    let premises = starts.premises;
    const violations = [...starts.violations];
    for (const end of evidence.lives) {
      if (end.what !== 'end' || !end.host.includes('/') || hasOtherCause(evidence, end)) continue;
      for (const request of othersUnderWay(evidence, outlook, end)) {
        premises++;
        // Only what broke off with the crash: a pod may refuse for reasons of its own.
        const isBroken = !isWhole(request) && request.status !== 101 && !isAborted(request);
        if (!isBroken || request.doneUs > end.atUs + soonUs) continue;
        violations.push({
          atUs: request.doneUs,
          message: `${nameOf(request)} of ${outlook.workerOf(request)} ended with ${endingOf(request)} when ${end.host} crashed`,
          witnesses: [request.nonce, end.host],
        });
      }
    }
    return { premises, violations };
  },
};
