// A small plan for trying one fault alone: two applications, of which one has a certificate and a key, an operator who
// changes both while the fault lasts, and somebody who asks.
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { StoredObject } from '../../../../sim/cluster/store-api.ts';
import { type Application, classObject, objectsOf } from '../../../../sim/history/generate/application.ts';
import { operationsOf } from '../../../../sim/history/generate/operations.ts';
import {
  defaultKnobs,
  type FaultEntry,
  type Knobs,
  type Plan,
  planVersion,
  type TimelineEntry,
  type WorldShape,
} from '../../../../sim/history/plan.ts';

const shop: Application = {
  namespace: 'default',
  name: 'shop',
  version: 1,
  replicas: 2,
  maxSurge: 1,
  maxUnavailable: 0,
  drain: 'serves',
  drainMs: 1_000,
  drainUnready: false,
  latencyMsMax: 5,
  timeoutMs: 0,
  probeSeconds: 2,
  gracePeriodSeconds: 5,
  host: 'shop.example',
  path: '/',
  pathType: 'Prefix',
  namesPort: false,
  balancing: 'round-robin',
  keyPair: 'first',
  plugin: 'key-auth',
};
const blog: Application = { ...shop, name: 'blog', host: 'blog.example', keyPair: '', plugin: 'cors' };

const followedKinds = [
  'KongPlugin',
  'KongClusterPlugin',
  'KongConsumer',
  'KongConsumerGroup',
  'KongCustomEntity',
  'KongUpstreamPolicy',
  'KongVault',
];

export function readCrds(): readonly StoredObject[] {
  const folder = new URL('../../../../deploy/crds/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')))
    .map((document) => document.toJS() as StoredObject)
    .filter(({ spec }) => followedKinds.includes((spec!['names'] as { kind: string }).kind));
}

/** When faults without a trigger begin, and how long those last that last. */
const faultMs = { at: 4_000, lasts: 5_000 };
const healMs = 12_000;

function operations(): readonly TimelineEntry[] {
  const timed = [
    ...operationsOf('move-path', shop, 1, 0),
    ...operationsOf('recreate-service', blog, 0, 700),
    ...operationsOf('scale', shop, 3, 0),
    ...operationsOf('rotate-certificate', shop, 0, 0),
  ];
  return timed.map(({ afterMs, operation }, index) => ({
    id: `o${index + 1}`,
    atMs: faultMs.at + 600 + index * 300 + afterMs,
    do: 'operate',
    operation,
  }));
}

function requests(): readonly TimelineEntry[] {
  return Array.from({ length: 20 }, (_, index) => ({
    id: `r${index + 1}`,
    atMs: 3_000 + index * 700,
    do: 'request',
    client: 'client-1',
    request: {
      method: 'GET',
      host: blog.host,
      path: '/',
      headers: {},
      bodyBytes: 0,
      chunked: false,
      sendMs: 0,
      abortMs: 0,
      kind: 'plain',
      holdMs: 0,
    },
  }));
}

export interface Trial {
  readonly fault: string;
  /** How some call of a controller to the Kubernetes API ends because of it: its status, or its error. */
  readonly seen?: number | string;
  readonly target?: string;
  readonly parameters?: FaultEntry['parameters'];
  readonly when?: FaultEntry['when'];
  readonly atMs?: number;
  readonly world?: Partial<WorldShape>;
  readonly knobs?: Partial<Knobs>;
}

export function planOf(trial: Trial, lastsMsMax: number): Plan {
  const atMs = trial.atMs ?? faultMs.at;
  const fault: FaultEntry = {
    id: 'f1',
    atMs,
    do: 'fault',
    fault: trial.fault,
    untilMs: atMs + Math.min(faultMs.lasts, lastsMsMax),
    target: trial.target ?? '',
    parameters: trial.parameters ?? {},
    when: trial.when ?? null,
  };
  return {
    version: planVersion,
    seed: 7,
    strategy: { name: 'uniform' },
    world: {
      apiServers: 2,
      controllers: 2,
      gateways: 1,
      workers: 1,
      mode: 'split',
      nodes: 1,
      ...trial.world,
    },
    knobs: {
      ...defaultKnobs,
      leaseMs: 3_000,
      renewDeadlineMs: 2_000,
      leaseRetryMs: 500,
      watchLagMsMax: 50,
      ...trial.knobs,
    },
    objects: [classObject, ...objectsOf(shop), ...objectsOf(blog)],
    clients: [{ name: 'client-1', gateway: 0, tls: false, pipelines: false, readBytesPerSecond: 0 }],
    timeline: [...operations(), ...requests(), fault],
    healMs,
    endMs: 45_000,
  };
}
