// A user's manifests as a world: what is read from them, what is said when they cannot be used, and that pods do what their
// annotation says.
import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../../sim/cluster/store-api.ts';
import { readManifestWorld } from '../../../../sim/history/generate/manifest-world.ts';
import { planAt } from '../../../../sim/history/generate/plan-at.ts';
import { judge } from '../../../../sim/history/judge.ts';
import { runHistory } from '../../../../sim/history/run.ts';
import { shopClass, shopDeployment, shopIngress, shopService } from '../../../../sim/world/shop.ts';

const resources: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  Service: 'services',
  Ingress: 'ingresses.networking.k8s.io',
  IngressClass: 'ingressclasses.networking.k8s.io',
};
const kinds = {
  resourceOf: (_apiVersion: string, kind: string) =>
    resources[kind] === undefined ? null : { resource: resources[kind], namespaced: kind !== 'IngressClass' },
};

function deployment(behaviour: string | null): StoredObject {
  const plain = shopDeployment(2, 'v1') as StoredObject & { spec: { template: Record<string, unknown> } };
  const annotations = behaviour === null ? {} : { 'tidegate.dev/pod-behaviour': behaviour };
  const template = { ...plain.spec.template, metadata: { labels: { app: 'shop' }, annotations } };
  return { ...plain, spec: { ...plain.spec, template } };
}

const shop = (behaviour: string | null): readonly StoredObject[] => [
  shopClass,
  deployment(behaviour),
  shopService,
  shopIngress,
];

/** The environment that the pods get, or what is wrong. */
function check(objects: readonly StoredObject[]): Readonly<Record<string, string>> | string {
  const world = readManifestWorld(objects, kinds);
  if (!world.ok) return world.error;
  const found = world.value.objects.find(({ resource }) => resource === 'deployments.apps')!
    .object as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  return Object.fromEntries(
    found.spec.template.spec.containers[0]!.env.map(({ name, value }) => [name, value]),
  );
}

describe('manifests', () => {
  it.each<[string, readonly StoredObject[], Readonly<Record<string, string>> | string]>([
    ['nothing said', shop(null), { POD_LATENCY_MS: '1-20', POD_DRAIN: 'closes-listener' }],
    [
      'said by annotation; what the container sets itself stays',
      shop('drain=serves, latency-ms=300, drain-ms=500'),
      { POD_LATENCY_MS: '1-20', POD_DRAIN: 'serves', POD_DRAIN_MS: '500' },
    ],
    [
      'a name that is none',
      shop('dra1n=serves'),
      "Deployment shop: annotation tidegate.dev/pod-behaviour has 'dra1n=serves'; it takes name=value with a name of latency-ms, error-rate, status, ready-after-ms, crash-after-ms, exit-after-ms, exit-code, drain, drain-ms, drain-unready",
    ],
    [
      'a kind that is not there',
      [{ apiVersion: 'example.com/v1', kind: 'Boat', metadata: { name: 'b' } }],
      'Boat b: the simulated cluster has no kind example.com/v1/Boat',
    ],
    [
      'nothing to ask for',
      [deployment(null)],
      'no Ingress with a rule is among the manifests, so there is nothing that clients could ask for',
    ],
  ])('%s', (_name, objects, expected) => {
    expect(check(objects)).toEqual(expected);
  });

  it.each([0, 1, 2])('make histories that go well and are equal (plan %i)', (index) => {
    const world = readManifestWorld(shop('drain=serves'), kinds);
    if (!world.ok) throw new Error(world.error);
    const plan = planAt(5, index, { manifests: world.value, faults: [] });
    const [first, second] = [runHistory(plan, { crds: [] }), runHistory(plan, { crds: [] })];
    expect(judge(first).findings).toEqual([]);
    expect(first.evidence.requests.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
    expect(second.hash).toBe(first.hash);
  });
});
