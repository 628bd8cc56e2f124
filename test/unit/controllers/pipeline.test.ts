// From a Deployment to endpoints: the whole pipeline in a clock that the test moves.
import { expect, test } from 'vitest';
import { createSmallCluster, deploymentObject, serviceObject } from './small-cluster.ts';

test('a Deployment becomes a ReplicaSet, pods with addresses, and one slice that lists them', () => {
  const cluster = createSmallCluster();
  cluster.store.create('services', serviceObject('shop'));
  cluster.store.create('deployments.apps', deploymentObject('shop', 3));
  cluster.clock.advance(100);
  const pods = cluster.pods();
  expect(pods.map((pod) => [pod.status?.phase, pod.spec.nodeName]).sort()).toEqual([
    ['Running', 'node-1'],
    ['Running', 'node-2'],
    ['Running', 'node-3'],
  ]);
  const slices = cluster.store.list('endpointslices.discovery.k8s.io');
  expect(slices).toHaveLength(1);
  const endpoints = slices[0]!['endpoints'] as { addresses: string[]; conditions: object }[];
  expect(endpoints.map((endpoint) => endpoint.addresses[0]).sort()).toEqual(
    pods.map((pod) => pod.status?.podIP).sort(),
  );
  expect(slices[0]!['ports']).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
  for (const endpoint of endpoints)
    expect(endpoint.conditions).toEqual({ ready: true, serving: true, terminating: false });
  const status = cluster.store.get('deployments.apps', 'default', 'shop')!.status!;
  expect(status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  expect(
    (status['conditions'] as { type: string; status: string; reason: string }[]).map((c) => [
      c.type,
      c.status,
      c.reason,
    ]),
  ).toEqual([
    ['Progressing', 'True', 'NewReplicaSetAvailable'],
    ['Available', 'True', 'MinimumReplicasAvailable'],
  ]);
});

test('scaling down takes pods out of the slice and ends them', () => {
  const cluster = createSmallCluster();
  cluster.store.create('services', serviceObject('shop'));
  cluster.store.create('deployments.apps', deploymentObject('shop', 5));
  cluster.clock.advance(100);
  cluster.store.mergePatch('deployments.apps', 'default', 'shop', { spec: { replicas: 2 } });
  cluster.clock.advance(100);
  expect(cluster.pods()).toHaveLength(2);
  expect(
    cluster.store.list('endpointslices.discovery.k8s.io').flatMap((slice) => slice['endpoints']),
  ).toHaveLength(2);
  expect(cluster.calls.filter((call) => call.includes('TERM'))).toHaveLength(3);
});

test('an idle cluster writes nothing but its node leases', () => {
  const cluster = createSmallCluster();
  cluster.store.create('services', serviceObject('shop'));
  cluster.store.create('deployments.apps', deploymentObject('shop', 3));
  cluster.clock.advance(30_000);
  const before = cluster.store.resourceVersion;
  cluster.clock.advance(60_000);
  expect(cluster.store.resourceVersion - before).toBe(3 * 6);
});
