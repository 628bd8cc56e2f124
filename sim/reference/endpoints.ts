// Where the requests for a port of a Service may go at one moment: the ready endpoints of all its slices; where there is
// none, those that end but still serve, as kube-proxy does; never the others.
import { all, type ClusterObjects, find, type PlainEndpoint, zoneAnnotation } from './objects.ts';

/** A port of a Service as an Ingress named it. */
export interface ExpectedBackend {
  readonly namespace: string;
  readonly service: string;
  /** The port as the Ingress wrote it: '80' or 'web'. */
  readonly written: string;
  /** Name and protocol of the Service's port; null: there is no such Service or port, so nothing can answer. */
  readonly port: { readonly name: string; readonly protocol: string } | null;
  /** 'name:port' where the Service is a name that DNS knows; null: it has endpoints. */
  readonly outside: string | null;
}

export interface ExpectedEndpoint {
  readonly address: string;
  readonly port: number;
  /** 'namespace/name'; '' when the slice does not say. */
  readonly pod: string;
  readonly uid: string;
  /** Its pod ends: it is used because nothing else is left, or because the Service publishes whatever there is. */
  readonly isDraining: boolean;
}

/** Unset means ready. */
export const isReady = ({ conditions }: PlainEndpoint): boolean => conditions?.ready ?? true;

/** Not for new work any more, but still answering. Unset `serving` means as ready, unset `terminating` means no. */
export const isDraining = (endpoint: PlainEndpoint): boolean =>
  !isReady(endpoint) &&
  (endpoint.conditions?.terminating ?? false) &&
  (endpoint.conditions?.serving ?? isReady(endpoint));

function endpointsWhere(
  objects: ClusterObjects,
  { namespace, service, port }: ExpectedBackend,
  isWanted: (endpoint: PlainEndpoint) => boolean,
): readonly ExpectedEndpoint[] {
  const found: ExpectedEndpoint[] = [];
  if (port === null) return found;
  for (const slice of all(objects, 'endpointslices.discovery.k8s.io')) {
    const { namespace: own, labels } = slice.metadata;
    if (own !== namespace || labels?.['kubernetes.io/service-name'] !== service) continue;
    for (const slicePort of slice.ports ?? []) {
      const { name = '', protocol = 'TCP', port: number } = slicePort;
      if (number === undefined || name !== port.name || protocol !== port.protocol) continue;
      for (const endpoint of slice.endpoints ?? []) {
        const address = endpoint.addresses[0];
        if (address === undefined || !isWanted(endpoint)) continue;
        if (found.some((other) => other.address === address && other.port === number)) continue;
        const { kind, namespace: podNamespace = own, name: podName, uid = '' } = endpoint.targetRef ?? {};
        const isDraining = !isReady(endpoint) || (endpoint.conditions?.terminating ?? false);
        const pod = kind === 'Pod' && podName !== undefined ? `${podNamespace}/${podName}` : '';
        found.push({ address, port: number, pod, uid, isDraining });
      }
    }
  }
  return found;
}

export function expectedEndpoints(
  objects: ClusterObjects,
  backend: ExpectedBackend,
): readonly ExpectedEndpoint[] {
  const ready = endpointsWhere(objects, backend, isReady);
  if (ready.length === 0) return endpointsWhere(objects, backend, isDraining);
  const zone = find(objects, 'ingressclasses.networking.k8s.io', '', 'kong')?.metadata.annotations?.[
    zoneAnnotation
  ];
  const isMeantFor = ({ hints }: PlainEndpoint): boolean =>
    hints?.forZones?.some(({ name }) => name === zone) === true;
  const isForAll = (endpoint: PlainEndpoint): boolean =>
    isReady(endpoint) && (endpoint.hints?.forZones ?? []).length === 0;
  // An endpoint that is meant for everybody: nobody has said who is to use which.
  if (zone === undefined || endpointsWhere(objects, backend, isForAll).length > 0) return ready;
  const near = endpointsWhere(objects, backend, (endpoint) => isReady(endpoint) && isMeantFor(endpoint));
  return near.length > 0 ? near : ready;
}
