// What a history leaves behind: what clients, pods, the store, the APIs, the gateways and the faults saw, in the order in
// which it happened. Properties read nothing else. Times are virtual microseconds from the start of the run.
import type { GatewayConfig } from '../../src/kong/config.ts';
import type { KubeObject } from '../../src/kube/object.ts';

/** Which part of a run a fault can spoil; properties use it to know what is excused. */
export type Harm =
  /** Controllers see or write the cluster late, wrongly or not at all. */
  | 'control'
  /** Gateways are told configs late or not at all. */
  | 'push'
  /** Requests may fail or be slow. */
  | 'traffic'
  /** Pods end, fail or misbehave. */
  | 'pods';

/** One request as its client saw it. */
export interface RequestRecord {
  /** Id of the plan entry, and the X-Nonce that pods answer with. */
  readonly nonce: string;
  readonly client: string;
  /** Name of the gateway's host. */
  readonly gateway: string;
  readonly scheme: 'http' | 'https';
  readonly kind: 'plain' | 'websocket';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** What the plan asked for besides Host and X-Nonce. */
  readonly sentHeaders: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** What its gateway takes of a body at most; 0 = any size. */
  readonly bodyBytesMax: number;
  /** Lower-case hex SHA-256 of the body. */
  readonly bodyHash: string;
  /** The client reads no faster than this; 0 = at once. */
  readonly readBytesPerSecond: number;
  /** When it was handed to the client. */
  readonly sentUs: number;
  /** -1 until the answer, an error or the client's own end. */
  doneUs: number;
  /** 0 = no final status line came. */
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Body of the answer as latin1 text, as far as it came. */
  body: string;
  /** Framing and end of the answer were those that its head announced. */
  complete: boolean;
  /** '' = none; 'ECONNRESET', 'closed', 'timeout', 'aborted' (by the client itself), 'unanswered' (behind an answer that closed), 'bytes after the reply', ... */
  error: string;
  /** Id of the certificate that the handshake showed; '' on plain connections. */
  certificate: string;
  /** The same certificate, as PEM. */
  certificatePem: string;
  /** When the connection on which it went was open; -1 until then. */
  connectedUs: number;
  /** 'address:port' of the client's end; '' until it is open. */
  origin: string;
  /** Messages that came back on a WebSocket, in order. */
  messages: readonly string[];
  /** What its connection began with, where gateways want to be told for whom a sender speaks; else null. */
  readonly announced: { readonly address: string; readonly isProper: boolean } | null;
  /** Name of the key pair whose certificate the client shows when it is asked; '' = none. */
  readonly shows: string;
  /** It met a connection that had carried requests before. */
  reused: boolean;
}

/** One request as a pod took it. */
export interface ReceiptRecord {
  readonly nonce: string;
  readonly atUs: number;
  /** 'namespace/name' */
  readonly pod: string;
  readonly uid: string;
  readonly address: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly bodyHash: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** When the connection on which it came was accepted. */
  readonly connectedUs: number;
  /** Port of the gateway's end of the connection. */
  readonly originPort: number;
  /** What the pod did wrong with its answer, a kind of sim/pod/mischief.ts; '' = nothing. */
  mischief: string;
}

/** One committed write of the store. */
export interface StoreChange {
  readonly version: number;
  readonly atUs: number;
  /** 'pods', 'ingresses.networking.k8s.io' */
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly previous: KubeObject | null;
}

/** One call of a controller to the Kubernetes API, seen from the controller's side. */
export interface ApiCall {
  readonly host: string;
  /** Which life of the host. */
  readonly life: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly sentUs: number;
  /** -1 until then; of a watch: of its head. */
  headUs: number;
  endUs: number;
  /** 0 = no answer. */
  status: number;
  /** '' = none */
  error: string;
  readonly isWatch: boolean;
  /** The controller believed to lead when it sent. */
  readonly leading: boolean;
  /** Version of the store when it was sent, and when the answer was complete. */
  readonly versionAtSend: number;
  versionAtEnd: number;
  /** When something of the answer came last; when it was sent, until then. */
  heardUs: number;
  /** Longest time without a byte from the head on, up to what came last. */
  silentUsMax: number;
  /** What the server asked for by Retry-After; -1 = nothing. */
  retryAfterMs: number;
  /** When a streamed list said that it was whole; -1 until then, and of other calls. */
  wholeUs: number;
}

/** A config that a controller sent to a gateway, seen from the controller's side. */
export interface PushRecord {
  readonly host: string;
  readonly life: number;
  readonly gateway: string;
  readonly method: string;
  readonly sentUs: number;
  /** -1 until then. */
  endUs: number;
  /** 0 = no answer. */
  status: number;
}

/** What a gateway would answer to a readiness probe from now on. */
export interface ReadinessRecord {
  readonly gateway: string;
  readonly life: number;
  readonly atUs: number;
  /** '' = ready. */
  readonly reason: string;
}

