// What properties about requests share: for each history the store at any moment, the reference's view of it, which
// configs a worker served with, and which worker and pods a request met. Everything is made when first asked for.
import type {
  ConfigRecord,
  DialRecord,
  Evidence,
  ReceiptRecord,
  RequestRecord,
} from '../evidence/evidence.ts';
import { type ClusterView, createStoreIndex, type StoreIndex } from '../evidence/store-index.ts';
import { type ExpectedCertificate, expectedCertificates } from '../reference/certificates.ts';
import { type ExpectedBackend, type ExpectedEndpoint, expectedEndpoints } from '../reference/endpoints.ts';
import { expectedRouting, noRoute, type Resolution, type Routing } from '../reference/routing.ts';

/** A worker serves with one config from one moment to another. */
export interface Term {
  /** 'gateway-1/worker-0' */
  readonly host: string;
  readonly life: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly configId: string;
  /** null: the config that a gateway begins with, which is empty. */
  readonly config: ConfigRecord | null;
}

/** The endpoints of a backend from one moment on. */
export interface EndpointPhase {
  readonly fromUs: number;
  readonly endpoints: readonly ExpectedEndpoint[];
}

export interface Outlook {
  readonly store: StoreIndex;
  readonly terms: readonly Term[];
  routing(view: ClusterView): Routing;
  certificates(view: ClusterView): ReadonlyMap<string, ExpectedCertificate>;
  endpoints(view: ClusterView, backend: ExpectedBackend): readonly ExpectedEndpoint[];
  /** As the store says it, from the beginning; each phase differs from the one before. */
  phases(backend: ExpectedBackend): readonly EndpointPhase[];
  /** Terms that have a moment in common with [fromUs, toUs], of one worker or, for a gateway, of all of its workers. */
  termsDuring(host: string, fromUs: number, toUs: number): readonly Term[];
  /** The objects that a config was made from; null for the empty config of the beginning, and where it does not say. */
  viewOf(term: Term): ClusterView | null;
  /** What a request must lead to under one view; null: the reference has no opinion. */
  resolve(view: ClusterView, request: RequestRecord): Resolution | null;
  /** The same under the config of a term. */
  resolveIn(term: Term, request: RequestRecord): Resolution | null;
  /** The endpoints that a config was made from; none where it does not say. */
  endpointsIn(term: Term, backend: ExpectedBackend): readonly ExpectedEndpoint[];
  /** What the store asked for at any moment of the time; null: no opinion about one of them. */
  resolutionsDuring(request: RequestRecord, fromUs: number, toUs: number): readonly Resolution[] | null;
  /** Uids of the pods that have had an address. */
  ownersOf(address: string): ReadonlySet<string>;
  receipts(nonce: string): readonly ReceiptRecord[];
  request(nonce: string): RequestRecord | null;
  /** The connection on which a pod took a request; null when it is not known. */
  dialOf(receipt: ReceiptRecord): DialRecord | null;
  /** Host of the worker that has the client's connection; the gateway where it is not known. */
  workerOf(request: RequestRecord): string;
}

const foreverUs = Number.MAX_SAFE_INTEGER;
const noReceipts: readonly ReceiptRecord[] = [];

/** Everything but pods and endpoints: what decides where a request is to go, not who answers there. */
const routingResources = [
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'services',
  'secrets',
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
] as const;
const slices = 'endpointslices.discovery.k8s.io';

export const backendKey = ({ namespace, service, written, port }: ExpectedBackend): string =>
  `${namespace}/${service}/${written}/${port === null ? '' : `${port.protocol} ${port.name}`}`;

function remembered<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const found = memory.get(key);
  if (found !== undefined) return found;
  const made = make();
  memory.set(key, made);
  return made;
}

/** Swaps as terms, each until the next swap or the end of the worker's life. */
function termsOf({ swaps, configs, lives }: Evidence): readonly Term[] {
  const terms: Term[] = [];
  const open: Map<string, Term> = new Map();
  const close = (host: string, toUs: number): void => {
    const term = open.get(host);
    if (term !== undefined) (term as { toUs: number }).toUs = toUs;
    open.delete(host);
  };
  const ends = lives.filter(({ what }) => what === 'end');
  let ended = 0;
  for (const { gateway, worker, life, atUs, configId } of swaps) {
    for (; ended < ends.length && ends[ended]!.atUs <= atUs; ended++)
      close(ends[ended]!.host, ends[ended]!.atUs);
    const host = `${gateway}/worker-${worker}`;
    close(host, atUs);
    const config =
      configs.findLast(
        (record) => record.gateway === gateway && record.config.id === configId && record.atUs <= atUs,
      ) ?? null;
    const term: Term = { host, life, fromUs: atUs, toUs: foreverUs, configId, config };
    open.set(host, term);
    terms.push(term);
  }
  for (; ended < ends.length; ended++) close(ends[ended]!.host, ends[ended]!.atUs);
  return terms;
}

const haveSamePlaces = (a: readonly ExpectedEndpoint[], b: readonly ExpectedEndpoint[]): boolean =>
  a.length === b.length &&
  a.every((one) =>
    b.some((other) => other.address === one.address && other.port === one.port && other.uid === one.uid),
  );

const noOwners: ReadonlySet<string> = new Set();

function ownersByAddress(store: StoreIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const owners: Map<string, Set<string>> = new Map();
  for (const { object } of store.changes('pods')) {
    const { podIP } = (object as { readonly status?: { readonly podIP?: string } }).status ?? {};
    if (podIP === undefined) continue;
    const uids = owners.get(podIP) ?? new Set();
    owners.set(podIP, uids.add(object.metadata.uid ?? ''));
  }
  return owners;
}

