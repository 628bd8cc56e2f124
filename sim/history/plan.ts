// A plan is everything that decides a simulated run, as data: the shape of the world, its knobs, the objects it begins
// with, and a timeline of requests, operations and faults with absolute times. Equal plans give equal histories.
import type { AnnouncementManner } from '../clients/announcement.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { CountPromise } from '../evidence/promises.ts';
import type { TieBreak } from '../scheduler/scheduler.ts';
import type { KeyPairName } from '../world/key-pairs.ts';

/** Grows when a plan of an older version would be read wrongly. */
export const planVersion = 1;

export interface WorldShape {
  /** API server replicas over one store, each with a watch cache of its own. */
  readonly apiServers: number;
  /** Replicas of our controller manager; in combined mode each gateway has its own and this counts for nothing. */
  readonly controllers: number;
  readonly gateways: number;
  /** Per gateway. */
  readonly workers: number;
  /** 'combined': controller and proxy in one process, as `tidegate run`; 'split': controllers elect a leader that pushes. */
  readonly mode: 'combined' | 'split';
  readonly nodes: number;
}

/** Figures of the product and of the cluster that a history may shrink or stretch. Milliseconds where a name says so. */
export interface Knobs {
  readonly endpointsPerSliceMax: number;
  /** A node that has not been heard of for so long is lost; it renews its lease five times as often. */
  readonly nodeGraceMs: number;
  readonly paceQuietMs: number;
  readonly pacePauseMs: number;
  readonly paceDelayMsMax: number;
  readonly pageItems: number;
  readonly watchIdleTimeoutMs: number;
  readonly watchSecondsMin: number;
  readonly leaseMs: number;
  readonly renewDeadlineMs: number;
  readonly leaseRetryMs: number;
  /** How often a pusher asks its gateway what it runs. */
  readonly pushCheckMs: number;
  readonly keepaliveTimeoutMs: number;
  /** Largest lag of an API server's watch cache behind the store. */
  readonly watchLagMsMax: number;
  /** False: API servers refuse to stream lists, as before WatchList, so that lists come in pages. */
  readonly streamsLists: boolean;
  readonly linkLatencyUs: number;
  readonly linkJitterUs: number;
  /** Deliveries carry 1 to this many bytes; 0 = as sent. */
  readonly segmentBytesMax: number;
  /** 'soon': an address that a pod gave back is given to the next one. */
  readonly addressReuse: 'late' | 'soon';
  /** Connections to gateways begin with a PROXY protocol header, which some senders are believed (sim/world/places.ts). */
  readonly proxyProtocol: boolean;
  /** Gateways ask TLS clients for certificates, believe that of the fourth key pair, and serve who has none. */
  readonly clientCertificates: boolean;
  /** Gateways keep their last good config, and go on with it after a start. Absent in older plans: no. */
  readonly keepsConfig: boolean;
  /** Larger bodies of requests are refused by gateways; 0 = none is. */
  readonly bodyBytesMax: number;
  /** Clients connect to 80 and 443 in front of gateways (sim/world/places.ts). */
  readonly publicPorts: boolean;
  /** A pod that nothing probes gets another chance after so long; 0: never, as in Kong. */
  readonly recoverAfterMs: number;
  /** Where gateways are; '': they do not care. */
  readonly gatewayZone: string;
  /** From the start of a process of ours until it does anything. Absent in older plans: none. */
  readonly bootMs: number;
}

export const defaultKnobs: Knobs = {
  endpointsPerSliceMax: 100,
  nodeGraceMs: 50_000,
  paceQuietMs: 100,
  pacePauseMs: 10,
  paceDelayMsMax: 100,
  pageItems: 500,
  watchIdleTimeoutMs: 90_000,
  watchSecondsMin: 300,
  leaseMs: 15_000,
  renewDeadlineMs: 10_000,
  leaseRetryMs: 2_000,
  pushCheckMs: 3_000,
  keepaliveTimeoutMs: 75_000,
  watchLagMsMax: 0,
  streamsLists: true,
  linkLatencyUs: 250,
  linkJitterUs: 100,
  segmentBytesMax: 0,
  addressReuse: 'late',
  proxyProtocol: false,
  clientCertificates: false,
  keepsConfig: false,
  bodyBytesMax: 0,
  publicPorts: false,
  recoverAfterMs: 0,
  gatewayZone: '',
  bootMs: 0,
};

/** A client of the gateways. Requests of one client share its connections, those of two never do. */
export interface PlannedClient {
  readonly name: string;
  /** Index of the gateway that it talks to. */
  readonly gateway: number;
  readonly tls: boolean;
  /** True: one connection, requests are sent without waiting for answers. */
  readonly pipelines: boolean;
  /** Reads answers no faster than this; 0 = at once. */
  readonly readBytesPerSecond: number;
  /** How it announces for whom it speaks, where that has to be; absent = properly. */
  readonly announces?: AnnouncementManner;
  /** The certificate that it shows when asked; absent or '' = none. */
  readonly shows?: KeyPairName | '';
}

