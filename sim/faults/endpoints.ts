// Endpoints that change faster or stranger than the cluster's own controllers would have it: readiness that flaps, and
// EndpointSlices that somebody else writes.
import { asPod } from '../cluster/controllers/kinds.ts';
import { isReady, withCondition } from '../cluster/controllers/pod-state.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import { formatTime } from '../cluster/timestamp.ts';
import { wallOriginMs } from '../hosts/clock.ts';
import type { World } from '../world/world.ts';
import { type Fault, nothing, type Stage } from './fault.ts';
import { type Steps, stepsOf } from './steps.ts';
import { addressOf, aimAtApplication, aimAtPods, chosenPods, podsOf, servicesOf } from './targets.ts';

const slices = 'endpointslices.discovery.k8s.io';
const serviceLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

interface ContainerStatus {
  readonly ready: boolean;
}

/** Says of a pod what its kubelet might; true: the store took it. */
function setReady({ cluster, scheduler }: World, pod: StoredObject, wanted: boolean): boolean {
  const { store } = cluster.api;
  const { namespace, name, uid } = pod.metadata;
  const current = store.get('pods', namespace, name);
  if (current === null || current.metadata.uid !== uid || current.metadata.deletionTimestamp !== undefined)
    return false;
  const containers = (current.status?.['containerStatuses'] ?? []) as readonly ContainerStatus[];
  const ready = wanted && containers.length > 0 && containers.every((container) => container.ready);
  const now = formatTime(wallOriginMs + Math.floor(scheduler.nowUs / 1000));
  const condition = { type: 'Ready', status: ready ? 'True' : 'False' } as const;
  const conditions = withCondition(asPod(current).status?.conditions, condition, now);
  return store.updateStatus('pods', { ...current, status: { ...current.status, conditions } }).ok;
}

const flap: Fault = {
  id: 'K06',
  name: 'endpoints-flap',
  summary: 'Pods turn ready and unready faster than a controller can follow.',
  harms: ['pods'],
  lastsMsMax: 6_000,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    return target === null
      ? null
      : { target, parameters: { pods: aimAtPods(draw), everyMs: 10 + draw('pace', 300) } };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const pods = chosenPods(world, entry.target, entry.parameters['pods']).filter((pod) =>
      isReady(asPod(pod)),
    );
    const steps = stepsOf(stage);
    steps.every(Number(entry.parameters['everyMs']), (index) => {
      for (const pod of pods) if (setReady(world, pod, index % 2 === 1)) record.hits++;
    });
    return () => {
      steps.stop();
      for (const pod of pods) setReady(world, pod, true);
    };
  },
};

interface WrittenEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: Readonly<Record<string, boolean>>;
}

const layouts = ['each', 'all', 'twice', 'moving', 'bare', 'crowd'] as const;
const crowdCount = 120;
/** In which the cluster's own controller writes its slices again. */
const handOverMs = 500;

const whole = ({ addresses }: WrittenEndpoint): WrittenEndpoint => ({ addresses });

/** Endpoints by slice, as somebody with ideas of his own might pack them. */
function packed(
  ready: readonly WrittenEndpoint[],
  layout: string,
  step: number,
): readonly WrittenEndpoint[][] {
  switch (layout) {
    case 'all':
      return [[...ready]];
    case 'twice':
      return [[...ready], [...ready].reverse()];
    case 'bare':
      return [ready.map(whole)];
    case 'moving': {
      // One of them is in neither slice for a step, on its way from one to the other.
      const moving = step % Math.max(1, ready.length);
      const rest = ready.filter((_, index) => index !== moving);
      return [rest.slice(0, rest.length >> 1), rest.slice(rest.length >> 1)];
    }
    case 'crowd': {
      const crowd = Array.from({ length: crowdCount }, (_, index) => ({
        addresses: [`10.250.0.${index + 1}`],
        conditions: { ready: false, serving: false, terminating: false },
      }));
      return [[...crowd, ...ready]];
    }
    default:
      return ready.map((endpoint) => [endpoint]);
  }
}

