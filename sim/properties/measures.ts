// The figures that scenarios speak of, read from the requests of a scenario's own clients: what probes and faults ask is
// not among them.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import type { CountPromise, MeasureName } from '../evidence/promises.ts';
import { endingOf, isAborted, isFromGateway, isWhole, nameOf } from './answers.ts';

/** Name of a client of a scenario: its group, its gateway, its connection. */
const memberPattern = /^(.+)-\d+-\d+$/;

/** 'buyers' of 'buyers-1-3'; '' for all others. */
export const groupOf = (client: string): string => memberPattern.exec(client)?.[1] ?? '';

export interface Measured {
  /** One figure, or one for each request where that is what it is about. */
  readonly values: readonly number[];
  /** Requests that the figure could have counted; 0 = it says nothing. */
  readonly of: number;
  /** Those that it did count. */
  readonly counted: readonly RequestRecord[];
  /** What one that was counted is, in the words of its answer. */
  describe(request: RequestRecord): string;
}

/** A client would call it a failure: no whole answer, one that a server regrets, or one of the gateway's own refusals. */
export function isFailed(request: RequestRecord): boolean {
  if (isAborted(request)) return false;
  if (request.kind === 'websocket') return request.status !== 101;
  return !isWhole(request) || request.status >= 500 || (isFromGateway(request) && request.status >= 400);
}

/** '502: An invalid response was received from the upstream server' */
export function failureOf(request: RequestRecord): string {
  const message =
    /"message":\s*"([^"]*)"/.exec(request.body)?.[1] ?? request.body.split('\n', 1)[0]!.slice(0, 80).trim();
  const own = isFromGateway(request) && message !== '' ? `: ${message}` : '';
  return `${nameOf(request)} -> ${endingOf(request)}${own}`;
}

function counted(
  requests: readonly RequestRecord[],
  counts: (request: RequestRecord) => boolean,
  describe = failureOf,
): Measured {
  const found = requests.filter(counts);
  return { values: [found.length], of: requests.length, counted: found, describe };
}

function receiptsPerRequest({ receipts }: Evidence, requests: readonly RequestRecord[]): Measured {
  const taken: Map<string, number> = new Map();
  for (const { nonce } of receipts) taken.set(nonce, (taken.get(nonce) ?? 0) + 1);
  // What no pod ever took was refused, and is a failure of another kind.
  const own = requests.filter(({ nonce, status }) => taken.has(nonce) || (status >= 200 && status < 300));
  return {
    values: own.map(({ nonce }) => taken.get(nonce) ?? 0),
    of: own.length,
    counted: own,
    describe: (request) => `${nameOf(request)} was taken by ${taken.get(request.nonce) ?? 0} pods`,
  };
}

function certificates(requests: readonly RequestRecord[]): Measured {
  const shown = new Map(requests.map((request) => [request.certificate, request]));
  shown.delete('');
  return {
    values: [shown.size],
    of: requests.length,
    counted: [...shown.values()],
    describe: (request) => `${nameOf(request)} was shown certificate ${request.certificate}`,
  };
}

/** A WebSocket that was open and did not come to the end that its client had in mind. */
const isClosedTunnel = ({ kind, status, complete, doneUs }: RequestRecord): boolean =>
  kind === 'websocket' && status === 101 && doneUs !== -1 && !complete;

type Measure = (evidence: Evidence, requests: readonly RequestRecord[], status: number) => Measured;

const measures: Readonly<Record<MeasureName, Measure>> = {
  failed_requests: (_evidence, requests) => counted(requests, isFailed),
  requests: (_evidence, requests) => counted(requests, () => true),
  answers: (_evidence, requests, status) => counted(requests, (request) => request.status === status),
  receipts_per_request: (evidence, requests) => receiptsPerRequest(evidence, requests),
  certificates: (_evidence, requests) => certificates(requests),
  closed_websockets: (_evidence, requests) => counted(requests, isClosedTunnel),
};

/** What each means, for people. */
export const measureMeanings: Readonly<Record<MeasureName, string>> = {
  failed_requests:
    'requests without a whole answer, with a status of 500 or more, or that the proxy itself refused',
  requests: 'requests that came to an end',
  answers: 'answers with the status in brackets: `answers(503)`, `answers(404, visitors)`',
  receipts_per_request: 'pods that took a request; the comparison must hold for each request that one took',
  certificates: 'different certificates that clients were shown',
  closed_websockets: 'WebSockets that ended before their client wanted to',
};

export function measure(evidence: Evidence, promise: CountPromise): Measured {
  const requests = evidence.requests.filter(
    ({ client, doneUs }) => doneUs !== -1 && promise.groups.includes(groupOf(client)),
  );
  return measures[promise.measure](evidence, requests, promise.status);
}
