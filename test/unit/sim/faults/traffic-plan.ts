// A small plan for trying one fault of the data path or of the cluster alone: two applications of two tenants, steady
// requests while it lasts, and some long after everything has healed.
import {
  type Application,
  classObject,
  namespaceObject,
  objectsOf,
} from '../../../../sim/history/generate/application.ts';
import { type OperationName, operationsOf } from '../../../../sim/history/generate/operations.ts';
import {
  defaultKnobs,
  type FaultEntry,
  type Knobs,
  type Plan,
  type PlannedRequest,
  planVersion,
  type RequestEntry,
  type TimelineEntry,
  type WorldShape,
} from '../../../../sim/history/plan.ts';

const shop: Application = {
  namespace: 'tenant-a',
  name: 'shop',
  version: 1,
  replicas: 2,
  maxSurge: 1,
  maxUnavailable: 0,
  drain: 'serves',
  drainMs: 1_000,
  drainUnready: false,
  latencyMsMax: 20,
  timeoutMs: 0,
  probeSeconds: 1,
  gracePeriodSeconds: 5,
  host: 'shop.example',
  path: '/',
  pathType: 'Prefix',
  namesPort: false,
  balancing: 'round-robin',
  keyPair: 'first',
  plugin: 'none',
};
const blog: Application = { ...shop, namespace: 'tenant-b', name: 'blog', host: 'blog.example', keyPair: '' };

const faultAtMs = 6_000;
const healMs = 12_000;
/** Requests from here on have to succeed. */
const judgedMs = healMs + 20_000;

const clients = [
  { name: 'plain', gateway: 0, tls: false, pipelines: false, readBytesPerSecond: 0 },
  { name: 'secure', gateway: 0, tls: true, pipelines: false, readBytesPerSecond: 0 },
  { name: 'pipelining', gateway: 0, tls: false, pipelines: true, readBytesPerSecond: 0 },
] as const;

export interface Trial {
  readonly fault: string;
  readonly target?: string;
  readonly parameters?: FaultEntry['parameters'];
  readonly lastsMs?: number;
  readonly world?: Partial<WorldShape>;
  readonly knobs?: Partial<Knobs>;
  /** The application with a certificate is found by a name of DNS. */
  readonly isOutside?: true;
  /** Nobody's request fails, although the fault can do harm elsewhere. */
  readonly isHarmless?: true;
}

function requestOf(index: number): PlannedRequest {
  const method = index % 3 === 2 ? 'POST' : 'GET';
  const bodyBytes = method === 'POST' ? 500 : 0;
  const host = index % 4 === 3 ? blog.host : shop.host;
  const talks = index % 7 === 6;
  return {
    method: talks ? 'GET' : method,
    host,
    path: talks ? '/ws' : '/',
    headers: {},
    bodyBytes: talks ? 0 : bodyBytes,
    chunked: false,
    sendMs: 0,
    abortMs: 0,
    kind: talks ? 'websocket' : 'plain',
    holdMs: talks ? 1_500 : 0,
  };
}

function requestsFrom(name: string, fromMs: number, count: number, everyMs: number): readonly RequestEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${name}${index + 1}`,
    atMs: fromMs + index * everyMs,
    do: 'request',
    client: clients[index % clients.length]!.name,
    request: requestOf(index),
  }));
}

function planWith(
  trial: Pick<Trial, 'world' | 'knobs' | 'isOutside'>,
  entries: readonly TimelineEntry[],
): Plan {
  const objects = [
    classObject,
    ...[trial.isOutside === true ? { ...shop, isOutside: true } : shop, blog].flatMap((app) => [
      namespaceObject(app.namespace),
      ...objectsOf(app),
    ]),
  ];
  return {
    version: planVersion,
    seed: 11,
    strategy: { name: 'uniform' },
    world: {
      apiServers: 1,
      controllers: 1,
      gateways: 1,
      workers: 2,
      mode: 'split',
      nodes: 2,
      ...trial.world,
    },
    knobs: { ...defaultKnobs, ...trial.knobs },
    objects,
    clients,
    timeline: [...entries, ...requestsFrom('r', 5_000, 60, 110), ...requestsFrom('late', judgedMs, 6, 200)],
    healMs,
    endMs: judgedMs + 10_000,
  };
}

export function planOf(trial: Trial, lastsMsMax: number): Plan {
  const fault: FaultEntry = {
    id: 'f1',
    atMs: faultAtMs,
    do: 'fault',
    fault: trial.fault,
    untilMs: faultAtMs + Math.min(trial.lastsMs ?? 4_000, lastsMsMax),
    target: trial.target ?? 'tenant-a/shop',
    parameters: trial.parameters ?? {},
    when: null,
  };
  return planWith(trial, [fault]);
}

/** The operations of one recipe, on the application with a certificate. */
export function planOfOperation(recipe: OperationName): Plan {
  const timed = operationsOf(recipe, shop, 2, 600);
  return planWith(
    {},
    timed.map(({ afterMs, operation }, index) => ({
      id: `o${index + 1}`,
      atMs: faultAtMs + afterMs,
      do: 'operate',
      operation,
      recipe,
    })),
  );
}

/** Whether a request is one of those that come when all is well again, to the application with a certificate. */
export const isJudged = (nonce: string): boolean => nonce.startsWith('late');
