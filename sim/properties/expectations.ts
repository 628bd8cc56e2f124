// The reference's reading of the objects at any moment, each part made when first asked for and kept for as long as what
// it was made from stays the same.
import type { RequestRecord } from '../evidence/evidence.ts';
import type { ClusterView, StoreIndex } from '../evidence/store-index.ts';
import { type ExpectedCertificate, expectedCertificates } from '../reference/certificates.ts';
import { type ExpectedBackend, type ExpectedEndpoint, expectedEndpoints } from '../reference/endpoints.ts';
import { expectedRouting, type Resolution, type Routing } from '../reference/routing.ts';

/** The endpoints of a backend from one moment on. */
export interface EndpointPhase {
  readonly fromUs: number;
  readonly endpoints: readonly ExpectedEndpoint[];
}

export interface Expectations {
  routing(view: ClusterView): Routing;
  certificates(view: ClusterView): ReadonlyMap<string, ExpectedCertificate>;
  endpoints(view: ClusterView, backend: ExpectedBackend): readonly ExpectedEndpoint[];
  /** As the store says it, from the beginning; each phase differs from the one before. */
  phases(backend: ExpectedBackend): readonly EndpointPhase[];
  /** What a request must lead to under one view; null: the reference has no opinion. */
  resolve(view: ClusterView, request: RequestRecord): Resolution | null;
  /** What the store asked for at any moment of the time; null: no opinion about one of them. */
  resolutionsDuring(request: RequestRecord, fromUs: number, toUs: number): readonly Resolution[] | null;
  /** The same with each kind as it was at a moment of its own; null also where they are too many. */
  mixedResolutions(request: RequestRecord, fromUs: number, toUs: number): readonly Resolution[] | null;
}

/** Everything but pods and endpoints: what decides where a request is to go, not who answers there. */
const routingResources = [
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'services',
  'secrets',
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongupstreampolicies.configuration.konghq.com',
] as const;
const slices = 'endpointslices.discovery.k8s.io';

export const backendKey = ({ namespace, service, written, port }: ExpectedBackend): string =>
  `${namespace}/${service}/${written}/${port === null ? '' : `${port.protocol} ${port.name}`}`;

export function remembered<K, T>(memory: Map<K, T>, key: K, make: () => T): T {
  const found = memory.get(key);
  if (found !== undefined) return found;
  const made = make();
  memory.set(key, made);
  return made;
}

export const areSame = (a: readonly ExpectedEndpoint[], b: readonly ExpectedEndpoint[]): boolean =>
  a.length === b.length &&
  a.every(({ address, port, uid, isDraining }) =>
    b.some(
      (other) =>
        other.address === address &&
        other.port === port &&
        other.uid === uid &&
        other.isDraining === isDraining,
    ),
  );

function phasesOf(
  store: StoreIndex,
  { namespace, service }: ExpectedBackend,
  endpointsAt: (view: ClusterView) => readonly ExpectedEndpoint[],
): readonly EndpointPhase[] {
  const phases: EndpointPhase[] = [{ fromUs: 0, endpoints: [] }];
  // One after the other, also at the same moment: a controller may see the first of them long before the second.
  for (const { atUs, version, object } of store.changes(slices)) {
    const { namespace: own, labels } = object.metadata;
    if (own !== namespace || labels?.['kubernetes.io/service-name'] !== service) continue;
    const endpoints = endpointsAt(store.atVersion(version));
    if (!areSame(phases.at(-1)!.endpoints, endpoints)) phases.push({ fromUs: atUs, endpoints });
  }
  return phases;
}

export function createExpectations(store: StoreIndex): Expectations {
  const routings: Map<string, Routing> = new Map();
  const certificates: Map<string, ReadonlyMap<string, ExpectedCertificate>> = new Map();
  const endpoints: Map<string, readonly ExpectedEndpoint[]> = new Map();
  const phases: Map<string, readonly EndpointPhase[]> = new Map();
  const resolved: Map<Routing, Map<RequestRecord, Resolution | null>> = new Map();
  const keyOf = (view: ClusterView): string => routingResources.map((name) => view.stamp(name)).join();

  const expectations: Expectations = {
    routing: (view) => remembered(routings, keyOf(view), () => expectedRouting(view)),
    certificates: (view) => remembered(certificates, keyOf(view), () => expectedCertificates(view)),
    endpoints: (view, backend) =>
      remembered(endpoints, `${view.stamp(slices)} ${backendKey(backend)}`, () =>
        expectedEndpoints(view, backend),
      ),
    phases: (backend) =>
      remembered(phases, backendKey(backend), () =>
        phasesOf(store, backend, (view) => expectations.endpoints(view, backend)),
      ),
    resolve(view, request) {
      const routing = expectations.routing(view);
      const known = remembered(resolved, routing, () => new Map<RequestRecord, Resolution | null>());
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
        const resolution = expectations.resolve(store.at(us), request);
        if (resolution === null) return null;
        found.push(resolution);
      }
      return found;
    },
    mixedResolutions(request, fromUs, toUs) {
      const resolutions = store
        .mixes(routingResources, fromUs, toUs)
        ?.map((view) => expectations.resolve(view, request));
      return resolutions?.every((resolution) => resolution !== null) === true ? resolutions : null;
    },
  };
  return expectations;
}
