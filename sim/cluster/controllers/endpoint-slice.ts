// EndpointSlices of Services with a selector: who serves, on which ports, in which condition.
import { boundedDraw } from '../../../src/base/prng.ts';
import type { Random } from '../../../src/ports/random.ts';
import { sameJson } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import {
  type Controller,
  type ControllerFrame,
  type ControllerPorts,
  createFrame,
  deleteObject,
  failureText,
  ownKey,
} from './controller.ts';
import { type Endpoint, packEndpoints } from './endpoint-packing.ts';
import { asPod, asService, controllerReference, type Pod, type Service } from './kinds.ts';
import { isReady, isTerminal } from './pod-state.ts';
import { keyOf, splitKey } from './queue.ts';
import { matchesLabels } from './selector.ts';
import { type EndpointPort, resolvePorts } from './service-ports.ts';

const resource = 'endpointslices.discovery.k8s.io';
export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const sliceControllerName = 'endpointslice-controller.k8s.io';

interface Group {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
  readonly slices: StoredObject[];
}

export function startEndpointSliceController(
  ports: ControllerPorts,
  options: { readonly endpointsPerSliceMax?: number } = {},
): Controller {
  const endpointsMax = Math.min(1000, Math.max(1, options.endpointsPerSliceMax ?? 100));
  const frame = createFrame(ports, 'endpoint-slice', (key) => sync(key, frame, endpointsMax));
  frame.watch('services', ownKey);
  frame.watch('pods', (object, previous) => servicesOf(frame, object, previous));
  frame.watch(resource, (object) => {
    const labels = object.metadata.labels;
    const service = labels?.[managedByLabel] === sliceControllerName ? labels[serviceNameLabel] : undefined;
    return service === undefined ? [] : [`${object.metadata.namespace ?? ''}/${service}`];
  });
  // Pods on a node that was unknown until now become endpoints.
  frame.watch('nodes', (object, previous) => {
    if (previous !== null) return [];
    const pods = frame.store.list('pods').filter((pod) => asPod(pod).spec.nodeName === object.metadata.name);
    return pods.flatMap((pod) => servicesOf(frame, pod, null));
  });
  return frame;
}

/** Services that select a pod now or did before the change. */
export function servicesOf(
  frame: Pick<ControllerFrame, 'store'>,
  pod: StoredObject,
  previous: StoredObject | null,
): readonly string[] {
  const keys: string[] = [];
  for (const object of frame.store.list('services', { namespace: pod.metadata.namespace })) {
    const selector = asService(object).spec.selector;
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    const before = previous !== null && matchesLabels(selector, previous.metadata.labels);
    if (before || matchesLabels(selector, pod.metadata.labels)) keys.push(keyOf(object));
  }
  return keys;
}

function sync(key: string, frame: ControllerFrame, endpointsMax: number): string | null {
  const { namespace, name } = splitKey(key);
  const object = frame.store.get('services', namespace, name);
  // Slices of a Service that is gone are the garbage collector's business.
  if (object === null || object.metadata.deletionTimestamp !== undefined) return null;
  const service = asService(object);
  const selector = service.spec.selector ?? {};
  if (service.spec.type === 'ExternalName' || Object.keys(selector).length === 0) return null;
  const slices = frame.store
    .list(resource, { namespace })
    .filter((slice) => slice.metadata.labels?.[serviceNameLabel] === name)
    .filter((slice) => slice.metadata.labels?.[managedByLabel] === sliceControllerName)
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
  const groups = new Map<string, Group>();
  for (const pod of shuffled(frame.store.list('pods', { namespace }), frame.random)) {
    if (matchesLabels(selector, pod.metadata.labels)) addPod(frame, groups, service, asPod(pod));
  }
  const unused: StoredObject[] = [];
  for (const slice of slices) {
    const group = groups.get(
      groupKey(String(slice['addressType']), slice['ports'] as readonly EndpointPort[]),
    );
    if (group === undefined) unused.push(slice);
    else group.slices.push(slice);
  }
  return write(frame, service, [...groups.values()], unused, endpointsMax);
}

function groupKey(addressType: string, ports: readonly EndpointPort[] | null | undefined): string {
  let key = addressType;
  for (const { name, port, protocol, appProtocol } of ports ?? [])
    key += ` ${name}/${port}/${protocol}/${appProtocol}`;
  return key;
}

/** The real controller walks hash maps, so no order inside a slice can be relied on; here it is drawn. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = boundedDraw(random.uint32('endpoint-slice/order'), i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

function addPod(
  frame: Pick<ControllerFrame, 'store'>,
  groups: Map<string, Group>,
  service: Service,
  pod: Pod,
): void {
  const endpoint = endpointOf(frame, service, pod);
  if (endpoint === null) return;
  const addressType = endpoint.addresses[0]!.includes(':') ? 'IPv6' : 'IPv4';
  const ports = resolvePorts(service, pod);
  const key = groupKey(addressType, ports);
  let group = groups.get(key);
  if (group === undefined) {
    group = { addressType, ports, endpoints: [], slices: [] };
    groups.set(key, group);
  }
  group.endpoints.push(endpoint);
}

const nearby: readonly unknown[] = ['PreferClose', 'PreferSameZone'];

/** As the controller does for a Service that wants its traffic near: a ready endpoint is for its own zone. */
function hintsOf(service: Service, isReady: boolean, zone: string | undefined): Pick<Endpoint, 'hints'> {
  const isWanted = nearby.includes(service.spec['trafficDistribution']);
  return isWanted && isReady && zone !== undefined ? { hints: { forZones: [{ name: zone }] } } : {};
}

