// A run may end early when all is as it should be, and never while something is wrong, however still it stands.
import { describe, expect, it } from 'vitest';
import { circumstancesOf } from '../../../../sim/history/circumstances.ts';
import { hasConverged } from '../../../../sim/history/early-end.ts';
import type { Plan } from '../../../../sim/history/plan.ts';
import { createWorld, type World } from '../../../../sim/world/world.ts';
import { planOf, readCrds } from '../faults/small-plan.ts';

const crds = readCrds();
const calm = planOf({ fault: 'crash-controller' }, 0);
const plan: Plan = { ...calm, timeline: [], clients: [] };

function isOver(world: World): boolean {
  const resources = new Set(world.evidence.store.map(({ resource }) => resource));
  const objects = new Map([...resources].map((name) => [name, world.cluster.api.store.list(name)]));
  return hasConverged(plan, world, circumstancesOf(plan, world.scheduler.nowUs, false, objects));
}

/** A world at rest, then something happens to it and it has a minute; whether it could end then. */
function check(happen: (world: World) => void): boolean {
  const world = createWorld({ seed: plan.seed, shape: plan.world, knobs: plan.knobs, crds });
  for (const { resource, object } of plan.objects) world.apply(resource, object);
  world.runSeconds(20);
  expect(isOver(world)).toBe(true);
  happen(world);
  world.runSeconds(60);
  return isOver(world);
}

const deleteIngress = (world: World): void =>
  void world.cluster.api.store.delete('ingresses.networking.k8s.io', 'default', 'shop');

const isolateGateway = (world: World): void =>
  void world.faults.partition(['controller-1', 'controller-2'], 'gateway-1');

/** From now on who answers is not up to the objects alone. */
function checkPods({ cluster }: World): void {
  const { store } = cluster.api;
  store.create('kongupstreampolicies.configuration.konghq.com', {
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongUpstreamPolicy',
    metadata: { namespace: 'default', name: 'checked' },
    spec: { healthchecks: { passive: { unhealthy: { httpFailures: 2 } } } },
  });
  const annotations = { 'konghq.com/upstream-policy': 'checked' };
  store.mergePatch('services', 'default', 'shop', { metadata: { annotations } });
}

function moveOutside({ cluster }: World): void {
  const spec = { type: 'ExternalName', externalName: 'shop.default.outside.example' };
  const result = cluster.api.store.mergePatch('services', 'default', 'shop', { spec });
  expect(result.ok).toBe(true);
}

describe('an early end', () => {
  it.each([
    ['nothing happens', () => {}, true],
    ['a deleted Ingress that gateways hear of', deleteIngress, true],
    [
      'a deleted Ingress that gateways cannot hear of',
      (world) => {
        isolateGateway(world);
        deleteIngress(world);
      },
      false,
    ],
    ['pods that gateways check', checkPods, true],
    ['a Service that becomes a name', moveOutside, true],
    [
      'a Service that becomes a name without a gateway hearing of it',
      (world) => {
        isolateGateway(world);
        moveOutside(world);
      },
      false,
    ],
    [
      'a worker that stands still',
      (world) => [...world.gateways[0]!.workers.values()][0]!.crash('power'),
      true,
    ],
    ['a controller that is gone', (world) => world.controllers[0]!.host.crash(), false],
    [
      'an Ingress that the reference has no opinion of',
      (world) => {
        const patch = { metadata: { annotations: { 'konghq.com/methods': 'GET' } } };
        world.cluster.api.store.mergePatch('ingresses.networking.k8s.io', 'default', 'shop', patch);
      },
      false,
    ],
  ] satisfies readonly (readonly [string, (world: World) => void, boolean])[])(
    '%s',
    (_name, happen, expected) => {
      expect(check(happen)).toBe(expected);
    },
  );
});

it('is not while nobody leads', () => {
  const world = createWorld({ seed: plan.seed, shape: plan.world, knobs: plan.knobs, crds });
  for (const { resource, object } of plan.objects) world.apply(resource, object);
  world.runSeconds(20);
  for (const { host } of world.controllers) host.restart();
  world.runSeconds(2);
  expect(isOver(world)).toBe(false);
  world.runSeconds(30);
  expect(isOver(world)).toBe(true);
});

interface PodLike {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
interface SliceLike {
  readonly endpoints: readonly { readonly conditions: { readonly ready?: boolean } }[];
}

function readyCounts({ cluster }: World): { readonly pods: number; readonly endpoints: number } {
  const { store } = cluster.api;
  const pods = store.list('pods') as readonly PodLike[];
  const slices = store.list('endpointslices.discovery.k8s.io') as unknown as readonly SliceLike[];
  const isReady = ({ status }: PodLike): boolean =>
    (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return {
    pods: pods.filter(isReady).length,
    endpoints: slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions.ready)
      .length,
  };
}

describe('a pod that is ready again', () => {
  it('is not at its end before its slice says so', () => {
    const world = createWorld({ seed: plan.seed, shape: plan.world, knobs: plan.knobs, crds });
    for (const { resource, object } of plan.objects) world.apply(resource, object);
    world.runSeconds(20);
    const [pod] = world.cluster.api.store.list('pods');
    world.cluster.pods.losePower(`${pod!.metadata.namespace}/${pod!.metadata.name}`)();
    const behind: boolean[] = [];
    for (let step = 0; step < 6_000; step++) {
      world.runSeconds(0.01);
      const { pods, endpoints } = readyCounts(world);
      if (pods > endpoints) behind.push(isOver(world));
    }
    expect(behind.length).toBeGreaterThan(0);
    expect(behind).not.toContain(true);
    expect(isOver(world)).toBe(true);
  });
});
