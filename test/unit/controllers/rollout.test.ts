// Rollouts as a user drives them: change, pause, undo, failure, Recreate, scaling in the middle, history.
import { expect, test } from 'vitest';
import { asWorkload, type Condition } from '../../../sim/cluster/controllers/kinds.ts';
import { isReady } from '../../../sim/cluster/controllers/pod-state.ts';
import { createSmallCluster, deploymentObject, type SmallCluster, serviceObject } from './small-cluster.ts';

const resource = 'deployments.apps';
const patch = (cluster: SmallCluster, spec: object) => {
  const result = cluster.store.mergePatch(resource, 'default', 'shop', { spec });
  if (!result.ok) throw new Error(result.error.message);
};
const setVersion = (cluster: SmallCluster, version: string) =>
  patch(cluster, { template: { metadata: { annotations: { version } } } });
const revision = (cluster: SmallCluster) =>
  cluster.store.get(resource, 'default', 'shop')!.metadata.annotations?.['deployment.kubernetes.io/revision'];
const progressing = (cluster: SmallCluster) => {
  const conditions = cluster.store.get(resource, 'default', 'shop')!.status![
    'conditions'
  ] as readonly Condition[];
  const condition = conditions.find(({ type }) => type === 'Progressing')!;
  return [condition.status, condition.reason];
};
const sizes = (cluster: SmallCluster) =>
  cluster.store
    .list('replicasets.apps')
    .map((set) => asWorkload(set).spec.replicas)
    .sort();

function start(replicas: number, spec: object = {}): SmallCluster {
  const cluster = createSmallCluster();
  const created = cluster.store.create(resource, deploymentObject('shop', replicas, { spec }));
  if (!created.ok) throw new Error(created.error.message);
  cluster.clock.advance(2000);
  return cluster;
}

test('undo goes back to the old ReplicaSet under a new revision', () => {
  const cluster = start(3);
  const first = cluster.store.list('replicasets.apps')[0]!.metadata.name;
  expect(revision(cluster)).toBe('1');
  setVersion(cluster, '2');
  cluster.clock.advance(5000);
  expect([revision(cluster), sizes(cluster)]).toEqual(['2', [0, 3]]);
  patch(cluster, { template: { metadata: { annotations: null } } });
  cluster.clock.advance(5000);
  const back = cluster.store.get('replicasets.apps', 'default', first)!;
  expect([revision(cluster), asWorkload(back).spec.replicas]).toEqual(['3', 3]);
  expect(back.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision-history': '1' });
});

test('paused: scales, but does not roll until resumed', () => {
  const cluster = start(2);
  patch(cluster, { paused: true });
  setVersion(cluster, '2');
  patch(cluster, { replicas: 4 });
  cluster.clock.advance(5000);
  expect([sizes(cluster), progressing(cluster)]).toEqual([[4], ['Unknown', 'DeploymentPaused']]);
  patch(cluster, { paused: false });
  cluster.clock.advance(5000);
  expect([sizes(cluster), progressing(cluster)]).toEqual([
    [0, 4],
    ['True', 'NewReplicaSetAvailable'],
  ]);
});

test('a rollout that never becomes ready passes its deadline and keeps the old pods', () => {
  const cluster = start(4, { progressDeadlineSeconds: 30 });
  cluster.probe = () => false;
  const readinessProbe = { httpGet: { path: '/', port: 8080 } };
  patch(cluster, { template: { spec: { containers: [{ name: 'web', image: 'web:2', readinessProbe }] } } });
  cluster.clock.advance(20_000);
  expect(progressing(cluster)[1]).toBe('ReplicaSetUpdated');
  cluster.clock.advance(20_000);
  expect(progressing(cluster)).toEqual(['False', 'ProgressDeadlineExceeded']);
  expect(cluster.availableCount()).toBe(3);
});

test('Recreate: no new pod before the last old one is gone', () => {
  const cluster = start(2, { strategy: { type: 'Recreate' } });
  let together = false;
  cluster.onTerminate = () => 'ignore';
  cluster.store.subscribe('pods', () => {
    const hashes = new Set(cluster.pods().map((pod) => pod.metadata.labels?.['pod-template-hash']));
    together ||= hashes.size > 1;
  });
  setVersion(cluster, '2');
  cluster.clock.advance(20_000);
  expect(cluster.pods()).toHaveLength(2);
  cluster.clock.advance(20_000);
  expect([together, sizes(cluster), cluster.availableCount()]).toEqual([false, [0, 2], 2]);
});

test('history is limited', () => {
  const cluster = start(1, { revisionHistoryLimit: 2 });
  for (const version of ['2', '3', '4', '5']) {
    setVersion(cluster, version);
    cluster.clock.advance(5000);
  }
  expect(sizes(cluster)).toEqual([0, 0, 1]);
});

test('every ready pod is in exactly one slice, and no slice is over its limit', () => {
  const cluster = createSmallCluster({ endpointsPerSliceMax: 3 });
  cluster.store.create('services', serviceObject('shop'));
  cluster.store.create(resource, deploymentObject('shop', 10));
  for (const replicas of [10, 4, 13, 0, 7]) {
    patch(cluster, { replicas });
    cluster.clock.advance(5000);
    const slices = cluster.store.list('endpointslices.discovery.k8s.io');
    const endpoints = slices.map(
      (slice) => (slice['endpoints'] ?? []) as readonly { addresses: readonly string[] }[],
    );
    for (const list of endpoints) expect(list.length).toBeLessThanOrEqual(3);
    const ready = cluster
      .pods()
      .filter(isReady)
      .map((pod) => pod.status?.podIP);
    expect(
      endpoints
        .flat()
        .map((endpoint) => endpoint.addresses[0])
        .sort(),
    ).toEqual(ready.sort());
    expect(ready).toHaveLength(replicas);
    expect(slices.length).toBeGreaterThan(0);
  }
});