/** A line of level 'error' in the log of one of our hosts. */
export interface ErrorRecord {
  readonly host: string;
  readonly atUs: number;
  readonly message: string;
  /** Its fields as JSON. */
  readonly fields: string;
}

/** A config that a gateway's main took; configs are values, shared from one to the next. */
export interface ConfigRecord {
  readonly gateway: string;
  readonly atUs: number;
  readonly config: GatewayConfig;
  readonly epoch: number | null;
  /** JSON of {resource: resourceVersion}, or null where it was not told. */
  readonly revision: string | null;
  /** It was kept from before the start; nobody has told it in this life. */
  readonly isKept?: boolean;
}

/** A worker serves with the tables of this config from now on. */
export interface SwapRecord {
  readonly gateway: string;
  readonly worker: number;
  readonly life: number;
  readonly atUs: number;
  readonly configId: string;
}

/** A worker began to accept connections. */
export interface ListenRecord {
  readonly gateway: string;
  readonly worker: number;
  readonly atUs: number;
}

/** A host began or ended a life. */
export interface LifeRecord {
  readonly host: string;
  readonly life: number;
  readonly atUs: number;
  /** 'drain': it was told to end (SIGTERM) and takes no new work. */
  readonly what: 'start' | 'end' | 'pause' | 'resume' | 'drain';
}

/** A connection that a gateway opened to a pod's address. */
export interface DialRecord {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly atUs: number;
  readonly localPort: number;
  /** When the gateway had it no more; -1 until then. */
  goneUs: number;
}

/** A question of a gateway to DNS, and what it was told. */
export interface NameRecord {
  readonly host: string;
  /** Lower case. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
  readonly askedUs: number;
  /** -1 until then. */
  toldUs: number;
  kind: 'records' | 'empty' | 'absent' | 'failed' | '';
  /** Addresses, or of SRV names and ports. */
  records: readonly { readonly host: string; readonly port: number; readonly priority: number }[];
  /** The least of its records, -1 where none tells. */
  ttlUs: number;
}

/** A connection of a client that a worker took. */
export interface AcceptRecord {
  /** 'gateway-1/worker-0' */
  readonly host: string;
  /** 'address:port' of the client's end. */
  readonly origin: string;
  readonly atUs: number;
}

/** A fault while it lasted; `toUs` equals `fromUs` for what happens at once. */
export interface FaultRecord {
  readonly id: string;
  readonly fault: string;
  readonly harms: readonly Harm[];
  readonly target: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly fromUs: number;
  toUs: number;
  /** How much it met: requests, connections, events. 0 = it found nothing to do. */
  hits: number;
}

/** Something that was looked for while the run went on, and what came of it. */
export interface ExpectationRecord {
  /** Of the plan entry. */
  readonly id: string;
  /** As a person wrote it. */
  readonly text: string;
  readonly atUs: number;
  /** -1 until it is decided. */
  doneUs: number;
  met: boolean;
  /** What there was to see when it was decided. */
  seen: string;
  /** It came so long after its time, in time only because the machine kept processes waiting. */
  lateUs?: number;
}

/** What a process of a gateway or a client had open when the run ended. */
export interface Remains {
  readonly host: string;
  /** Connections that it took. */
  readonly accepted: number;
  /** 'address:port' of those that it opened. */
  readonly opened: readonly string[];
  /** Most bytes that one connection ever held back in this life because the peer took none. */
  readonly backlogBytesMax: number;
}

export interface Evidence {
  readonly requests: RequestRecord[];
  readonly receipts: ReceiptRecord[];
  readonly store: StoreChange[];
  readonly calls: ApiCall[];
  readonly pushes: PushRecord[];
  readonly configs: ConfigRecord[];
  readonly swaps: SwapRecord[];
  readonly listens: ListenRecord[];
  readonly readiness: ReadinessRecord[];
  readonly errors: ErrorRecord[];
  readonly lives: LifeRecord[];
  readonly dials: DialRecord[];
  readonly names: NameRecord[];
  readonly accepts: AcceptRecord[];
  readonly faults: FaultRecord[];
  readonly expectations: ExpectationRecord[];
  readonly remains: Remains[];
  /** How often something rare happened, by name: what the run has exercised. */
  readonly sometimes: Map<string, number>;
}

export function createEvidence(): Evidence {
  return {
    requests: [],
    receipts: [],
    store: [],
    calls: [],
    pushes: [],
    configs: [],
    swaps: [],
    listens: [],
    readiness: [],
    errors: [],
    lives: [],
    dials: [],
    names: [],
    accepts: [],
    faults: [],
    expectations: [],
    remains: [],
    sometimes: new Map(),
  };
}

export function note(evidence: Evidence, what: string): void {
  evidence.sometimes.set(what, (evidence.sometimes.get(what) ?? 0) + 1);
}
