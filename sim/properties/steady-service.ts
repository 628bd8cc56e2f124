// P09, P11: while a pod is ready its requests do not fail for lack of one.
import type { Evidence, FaultRecord, RequestRecord } from '../evidence/evidence.ts';
import {
  endingOf,
  isAborted,
  isExhausted,
  isFromGateway,
  isRepeatable,
  isUnwelcome,
  nameOf,
  readsSlowly,
} from './answers.ts';
import { isConcerned, isLate, type Party } from './excuses.ts';
import { outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import {
  fellWithAnother,
  freshBackend,
  isIdleRace,
  isUndisturbed,
  lastingEndpoints,
  partyOf,
  phasesDuring,
  reachesPods,
  steadyBackend,
} from './serving.ts';

/** Tries beside the first. */
const retries = 5;
const failures: ReadonlySet<number> = new Set([0, 502, 503, 504]);
/** A pod ends this long before the news of it at most. */
const newsUs = 200_000;

/** It may close a kept connection instead of answering, which costs a second try and no more. */
const costsOneTry = ({ parameters }: FaultRecord): boolean =>
  parameters['kind'] === 'closes-on-reuse' || parameters['kind'] === 'closes-idle';

/** One pod takes no connection. */
const refusesOne = ({ parameters }: FaultRecord): boolean =>
  parameters['kind'] === 'refuses' && parameters['pods'] !== 'all';

/** How many of the lasting pods can be relied on; 0 where something excuses everything. */
function reliablePods(evidence: Evidence, request: RequestRecord, party: Party, lasting: number): number {
  const refusing = evidence.faults.filter((fault) => refusesOne(fault) && isConcerned(fault, party));
  const faults = evidence.faults.filter((fault) => !costsOneTry(fault) && !refusing.includes(fault));
  return isUndisturbed({ faults }, request, party) ? Math.max(0, lasting - refusing.length) : 0;
}

export const steadyService: Property = {
  id: 'P09',
  name: 'one ready pod is enough',
  promise:
    'As long as one pod of a service is ready all the time, requests that may be repeated do not fail.',
  type: 'safety',
  judge(evidence, { freshUs, keepaliveUs }) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const { sentUs, doneUs, status } = request;
      if (doneUs === -1 || isAborted(request) || !isRepeatable(request) || readsSlowly(request)) continue;
      if (isUnwelcome(request)) continue;
      const backend = freshBackend(outlook, request, sentUs - freshUs);
      if (backend === null) continue;
      const phases = phasesDuring(outlook.phases(backend), sentUs - freshUs, doneUs + newsUs);
      const lasting = lastingEndpoints(phases);
      const all = new Set(phases.flatMap(({ endpoints }) => endpoints.map(({ uid }) => uid)));
      const reliable = reliablePods(evidence, request, partyOf(outlook, request, backend), lasting.length);
      if (reliable === 0 || all.size - reliable > retries || !reachesPods(outlook, phases)) continue;
      premises++;
      if (!failures.has(status) || (status !== 0 && !isFromGateway(request))) continue;
      if (isIdleRace(evidence, request, keepaliveUs) || fellWithAnother(evidence, request)) continue;
      violations.push({
        atUs: doneUs,
        message: `${nameOf(request)} ended with ${endingOf(request)}, though ${lasting.map(({ pod }) => pod).join(' and ')} was ready all the time`,
        witnesses: [request.nonce, request.gateway],
      });
    }
    return { premises, violations };
  },
};

/** Longest time since the first pod for which a request says something about the beginning. */
const beginningUs = 10_000_000;

export const firstPod: Property = {
  id: 'P11',
  name: 'a service that has got its first pod is served',
  promise:
    'When the first pod of a service becomes ready, requests reach it soon, without any further event.',
  type: 'liveness',
  judge(evidence, { freshUs }) {
    const outlook = outlookOf(evidence);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      if (request.doneUs === -1 || isAborted(request) || isLate(evidence, request.doneUs)) continue;
      const backend = steadyBackend(outlook, request, freshUs);
      if (backend === null) continue;
      const all = outlook.phases(backend);
      const phases = phasesDuring(all, request.sentUs - freshUs, request.doneUs);
      if (phases.some(({ endpoints }) => endpoints.length === 0)) continue;
      const empty = all.findLastIndex(
        ({ fromUs, endpoints }) => endpoints.length === 0 && fromUs <= request.sentUs,
      );
      const firstUs = all[empty + 1]?.fromUs ?? 0;
      if (firstUs < request.sentUs - beginningUs) continue;
      premises++;
      const isRefused = isFromGateway(request) && (request.status === 404 || request.status === 503);
      if (!isRefused || isExhausted(request)) continue;
      violations.push({
        atUs: request.doneUs,
        message: `${nameOf(request)} ended with ${endingOf(request)} ${request.sentUs - firstUs} us after ${backend.namespace}/${backend.service} had got its first pod`,
        witnesses: [request.nonce, `services ${backend.namespace}/${backend.service}`],
      });
    }
    return { premises, violations };
  },
};