/** Writes slices `NAME-by-hand-0` and on, and deletes those that are too many; how many writes the store took. */
function writeSlices(
  { cluster }: World,
  service: StoredObject,
  ports: unknown,
  wanted: readonly WrittenEndpoint[][],
): number {
  const { store } = cluster.api;
  const { namespace, name } = service.metadata;
  let written = 0;
  for (let index = 0; ; index++) {
    const sliceName = `${name}-by-hand-${index}`;
    const current = store.get(slices, namespace, sliceName);
    const endpoints = wanted[index];
    if (endpoints === undefined) {
      if (current === null) return written;
      if (store.delete(slices, namespace, sliceName).ok) written++;
      continue;
    }
    const labels = { [serviceLabel]: name, [managedByLabel]: 'by-hand.example' };
    const body = { addressType: 'IPv4', ports, endpoints };
    const result =
      current === null
        ? store.create(slices, {
            apiVersion: 'discovery.k8s.io/v1',
            kind: 'EndpointSlice',
            metadata: { namespace: namespace ?? '', name: sliceName, labels },
            ...body,
          })
        : store.update(slices, { ...current, ...body });
    if (result.ok) written++;
  }
}

function slicesOf({ cluster }: World, { metadata }: StoredObject): readonly StoredObject[] {
  const labelSelector = `${serviceLabel}=${metadata.name}`;
  return cluster.api.store.list(slices, { namespace: metadata.namespace, labelSelector });
}

function writeByHand(stage: Stage, service: StoredObject, ports: unknown, steps: Steps): void {
  const { world, entry, record } = stage;
  const { store } = world.cluster.api;
  const { everyMs, first } = entry.parameters;
  const { namespace, name } = service.metadata;
  store.mergePatch('services', namespace, name, { spec: { selector: null } });
  const theirs = slicesOf(world, service);
  steps.every(Number(everyMs), (step) => {
    const ready = podsOf(world, entry.target)
      .filter((pod) => isReady(asPod(pod)))
      .map((pod) => ({
        addresses: [addressOf(pod)],
        conditions: { ready: true, serving: true, terminating: false },
      }));
    const layout = layouts[(Number(first) + step) % layouts.length]!;
    record.hits += writeSlices(world, service, ports, packed(ready, layout, step));
    // Only now, so that there is no moment without any.
    if (step === 0) for (const { metadata } of theirs) store.delete(slices, namespace, metadata.name);
  });
}

const foreignSlices: Fault = {
  id: 'K12',
  name: 'slices-by-another-writer',
  summary:
    'Somebody else writes the EndpointSlices of a Service: splits, merges, repeats and moves endpoints, says nothing of their conditions, adds a hundred that are not ready.',
  harms: ['pods', 'traffic'],
  lastsMsMax: 8_000,
  isChange: true,
  aim(draw, _shape, plan) {
    const target = aimAtApplication(draw, plan);
    const parameters = { everyMs: 50 + draw('pace', 900), first: draw('layout', layouts.length) };
    return target === null ? null : { target, parameters };
  },
  begin(stage) {
    const { world, entry } = stage;
    const { store } = world.cluster.api;
    const service = servicesOf(world, entry.target).find((one) => slicesOf(world, one).length > 0);
    if (service === undefined) return nothing;
    const { namespace, name, uid } = service.metadata;
    const ports = slicesOf(world, service)[0]!['ports'];
    const steps = stepsOf(stage);
    writeByHand(stage, service, ports, steps);
    const giveBack = (): void => {
      const current = store.get('services', namespace, name);
      // One that was made anew meanwhile has its selector.
      if (current?.metadata.uid !== uid) return;
      const selector = service.spec?.['selector'] ?? null;
      store.mergePatch('services', namespace, name, { spec: { selector } });
    };
    // Both write for a while, so that there is no moment without any slice.
    steps.after(Math.max(0, entry.untilMs - entry.atMs - handOverMs), giveBack);
    return () => {
      steps.stop();
      giveBack();
      writeSlices(world, service, ports, []);
    };
  },
};

export const endpointFaults: readonly Fault[] = [flap, foreignSlices];
