// What the Services of a cluster say about a pod: which one it belongs to, and which undeclared ports are sent to it.
import { asService, type Pod } from '../cluster/controllers/kinds.ts';
import { matchesLabels } from '../cluster/controllers/selector.ts';
import type { ClusterStore } from '../cluster/store-api.ts';

export interface ServiceLookup {
  /** Numeric targetPorts of the Services that select the pod at this moment. */
  extraPorts(pod: Pod): readonly number[];
  /** The first Service by name that selects the pod, or ''. */
  serviceOf(pod: Pod): string;
}

export function createServiceLookup(store: ClusterStore): ServiceLookup {
  const selecting = (pod: Pod) =>
    store
      .list('services', { namespace: pod.metadata.namespace })
      .map(asService)
      .filter(({ spec: { selector } }) => selector !== undefined && Object.keys(selector).length > 0)
      .filter(({ spec: { selector } }) => matchesLabels(selector!, pod.metadata.labels));
  return {
    extraPorts: (pod) =>
      selecting(pod).flatMap((service) =>
        (service.spec.ports ?? [])
          .filter((port) => (port.protocol ?? 'TCP') === 'TCP')
          .map((port) => port.targetPort ?? port.port)
          .filter((port): port is number => typeof port === 'number' && port > 0),
      ),
    serviceOf: (pod) => selecting(pod)[0]?.metadata.name ?? '',
  };
}
