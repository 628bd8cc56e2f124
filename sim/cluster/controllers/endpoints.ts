// The legacy Endpoints object of a Service with a selector: one per Service, subsets by port map, at most 1000 addresses.
import { canonicalJson, compareStrings } from '../../../src/base/order.ts';
import { sameJson } from '../json.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  failureText,
  ownKey,
} from './controller.ts';
import type { Endpoint } from './endpoint-packing.ts';
import { endpointOf, servicesOf } from './endpoint-slice.ts';
import { asPod, asService, controllerReference, type Service } from './kinds.ts';
import { splitKey } from './queue.ts';
import { matchesLabels } from './selector.ts';
import { type EndpointPort, resolvePorts } from './service-ports.ts';

const addressesMax = 1000;

interface Subset {
  readonly ports: readonly EndpointPort[];
  readonly ready: Endpoint[];
  readonly notReady: Endpoint[];
}

export function startEndpointsController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'endpoints', sync);
  frame.watch('services', ownKey);
  frame.watch('pods', (object, previous) => servicesOf(frame, object, previous));
  return frame;
}

function sync(key: string, frame: ControllerFrame): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get('services', namespace, name);
  if (object === null || object.metadata.deletionTimestamp !== undefined) return null;
  const service = asService(object);
  const selector = service.spec.selector ?? {};
  if (service.spec.type === 'ExternalName' || Object.keys(selector).length === 0) return null;
  const subsets = subsetsOf(frame, service, selector);
  const current = frame.store.get('endpoints', namespace, name);
  if (current === null) {
    const created = frame.store.create('endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name,
        namespace,
        ...(service.metadata.labels === undefined ? {} : { labels: service.metadata.labels }),
        ownerReferences: [controllerReference(service)],
      },
      subsets,
    });
    return created.ok ? null : failureText(created.error);
  }
  if (sameJson(current['subsets'] ?? [], subsets)) return null;
  const updated = frame.store.update('endpoints', { ...current, subsets });
  return updated.ok ? null : failureText(updated.error);
}

function subsetsOf(
  frame: ControllerFrame,
  service: Service,
  selector: Readonly<Record<string, string>>,
): readonly Readonly<Record<string, unknown>>[] {
  const subsets = new Map<string, Subset>();
  let count = 0;
  for (const object of frame.store.list('pods', { namespace: service.metadata.namespace })) {
    const pod = asPod(object);
    if (!matchesLabels(selector, pod.metadata.labels) || pod.metadata.deletionTimestamp !== undefined)
      continue;
    const endpoint = endpointOf(frame, service, pod);
    if (endpoint === null || ++count > addressesMax) continue;
    const ports = resolvePorts(service, pod);
    const key = canonicalJson(ports);
    const subset = subsets.get(key) ?? { ports, ready: [], notReady: [] };
    subsets.set(key, subset);
    (endpoint.conditions.ready ? subset.ready : subset.notReady).push(endpoint);
  }
  return [...subsets].sort(([a], [b]) => compareStrings(a, b)).map(([, subset]) => encodeSubset(subset));
}

function encodeSubset(subset: Subset): Readonly<Record<string, unknown>> {
  const encode = (endpoints: readonly Endpoint[]) =>
    endpoints.map((endpoint) => ({
      ip: endpoint.addresses[0],
      ...(endpoint.nodeName === undefined ? {} : { nodeName: endpoint.nodeName }),
      targetRef: endpoint.targetRef,
    }));
  return {
    ...(subset.ready.length === 0 ? {} : { addresses: encode(subset.ready) }),
    ...(subset.notReady.length === 0 ? {} : { notReadyAddresses: encode(subset.notReady) }),
    ports: subset.ports.map(({ name, ...port }) => (name === '' ? port : { name, ...port })),
  };
}
