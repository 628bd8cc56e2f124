// P08: a rolling update of pods that drain in time costs no request.
import {
  endingOf,
  isAborted,
  isFromGateway,
  isRepeatable,
  isUnwelcome,
  isWhole,
  nameOf,
  readsSlowly,
} from './answers.ts';
import { type Outlook, outlookOf } from './outlook.ts';
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
  readyIn,
} from './serving.ts';

interface PlainPod {
  readonly spec?: {
    readonly terminationGracePeriodSeconds?: number;
    readonly containers?: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** What the cluster itself takes from the pod's end to the slice's change. */
const noticeUs = 200_000;

const misbehaves = ['POD_STATUS', 'POD_ERROR_RATE', 'POD_CRASH_AFTER_MS', 'POD_EXIT_AFTER_MS'] as const;

const environmentOf = ({ spec }: PlainPod): ReadonlyMap<string, string | undefined> =>
  new Map(spec?.containers?.flatMap(({ env = [] }) => env.map(({ name, value }) => [name, value])));

/** How long the pod goes on after it was told to end. */
function drainUsOf(pod: PlainPod): number {
  const drainMs = Number(environmentOf(pod).get('POD_DRAIN_MS') ?? 2_000);
  return Math.min(drainMs, (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000) * 1000;
}

/** How the pod ends: 'late' serves for longer than the news of it takes, 'early' takes no more and finishes what it has. */
function endingOfPod(pod: PlainPod, freshUs: number): 'late' | 'early' | 'rude' {
  const env = environmentOf(pod);
  if (misbehaves.some((name) => env.has(name))) return 'rude';
  const drain = env.get('POD_DRAIN') ?? 'serves';
  if (drain === 'serves') return drainUsOf(pod) >= freshUs + noticeUs ? 'late' : 'early';
  return drain === 'closes-listener' || drain === 'closes-idle' ? 'early' : 'rude';
}

function podsByUid(outlook: Outlook): ReadonlyMap<string, PlainPod> {
  return new Map(
    outlook.store.changes('pods').map(({ object }) => [object.metadata.uid ?? '', object as PlainPod]),
  );
}

/** Tries beside the first. */
const retries = 5;

/** A change counts as under way for a request that comes this long after it. */
const afterUs = 3_000_000;

export const rollingUpdate: Property = {
  id: 'P08',
  name: 'changing pods costs no request',
  promise:
    'While pods that end in an orderly way are replaced or scaled, and one is always ready, no request fails.',
  type: 'safety',
  judge(evidence, { freshUs, keepaliveUs }) {
    const outlook = outlookOf(evidence);
    const pods = podsByUid(outlook);
    let premises = 0;
    const violations: Violation[] = [];
    for (const request of evidence.requests) {
      const { sentUs, doneUs, kind } = request;
      if (doneUs === -1 || isAborted(request) || kind !== 'plain' || readsSlowly(request)) continue;
      if (isUnwelcome(request)) continue;
      const backend = freshBackend(outlook, request, sentUs - freshUs);
      if (backend === null || !isUndisturbed(evidence, request, partyOf(outlook, request, backend))) continue;
      // A pod ends shortly before the cluster says so.
      const untilUs = doneUs + noticeUs;
      const phases = phasesDuring(outlook.phases(backend), sentUs - freshUs, untilUs);
      if (phases.some((phase) => readyIn(phase).length === 0)) continue;
      const recent = phasesDuring(outlook.phases(backend), sentUs - afterUs, untilUs);
      if (recent.length < 2 || !reachesPods(outlook, recent)) continue;
      const uids = new Set(recent.flatMap(({ endpoints }) => endpoints.map(({ uid }) => uid)));
      const concerned = [...uids].map((uid) => pods.get(uid) ?? {});
      const endings = concerned.map((pod) => endingOfPod(pod, freshUs));
      // No pod waits longer than that for the rest of a request.
      if (concerned.some((pod) => doneUs - sentUs > drainUsOf(pod))) continue;
      if (endings.includes('rude')) continue;
      // Where a pod takes no more before anybody can know, another one has to be there, and the request to bear a second try.
      const others = uids.size - lastingEndpoints(recent).length;
      const hasOther = others < uids.size && others <= retries && isRepeatable(request);
      if (endings.includes('early') && !hasOther) continue;
      premises++;
      if (isWhole(request) && !isFromGateway(request)) continue;
      if (isIdleRace(evidence, request, keepaliveUs) || fellWithAnother(evidence, request)) continue;
      violations.push({
        atUs: doneUs,
        message: `${nameOf(request)} ended with ${endingOf(request)} while the pods of ${backend.namespace}/${backend.service} changed`,
        witnesses: [request.nonce, `services ${backend.namespace}/${backend.service}`],
      });
    }
    return { premises, violations };
  },
};
