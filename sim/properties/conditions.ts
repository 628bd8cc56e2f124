// Conditions that a history may or may not have met, by the words of scenarios: a promise whose premise never held proves
// nothing, so scenarios name what has to have happened in some run.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import { isFromGateway, isWhole } from './answers.ts';
import { groupOf } from './measures.ts';

export interface Condition {
  readonly name: string;
  readonly meaning: string;
  /** How often it was met. */
  count(evidence: Evidence): number;
}

const isOwn = ({ client }: RequestRecord): boolean => groupOf(client) !== '';

interface PodLike {
  readonly metadata: {
    readonly deletionTimestamp?: string;
    readonly namespace?: string;
    readonly name: string;
  };
}

/** When each pod was told to end, by 'namespace/name'. */
function ends({ store }: Evidence): ReadonlyMap<string, number> {
  const told: Map<string, number> = new Map();
  for (const { resource, object, atUs, type } of store) {
    const { metadata } = object as PodLike;
    const key = `${metadata.namespace}/${metadata.name}`;
    if (resource !== 'pods' || told.has(key)) continue;
    if (metadata.deletionTimestamp !== undefined || type === 'DELETED') told.set(key, atUs);
  }
  return told;
}

function inFlightAtEnd(evidence: Evidence): number {
  const told = ends(evidence);
  const requests = new Map(evidence.requests.map((request) => [request.nonce, request]));
  return evidence.receipts.filter(({ nonce, pod, atUs }) => {
    const toldUs = told.get(pod);
    const doneUs = requests.get(nonce)?.doneUs ?? -1;
    return toldUs !== undefined && atUs <= toUsWithin(toldUs, 1_000) && doneUs >= toldUs;
  }).length;
}

/** The kubelet tells the pod a little after the store has been told. */
const toUsWithin = (us: number, slackMs: number): number => us + slackMs * 1_000;

/** Connections to pods that came to nothing while a request waited that then got its answer from another. */
function refusedThenRetried({ requests, dials, receipts }: Evidence): number {
  const used = new Set(receipts.map(({ address, originPort }) => `${address} ${originPort}`));
  const futile = dials.filter(
    ({ address, localPort, goneUs }) => goneUs !== -1 && !used.has(`${address} ${localPort}`),
  );
  if (futile.length === 0) return 0;
  const taken = new Map(receipts.map((receipt) => [receipt.nonce, receipt]));
  return requests.filter((request) => {
    const receipt = taken.get(request.nonce);
    if (!isOwn(request) || receipt === undefined || !isWhole(request) || isFromGateway(request)) return false;
    return futile.some(
      ({ host, address, atUs, goneUs }) =>
        host.startsWith(`${request.gateway}/`) &&
        address !== receipt.address &&
        atUs >= request.sentUs &&
        goneUs <= receipt.atUs,
    );
  }).length;
}

function takenTwice({ receipts }: Evidence): number {
  const seen = new Set<string>();
  return receipts.filter(({ nonce }) => seen.has(nonce) || !seen.add(nonce)).length;
}

const slicesOf = ({ object }: Evidence['store'][number]): string =>
  object.metadata.labels?.['kubernetes.io/service-name'] ?? '';

/** Services that had more than one slice at some time. */
function splitServices({ store }: Evidence): number {
  const slices: Map<string, Set<string>> = new Map();
  const split = new Set<string>();
  for (const change of store) {
    if (change.resource !== 'endpointslices.discovery.k8s.io') continue;
    const { metadata } = change.object;
    const key = `${metadata.namespace}/${slicesOf(change)}`;
    const own = slices.get(key) ?? new Set();
    slices.set(key, own);
    if (change.type === 'DELETED') own.delete(metadata.name);
    else own.add(metadata.name);
    if (own.size > 1) split.add(key);
  }
  return split.size;
}

/** Requests during which the gateway that they met took a config. */
function duringChange({ requests, configs }: Evidence): number {
  return requests.filter(
    (request) =>
      isOwn(request) &&
      configs.some(
        ({ gateway, atUs }) =>
          gateway === request.gateway && atUs >= request.sentUs && atUs <= request.doneUs,
      ),
  ).length;
}

export const conditions: readonly Condition[] = [
  {
    name: 'connect refused then retried',
    meaning: 'a connection to a pod came to nothing, and another pod answered the request',
    count: refusedThenRetried,
  },
  {
    name: 'request in flight at SIGTERM',
    meaning: 'a pod had a request that it had not answered when it was told to end',
    count: inFlightAtEnd,
  },
  {
    name: 'request in flight at a change',
    meaning: 'a proxy took a new configuration while a request was under way',
    count: duringChange,
  },
  {
    name: 'request sent to a second pod',
    meaning: 'a request that may be repeated was taken by more than one pod',
    count: takenTwice,
  },
  {
    name: 'endpoints in several slices',
    meaning: 'a Service had more than one EndpointSlice',
    count: splitServices,
  },
  {
    name: 'a worker crashed',
    meaning: 'a worker of a proxy ended while its proxy went on',
    count: ({ lives }) =>
      lives.filter(({ host, what }) => what === 'end' && host.includes('/worker-')).length,
  },
  {
    name: 'a controller crashed',
    meaning: 'a process that runs a controller ended, or a life of the controller in it',
    count: ({ lives, faults }) =>
      lives.filter(({ host, what }) => what === 'end' && host.startsWith('controller-')).length +
      faults.filter(({ fault, hits }) => fault === 'controller-error' && hits > 0).length,
  },
  {
    name: 'a proxy ended',
    meaning: 'the process of a proxy ended',
    count: ({ lives }) =>
      lives.filter(({ host, what }) => what === 'end' && /^gateway-\d+$/.test(host)).length,
  },
  {
    name: 'leadership changed',
    meaning: 'a Lease got another holder',
    count: ({ store }) =>
      store.filter(
        ({ resource, object, previous }) =>
          resource === 'leases.coordination.k8s.io' &&
          previous !== null &&
          holderOf(previous) !== holderOf(object) &&
          holderOf(previous) !== '',
      ).length,
  },
  {
    name: 'a watch failed',
    meaning: 'a watch of a controller ended with an error, or told that its version is gone',
    count: ({ calls }) =>
      calls.filter(({ isWatch, status, error }) => isWatch && (status === 410 || error !== '')).length,
  },
  {
    name: 'every fault met something',
    meaning: 'each fault of the run found what it was aimed at',
    count: ({ faults }) => (faults.length > 0 && faults.every(({ hits }) => hits > 0) ? 1 : 0),
  },
];

function holderOf(object: object): string {
  return (object as { spec?: { holderIdentity?: string } }).spec?.holderIdentity ?? '';
}
