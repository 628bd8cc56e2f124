// P09, P11: while a pod is ready its requests do not fail for lack of one.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import {
  endingOf,
  isAborted,
  isExhausted,
  isFromGateway,
  isRepeatable,
  nameOf,
  readsSlowly,
} from './answers.ts';
import { isLate } from './excuses.ts';
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

/** Pods may close idle connections whenever they like; a request that meets one is sent again while its body is kept. */
const closesIdle = 'pod-closes-idle-connections';
const keptBytesMax = 60_000;

/** All that may excuse a request that can be repeated. */
function excusesOf(evidence: Evidence, { bodyBytes }: RequestRecord): Evidence {
  if (bodyBytes > keptBytesMax) return evidence;
  return { ...evidence, faults: evidence.faults.filter(({ fault }) => fault !== closesIdle) };
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
      if (request.doneUs === -1 || isAborted(request) || !isRepeatable(request)) continue;
      if (readsSlowly(request)) continue;
      const backend = freshBackend(outlook, request, request.sentUs - freshUs);
      if (backend === null) continue;
      if (!isUndisturbed(excusesOf(evidence, request), request, partyOf(outlook, request, backend))) continue;
      const phases = phasesDuring(outlook.phases(backend), request.sentUs - freshUs, request.doneUs + newsUs);
      const lasting = lastingEndpoints(phases);
      const all = new Set(phases.flatMap(({ endpoints }) => endpoints.map(({ uid }) => uid)));
      if (lasting.length === 0 || all.size - lasting.length > retries) continue;
      if (!reachesPods(outlook, phases)) continue;
      premises++;
      if (!failures.has(request.status) || (request.status !== 0 && !isFromGateway(request))) continue;
      if (isIdleRace(evidence, request, keepaliveUs) || fellWithAnother(evidence, request)) continue;
      violations.push({
        atUs: request.doneUs,
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
