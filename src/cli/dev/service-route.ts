// `--route NAMESPACE/SERVICE=HOST:PORT`: traffic for a Service goes to a program of the user's instead of to its pods.
// The Service loses its selector and gets an EndpointSlice of its own, which is how Kubernetes does it as well.
import type { ClusterStore, StoredObject } from '../../../sim/cluster/store-api.ts';
import { CommandError, exitUsage } from '../exit-codes.ts';

export interface ServiceRoute {
  readonly namespace: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

export function parseServiceRoute(text: string): ServiceRoute {
  const match = /^(?:([a-z0-9-]+)\/)?([a-z0-9-]+)=([^:=]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[4] ?? 0);
  if (match === null || port < 1 || port > 65535) {
    throw new CommandError(
      exitUsage,
      `--route must be NAMESPACE/SERVICE=HOST:PORT such as default/shop=localhost:3000, not '${text}'`,
    );
  }
  const host = match[3]!;
  const address = host === 'localhost' ? '127.0.0.1' : host;
  if (!/^127(\.\d{1,3}){3}$/.test(address)) {
    throw new CommandError(
      exitUsage,
      `--route leads to a program on this machine: use localhost or 127.x.y.z, not '${host}'`,
    );
  }
  return { namespace: match[1] ?? 'default', service: match[2]!, address, port };
}

interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
}

function endpointSlice(route: ServiceRoute, ports: readonly ServicePort[]): StoredObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${route.service}-routed`,
      namespace: route.namespace,
      labels: {
        'kubernetes.io/service-name': route.service,
        'endpointslice.kubernetes.io/managed-by': 'tidegate-dev',
      },
    },
    addressType: 'IPv4',
    endpoints: [
      { addresses: [route.address], conditions: { ready: true, serving: true, terminating: false } },
    ],
    ports: ports.map(({ name, protocol }) => ({
      name: name ?? '',
      protocol: protocol ?? 'TCP',
      port: route.port,
    })),
  };
}

/** Follows the Service, also one that is applied later. Returns a sentence for the user, or null while it is missing. */
export function startServiceRoute(
  store: ClusterStore,
  route: ServiceRoute,
  onLine: (line: string) => void,
): () => void {
  const redirect = (): void => {
    const service = store.get('services', route.namespace, route.service);
    if (service === null || service.spec?.['selector'] === undefined) return;
    const detached = store.mergePatch('services', route.namespace, route.service, {
      spec: { selector: null },
    });
    const name = `${route.service}-routed`;
    if (store.get('endpointslices.discovery.k8s.io', route.namespace, name) !== null) {
      store.delete('endpointslices.discovery.k8s.io', route.namespace, name);
    }
    for (const slice of store.list('endpointslices.discovery.k8s.io', {
      namespace: route.namespace,
      labelSelector: `kubernetes.io/service-name=${route.service}`,
    })) {
      store.delete('endpointslices.discovery.k8s.io', route.namespace, slice.metadata.name);
    }
    const ports = (service.spec['ports'] ?? []) as readonly ServicePort[];
    const made = store.create('endpointslices.discovery.k8s.io', endpointSlice(route, ports));
    const failure = detached.ok ? (made.ok ? null : made.error) : detached.error;
    onLine(
      failure === null
        ? `service ${route.namespace}/${route.service} leads to ${route.address}:${route.port}`
        : `service ${route.namespace}/${route.service} could not be routed: ${failure.message}`,
    );
  };
  redirect();
  return store.subscribe('services', redirect);
}