function createOutlook(evidence: Evidence): Outlook {
  const store = createStoreIndex(evidence.store);
  const routings: Map<string, Routing> = new Map();
  const certificateTables: Map<string, ReadonlyMap<string, ExpectedCertificate>> = new Map();
  const endpointLists: Map<string, readonly ExpectedEndpoint[]> = new Map();
  const phaseLists: Map<string, readonly EndpointPhase[]> = new Map();
  const resolved: Map<Routing, Map<RequestRecord, Resolution | null>> = new Map();
  let terms: readonly Term[] | null = null;
  let owners: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  let receiptsByNonce: ReadonlyMap<string, readonly ReceiptRecord[]> | null = null;
  let requestsByNonce: ReadonlyMap<string, RequestRecord> | null = null;
  const routingKey = (view: ClusterView): string => routingResources.map((name) => view.stamp(name)).join();

  const outlook: Outlook = {
    store,
    get terms() {
      terms ??= termsOf(evidence);
      return terms;
    },
    routing: (view) => remembered(routings, routingKey(view), () => expectedRouting(view)),
    certificates: (view) => remembered(certificateTables, routingKey(view), () => expectedCertificates(view)),
    endpoints: (view, backend) =>
      remembered(endpointLists, `${view.stamp(slices)} ${backendKey(backend)}`, () =>
        expectedEndpoints(view, backend),
      ),
    phases: (backend) =>
      remembered(phaseLists, backendKey(backend), () => {
        const phases: EndpointPhase[] = [{ fromUs: 0, endpoints: [] }];
        for (const { atUs, object, previous } of store.changes(slices)) {
          const labels = (object.metadata.labels ?? previous?.metadata.labels)?.[
            'kubernetes.io/service-name'
          ];
          if (object.metadata.namespace !== backend.namespace || labels !== backend.service) continue;
          const endpoints = outlook.endpoints(store.at(atUs), backend);
          if (!haveSamePlaces(phases.at(-1)!.endpoints, endpoints)) phases.push({ fromUs: atUs, endpoints });
        }
        return phases;
      }),
    termsDuring: (host, fromUs, toUs) =>
      outlook.terms.filter(
        (term) =>
          (term.host === host || term.host.startsWith(`${host}/`)) &&
          term.fromUs <= toUs &&
          term.toUs >= fromUs,
      ),
    viewOf: ({ config }) => {
      const revision = config?.revision ?? null;
      return revision === null ? null : store.seen(revision);
    },
    resolveIn(term, request) {
      const view = outlook.viewOf(term);
      if (view !== null) return outlook.resolve(view, request);
      return term.config === null ? noRoute : null;
    },
    endpointsIn(term, backend) {
      const view = outlook.viewOf(term);
      return view === null ? [] : outlook.endpoints(view, backend);
    },
    resolve(view, request) {
      const routing = outlook.routing(view);
      let known = resolved.get(routing);
      if (known === undefined) {
        known = new Map();
        resolved.set(routing, known);
      }
      let resolution = known.get(request);
      if (resolution === undefined) {
        const { scheme, host, path, method, sentHeaders } = request;
        resolution = routing.resolve({ scheme, host, path, method, headers: sentHeaders });
        known.set(request, resolution);
      }
      return resolution;
    },
    resolutionsDuring(request, fromUs, toUs) {
      const moments = new Set([fromUs]);
      for (const resource of routingResources)
        for (const { atUs } of store.changes(resource)) if (atUs > fromUs && atUs <= toUs) moments.add(atUs);
      const found: Resolution[] = [];
      for (const us of moments) {
        const resolution = outlook.resolve(store.at(us), request);
        if (resolution === null) return null;
        found.push(resolution);
      }
      return found;
    },
    ownersOf(address) {
      owners ??= ownersByAddress(store);
      return owners.get(address) ?? noOwners;
    },
    receipts(nonce) {
      receiptsByNonce ??= Map.groupBy(evidence.receipts, (receipt) => receipt.nonce);
      return receiptsByNonce.get(nonce) ?? noReceipts;
    },
    request(nonce) {
      requestsByNonce ??= new Map(evidence.requests.map((request) => [request.nonce, request]));
      return requestsByNonce.get(nonce) ?? null;
    },
    dialOf(receipt) {
      const gateway = outlook.request(receipt.nonce)?.gateway;
      return (
        evidence.dials.findLast(
          ({ host, address, port, localPort, atUs }) =>
            localPort === receipt.originPort &&
            address === receipt.address &&
            port === receipt.port &&
            atUs <= receipt.atUs &&
            host.startsWith(`${gateway}/`),
        ) ?? null
      );
    },
    workerOf({ gateway, origin, doneUs }) {
      const accept = evidence.accepts.findLast(
        (record) =>
          record.origin === origin && record.atUs <= doneUs && record.host.startsWith(`${gateway}/`),
      );
      return accept?.host ?? gateway;
    },
  };
  return outlook;
}

/** Evidence is complete when it is judged, and judged by many properties one after the other. */
const outlooks = new WeakMap<Evidence, Outlook>();

export function outlookOf(evidence: Evidence): Outlook {
  let outlook = outlooks.get(evidence);
  if (outlook === undefined) {
    outlook = createOutlook(evidence);
    outlooks.set(evidence, outlook);
  }
  return outlook;
}