/** null for pods that are no endpoints: ended, without an address, or on a node nobody knows. */
export function endpointOf(
  frame: Pick<ControllerFrame, 'store'>,
  service: Service,
  pod: Pod,
): Endpoint | null {
  const address = pod.status?.podIP;
  if (isTerminal(pod) || address === undefined || address === '') return null;
  const nodeName = pod.spec.nodeName;
  const node = nodeName === undefined ? null : frame.store.get('nodes', undefined, nodeName);
  const publishAll = service.spec.publishNotReadyAddresses === true;
  if (node === null && !publishAll) return null;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const named = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name;
  return {
    addresses: [address],
    conditions: { ready: publishAll || (serving && !terminating), serving, terminating },
    ...(named ? { hostname: pod.spec.hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      uid: pod.metadata.uid ?? '',
    },
    ...(zone === undefined ? {} : { zone }),
    ...hintsOf(service, serving && !terminating, zone),
  };
}

interface Planned {
  readonly addressType: string;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** Creates come first, then updates, then deletions: for a while an endpoint may be in two slices, never in none. */
function write(
  frame: ControllerFrame,
  service: Service,
  groups: readonly Group[],
  unused: readonly StoredObject[],
  endpointsMax: number,
): string | null {
  const creates: Planned[] = [];
  const updates: (readonly [StoredObject, Planned])[] = [];
  const deletes: StoredObject[] = [...unused];
  const labels = labelsOf(service);
  let kept = 0;
  for (const group of groups) {
    const existing = group.slices.map((slice) => (slice['endpoints'] ?? []) as readonly Endpoint[]);
    for (const packed of packEndpoints(existing, group.endpoints, endpointsMax)) {
      const plan = { addressType: group.addressType, ports: group.ports, endpoints: packed.endpoints };
      const slice = packed.existing === null ? null : group.slices[packed.existing]!;
      if (slice === null) creates.push(plan);
      else if (packed.endpoints.length === 0) deletes.push(slice);
      else if (packed.changed || !sameLabels(labels, slice)) updates.push([slice, plan]);
      else kept++;
    }
  }
  if (creates.length + updates.length + kept === 0) {
    const empty = { addressType: 'IPv4', ports: [], endpoints: [] };
    const placeholder = deletes.findIndex(isPlaceholder);
    if (placeholder >= 0) deletes.splice(placeholder, 1);
    else creates.push(empty);
  }
  // A slice that would go while another comes is rewritten instead; its address type cannot change.
  for (const plan of [...creates]) {
    const spare = deletes.findIndex((slice) => slice['addressType'] === plan.addressType);
    if (spare < 0) continue;
    updates.push([deletes[spare]!, plan]);
    deletes.splice(spare, 1);
    creates.splice(creates.indexOf(plan), 1);
  }
  return apply(frame, service, labels, creates, updates, deletes);
}

function isPlaceholder(slice: StoredObject): boolean {
  const endpoints = (slice['endpoints'] ?? []) as readonly Endpoint[];
  const ports = (slice['ports'] ?? []) as readonly EndpointPort[];
  return endpoints.length === 0 && ports.length === 0 && slice['addressType'] === 'IPv4';
}

function apply(
  frame: ControllerFrame,
  service: Service,
  labels: Readonly<Record<string, string>>,
  creates: readonly Planned[],
  updates: readonly (readonly [StoredObject, Planned])[],
  deletes: readonly StoredObject[],
): string | null {
  const namespace = service.metadata.namespace;
  for (const plan of creates) {
    const metadata = {
      generateName: `${service.metadata.name}-`,
      namespace,
      labels,
      ownerReferences: [controllerReference(service)],
    } as unknown as StoredObject['metadata'];
    const created = frame.store.create(resource, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      ...plan,
    });
    if (!created.ok) return failureText(created.error);
  }
  for (const [slice, plan] of updates) {
    const metadata = { ...slice.metadata, labels: { ...keptLabels(slice), ...labels } };
    const updated = frame.store.update(resource, { ...slice, metadata, ...plan });
    if (!updated.ok) return failureText(updated.error);
  }
  for (const slice of deletes) {
    const error = deleteObject(frame.store, resource, slice);
    if (error !== null) return error;
  }
  return null;
}

const headlessLabel = 'service.kubernetes.io/headless';

function labelsOf(service: Service): Readonly<Record<string, string>> {
  return {
    ...service.metadata.labels,
    ...(service.spec.clusterIP === 'None' ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: sliceControllerName,
  };
}

/** Labels others put on a slice stay; those that came from the Service are replaced as a whole. */
function keptLabels(slice: StoredObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(slice.metadata.labels ?? {}).filter(
      ([name]) => name.includes('kubernetes.io/') && name !== headlessLabel,
    ),
  );
}

function sameLabels(labels: Readonly<Record<string, string>>, slice: StoredObject): boolean {
  return sameJson({ ...keptLabels(slice), ...labels }, slice.metadata.labels ?? {});
}
