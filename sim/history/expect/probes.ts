// Asks the gateways the same thing again and again, each over a client of its own, and judges their answers.
import type { Client } from '../../clients/client.ts';
import type { RequestRecord } from '../../evidence/evidence.ts';
import { echoIn, endingOf } from '../../properties/answers.ts';
import type { Expectation, ExpectEntry } from '../plan.ts';
import type { Look, Surveyed } from './looks.ts';

type Asking = Extract<Expectation, { readonly kind: 'request' | 'only' }>;

const askEveryMs = 50;
/** Unanswered questions to one gateway; more are not asked. */
const openMax = 10;
/** A question of the last moment is waited for so long. */
const lastAnswerMs = 300;
/** So many answers in a row from the one version, over so long, count as nothing but that version. */
const answersMin = 4;
const steadyUs = 200_000;

/** One gateway, and what it has answered so far. */
interface Asked {
  readonly name: string;
  readonly client: Client;
  open: number;
  last: RequestRecord | null;
  /** When the last answer came that is not as wanted, and how many came since. */
  unlikeUs: number;
  alike: number;
  everAlike: boolean;
  everUnlike: boolean;
}

/** Pod and namespace of the answer; null where no pod gave it. */
function podOf(request: RequestRecord): { readonly namespace: string; readonly pod: string } | null {
  const echo = echoIn(request);
  if (typeof echo?.pod !== 'string' || typeof echo.namespace !== 'string') return null;
  return { namespace: echo.namespace, pod: echo.pod };
}

/** The label `version` of a pod, that may be gone by now. */
function versionOf({ evidence }: Surveyed, namespace: string, pod: string): string {
  const change = evidence.store.findLast(
    ({ resource, object: { metadata } }) =>
      resource === 'pods' && metadata.name === pod && metadata.namespace === namespace,
  );
  return change?.object.metadata.labels?.['version'] ?? '';
}

function isWanted(world: Surveyed, asking: Asking, request: RequestRecord): boolean {
  const pod = podOf(request);
  if (asking.kind === 'only')
    return pod !== null && versionOf(world, pod.namespace, pod.pod) === asking.version;
  if (request.status === 0) return false;
  if (asking.statuses.length > 0 && !asking.statuses.includes(request.status)) return false;
  return asking.from === '' || `${pod?.namespace}/${pod?.pod}`.startsWith(`${asking.from}-`);
}

function describe({ name, last }: Asked): string {
  if (last === null) return `${name} has not answered`;
  const pod = podOf(last);
  return `${name} answered ${endingOf(last)}${pod === null ? '' : ` from ${pod.namespace}/${pod.pod}`}`;
}

export interface Probes {
  look(): Look;
  stop(): void;
  readonly afterMs: number;
}

export function startProbes(world: Surveyed, id: string, asking: Asking, how: ExpectEntry['how']): Probes {
  const { scheduler } = world;
  const lane = scheduler.lane(`plan ${id} asks`);
  const asked = asking.gateways.map((gateway): Asked => {
    const name = `gateway-${gateway + 1}`;
    const { tls } = asking;
    const plan = { name: `${id}-${name}`, gateway, tls, pipelines: false, readBytesPerSecond: 0 };
    return {
      name,
      client: world.addClient(plan),
      open: 0,
      last: null,
      unlikeUs: scheduler.nowUs,
      alike: 0,
      everAlike: false,
      everUnlike: false,
    };
  });
  let stopped = false;
  let count = 0;
  const hear = (one: Asked, request: RequestRecord): void => {
    one.open--;
    one.last = request;
    if (isWanted(world, asking, request)) {
      one.alike++;
      one.everAlike = true;
    } else {
      one.alike = 0;
      one.everUnlike = true;
      one.unlikeUs = scheduler.nowUs;
    }
  };
  const ask = (): void => {
    if (stopped) return;
    for (const one of asked) {
      if (one.open >= openMax) continue;
      one.open++;
      one.client.send(`${id}.${count++}`, asking.request, (request) => hear(one, request));
    }
    scheduler.after(askEveryMs * 1000, ask, lane);
  };
  ask();
  const answerOf = (one: Asked): Look['answer'] => {
    if (one.last === null) return 'open';
    if (how === 'never') return one.everAlike ? 'yes' : 'no';
    if (how === 'always') return one.everUnlike ? 'no' : 'yes';
    if (asking.kind === 'request') return one.alike > 0 ? 'yes' : 'no';
    return one.alike >= answersMin && scheduler.nowUs - one.unlikeUs >= steadyUs ? 'yes' : 'no';
  };
  return {
    afterMs: lastAnswerMs,
    look() {
      const answers = asked.map(answerOf);
      const seen = asked.map(describe).join(', ');
      // One gateway is enough to break what never may be; else all of them have to say the same.
      if (how === 'never' && answers.includes('yes')) return { answer: 'yes', seen };
      if (answers.includes('open')) return { answer: 'open', seen };
      return { answer: answers.every((answer) => answer === 'yes') ? 'yes' : 'no', seen };
    },
    stop() {
      stopped = true;
      for (const { client } of asked) client.close();
    },
  };
}