export interface PlannedRequest {
  readonly method: string;
  /** Value of Host, and the server name of a TLS handshake. */
  readonly host: string;
  /** Origin-form, with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 = none. The bytes follow from the request's id. */
  readonly bodyBytes: number;
  readonly chunked: boolean;
  /** The body, or the head where there is none, is sent in so many milliseconds; 0 = at once. */
  readonly sendMs: number;
  /** The client goes away so long after sending; 0 = never. */
  readonly abortMs: number;
  /** How it goes; absent = 'close'. */
  readonly abort?: 'close' | 'reset';
  /** Sends the body only after a 100, or a second later. */
  readonly expects?: boolean;
  /** Sends what cookies its client has got from this host. */
  readonly keepsCookies?: boolean;
  /** Ends its direction behind the request, and still reads the answer. */
  readonly halfCloses?: boolean;
  /** 'websocket': upgrades, sends one message now and one each second until `holdMs`, then closes. */
  readonly kind: 'plain' | 'websocket';
  readonly holdMs: number;
}

/** A change of an object by the operator, through the API server. */
export interface Operation {
  readonly verb: 'create' | 'replace' | 'merge' | 'delete';
  /** 'ingresses.networking.k8s.io' */
  readonly resource: string;
  /** '' for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** The object, or the merge patch; null for delete. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** Instead of at a time, a fault may begin around a write of a host: the `index`th that is no lease renewal. */
export interface WriteTrigger {
  readonly host: string;
  readonly index: number;
  readonly point: 'before-send' | 'after-apply' | 'after-response';
}

interface EntryBase {
  /** Unique within the plan; draws and nonces are keyed by it, so leaving one entry out changes no other. */
  readonly id: string;
  /** Virtual milliseconds from the start of the run; up to three decimals, so that what was done in a row stays so. */
  readonly atMs: number;
}

export type RequestEntry = EntryBase & {
  readonly do: 'request';
  readonly client: string;
  readonly request: PlannedRequest;
};

export type OperateEntry = EntryBase & {
  readonly do: 'operate';
  readonly operation: Operation;
  /** What it is a part of, where somebody wants to count: a name of sim/history/generate/operations.ts. */
  readonly recipe?: string;
};

export type FaultEntry = EntryBase & {
  readonly do: 'fault';
  /** A name of the catalogue, sim/faults/catalogue.ts. */
  readonly fault: string;
  /**
   * When it ends; at once = the same as `atMs`. Never later than the plan's `healMs`. With a trigger it lasts as long from
   * its beginning, which may be any time from `atMs` to the heal point.
   */
  readonly untilMs: number;
  /** A host, an object or '' by the fault's own rules. */
  readonly target: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly when: WriteTrigger | null;
};

/** Something that can be looked for while a history runs. */
export type Expectation =
  /** An answer to this request, asked of each of the gateways again and again. */
  | {
      readonly kind: 'request';
      readonly request: PlannedRequest;
      readonly tls: boolean;
      /** Indices. */
      readonly gateways: readonly number[];
      /** The answer has one of these; empty = any. */
      readonly statuses: readonly number[];
      /** 'namespace/name' of the Deployment whose pods answer; '' = whoever. */
      readonly from: string;
    }
  /** Answers to this request that all come from pods of one version of a Deployment. */
  | {
      readonly kind: 'only';
      readonly request: PlannedRequest;
      readonly tls: boolean;
      readonly gateways: readonly number[];
      /** Value of the label `version` of the pods. */
      readonly version: string;
    }
  | {
      readonly kind: 'event';
      /** Kind, namespace and name of the object that it is about. */
      readonly on: { readonly kind: string; readonly namespace: string; readonly name: string };
      /** '' = any. */
      readonly type: string;
      /** '' = any. */
      readonly reason: string;
    }
  /** An object that has at least these members; null: it is not there. */
  | {
      readonly kind: 'object';
      readonly resource: string;
      readonly namespace: string;
      readonly name: string;
      readonly like: Readonly<Record<string, unknown>> | null;
    }
  /** Every worker serves exactly what the objects of the moment ask for. */
  | { readonly kind: 'config' };

export type ExpectEntry = EntryBase & {
  readonly do: 'expect';
  readonly expectation: Expectation;
  /** 'within': comes true at some time; 'always' and 'never': over the whole of it. */
  readonly how: 'within' | 'always' | 'never';
  readonly forMs: number;
  /** As a person wrote it. */
  readonly text: string;
};

export type TimelineEntry = RequestEntry | OperateEntry | FaultEntry | ExpectEntry;

export interface PlannedObject {
  readonly id: string;
  readonly resource: string;
  readonly object: StoredObject;
}

export interface Plan {
  readonly version: typeof planVersion;
  /** Seeds every draw of the run that the plan does not spell out: latencies, ids, jitter. */
  readonly seed: number;
  /** How races are decided. */
  readonly strategy: TieBreak;
  readonly world: WorldShape;
  readonly knobs: Knobs;
  readonly objects: readonly PlannedObject[];
  readonly clients: readonly PlannedClient[];
  readonly timeline: readonly TimelineEntry[];
  /** What is promised over all requests; absent: nothing beside the properties. */
  readonly promises?: readonly CountPromise[];
  /** Faults have ended, crashed hosts are up again, links and clocks are right. */
  readonly healMs: number;
  readonly endMs: number;
}

/** One that asks for nothing special; to be spread into. */
export const plainRequest: PlannedRequest = {
  method: 'GET',
  host: '',
  path: '/',
  headers: {},
  bodyBytes: 0,
  chunked: false,
  sendMs: 0,
  abortMs: 0,
  kind: 'plain',
  holdMs: 0,
};
