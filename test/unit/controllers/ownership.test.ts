// What goes with what: owner references, namespaces, and the workloads beside Deployment.
import { expect, test } from 'vitest';
import { createSmallCluster, deploymentObject, serviceObject } from './small-cluster.ts';

const counts = (cluster: ReturnType<typeof createSmallCluster>) => [
  cluster.store.list('deployments.apps').length,
  cluster.store.list('replicasets.apps').length,
  cluster.store.list('pods').length,
];

const policies = [
  { policy: 'Background', left: [0, 0, 0] },
  { policy: 'Foreground', left: [0, 0, 0] },
  { policy: 'Orphan', left: [0, 1, 2] },
] as const;

for (const { policy, left } of policies) {
  test(`deleting a Deployment, ${policy}`, () => {
    const cluster = createSmallCluster();
    cluster.store.create('deployments.apps', deploymentObject('shop', 2));
    cluster.clock.advance(100);
    cluster.store.delete('deployments.apps', 'default', 'shop', { propagationPolicy: policy });
    cluster.clock.advance(5000);
    expect(counts(cluster)).toEqual(left);
  });
}

test('foreground deletion: the owner is the last to go', () => {
  const cluster = createSmallCluster();
  const gone: string[] = [];
  for (const resource of ['deployments.apps', 'replicasets.apps', 'pods']) {
    cluster.store.subscribe(resource, (type, object) => {
      if (type === 'DELETED') gone.push(object.kind);
    });
  }
  cluster.store.create('deployments.apps', deploymentObject('shop', 1));
  cluster.clock.advance(100);
  cluster.store.delete('deployments.apps', 'default', 'shop', { propagationPolicy: 'Foreground' });
  cluster.clock.advance(5000);
  expect(gone).toEqual(['Pod', 'ReplicaSet', 'Deployment']);
});

test('a deleted namespace empties itself, then goes', () => {
  const cluster = createSmallCluster();
  cluster.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const deployment = deploymentObject('shop', 2);
  const metadata = { ...deployment.metadata, namespace: 'shop' };
  cluster.store.create('deployments.apps', { ...deployment, metadata });
  cluster.store.create('services', { ...serviceObject('shop'), metadata });
  cluster.clock.advance(100);
  cluster.store.delete('namespaces', undefined, 'shop');
  cluster.clock.advance(10_000);
  expect(cluster.store.get('namespaces', undefined, 'shop')).toBeNull();
  expect(cluster.store.list('pods', { namespace: 'shop' })).toEqual([]);
  expect(cluster.store.list('endpointslices.discovery.k8s.io', { namespace: 'shop' })).toEqual([]);
});

const template = {
  metadata: { labels: { app: 'w' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};
const selector = { matchLabels: { app: 'w' } };

test('a StatefulSet names its pods by ordinal, in order, and shrinks from the top', () => {
  const cluster = createSmallCluster();
  cluster.store.create('statefulsets.apps', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: { replicas: 3, serviceName: 'db', selector, template },
  });
  cluster.clock.advance(1000);
  expect(cluster.pods().map((pod) => pod.metadata.name)).toEqual(['db-0', 'db-1', 'db-2']);
  cluster.store.mergePatch('statefulsets.apps', 'default', 'db', { spec: { replicas: 1 } });
  cluster.clock.advance(1000);
  expect(cluster.pods().map((pod) => pod.metadata.name)).toEqual(['db-0']);
  expect(cluster.calls.filter((call) => call.includes('TERM')).map((call) => call.split(' ')[2])).toEqual([
    'db-2/web',
    'db-1/web',
  ]);
});

test('a DaemonSet has one pod per node', () => {
  const cluster = createSmallCluster({ nodes: 4 });
  cluster.store.create('daemonsets.apps', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector, template },
  });
  cluster.clock.advance(1000);
  expect(
    cluster
      .pods()
      .map((pod) => pod.spec.nodeName)
      .sort(),
  ).toEqual(['node-1', 'node-2', 'node-3', 'node-4']);
  expect(cluster.store.get('daemonsets.apps', 'default', 'agent')!.status).toMatchObject({
    numberAvailable: 4,
  });
});

test('a Job runs until its completions are reached', () => {
  const cluster = createSmallCluster();
  const created = cluster.store.create('jobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once', namespace: 'default' },
    spec: {
      completions: 3,
      parallelism: 2,
      template: { spec: { ...template.spec, restartPolicy: 'Never' } },
    },
  });
  expect(created.ok).toBe(true);
  cluster.clock.advance(100);
  expect(cluster.processes.size).toBe(2);
  for (let round = 0; round < 3; round++) {
    for (const process of [...cluster.processes.values()]) process.exit(0);
    cluster.clock.advance(100);
  }
  expect(cluster.store.get('jobs.batch', 'default', 'once')!.status).toMatchObject({ succeeded: 3 });
  expect(cluster.processes.size).toBe(0);
});
