// StatefulSet and DaemonSet histories as `kubectl rollout` reads and applies them, Jobs to their end, CronJobs, and pods
// that fit on no node.
import { expect, test } from 'vitest';
import { asPod, asWorkload } from '../../../sim/cluster/controllers/kinds.ts';
import { conditionOf } from '../../../sim/cluster/controllers/pod-state.ts';
import { strategicMerge } from '../../../sim/cluster/patch/strategic-merge.ts';
import { builtInDefinitions } from '../../../sim/cluster/resources/built-in.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createSmallCluster, type SmallCluster } from './small-cluster.ts';

interface Revision extends StoredObject {
  readonly revision: number;
}

function workload(kind: string, spec: object): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'w', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'w' } },
      template: {
        metadata: { labels: { app: 'w' } },
        spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] }] },
      },
      ...spec,
    },
  };
}

function create(cluster: SmallCluster, resource: string, object: StoredObject): void {
  const created = cluster.store.create(resource, object);
  if (!created.ok) throw new Error(created.error.message);
}

const setImage = (cluster: SmallCluster, resource: string, image: string): void => {
  const result = cluster.store.mergePatch(resource, 'default', 'w', {
    spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
  });
  if (!result.ok) throw new Error(result.error.message);
};

/** Revision numbers with the image each would bring back, oldest first. */
function history(cluster: SmallCluster): readonly string[] {
  return cluster.store
    .list('controllerrevisions.apps')
    .map((object) => object as Revision)
    .sort((a, b) => a.revision - b.revision)
    .map((object) => {
      const data = object['data'] as { spec: { template: { spec: { containers: { image: string }[] } } } };
      return `${object.revision} ${data.spec.template.spec.containers[0]!.image}`;
    });
}

/** What `kubectl rollout undo --to-revision` does: the revision's data as a strategic merge patch. */
function undo(cluster: SmallCluster, resource: string, kind: string, to: number): void {
  const revision = cluster.store
    .list('controllerrevisions.apps')
    .find((object) => (object as Revision).revision === to)!;
  const schema = builtInDefinitions().find((definition) => definition.kind === kind)!.schema;
  const current = cluster.store.get(resource, 'default', 'w')!;
  const updated = cluster.store.update(
    resource,
    strategicMerge(schema, current, revision['data']) as StoredObject,
  );
  if (!updated.ok) throw new Error(updated.error.message);
}

const images = (cluster: SmallCluster) =>
  [...new Set(cluster.pods().map((pod) => pod.spec.containers[0]!.image))].join(' ');

const kinds = [
  { kind: 'StatefulSet', resource: 'statefulsets.apps', spec: { replicas: 2, serviceName: 'w' } },
  { kind: 'DaemonSet', resource: 'daemonsets.apps', spec: {} },
];

for (const { kind, resource, spec } of kinds) {
  test(`${kind}: every template is a revision, undo makes an old one the newest`, () => {
    const cluster = createSmallCluster();
    create(cluster, resource, workload(kind, spec));
    cluster.clock.advance(5000);
    expect(history(cluster)).toEqual(['1 web:1']);
    setImage(cluster, resource, 'web:2');
    cluster.clock.advance(10_000);
    expect([history(cluster), images(cluster)]).toEqual([['1 web:1', '2 web:2'], 'web:2']);
    undo(cluster, resource, kind, 1);
    cluster.clock.advance(10_000);
    expect([history(cluster), images(cluster)]).toEqual([['2 web:2', '3 web:1'], 'web:1']);
    const env = asWorkload(cluster.store.get(resource, 'default', 'w')!).spec.template.spec.containers[0]!
      .env;
    expect(env).toEqual([{ name: 'A', value: '1' }]);
  });

  test(`${kind}: only so many revisions are kept, and they go with their owner`, () => {
    const cluster = createSmallCluster();
    create(cluster, resource, workload(kind, { ...spec, revisionHistoryLimit: 2 }));
    cluster.clock.advance(5000);
    for (let version = 2; version <= 5; version++) {
      setImage(cluster, resource, `web:${version}`);
      cluster.clock.advance(10_000);
    }
    expect(history(cluster)).toEqual(['3 web:3', '4 web:4', '5 web:5']);
    cluster.store.delete(resource, 'default', 'w');
    cluster.clock.advance(10_000);
    expect(history(cluster)).toEqual([]);
  });
}

test('a StatefulSet says which revision it is at and which it goes to', () => {
  const cluster = createSmallCluster();
  create(cluster, 'statefulsets.apps', workload('StatefulSet', { replicas: 2, serviceName: 'w' }));
  cluster.clock.advance(5000);
  const status = () => cluster.store.get('statefulsets.apps', 'default', 'w')!.status!;
  expect(status()['currentRevision']).toBe(status()['updateRevision']);
  const before = status()['currentRevision'];
  cluster.probe = () => false;
  const readinessProbe = { httpGet: { path: '/', port: 80 } };
  cluster.store.mergePatch('statefulsets.apps', 'default', 'w', {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2', readinessProbe }] } } },
  });
  cluster.clock.advance(10_000);
  expect(status()).toMatchObject({ currentRevision: before, updatedReplicas: 1, readyReplicas: 1 });
  expect(status()['updateRevision']).not.toBe(before);
});

function job(spec: object): StoredObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default' },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: 'work:1' }] } },
      ...spec,
    },
  };
}

/** Ends every running container with `code`, second by second, until nothing runs any more. */
function finishAll(cluster: SmallCluster, code: number, secondsMax: number): void {
  for (let second = 0; second < secondsMax; second++) {
    cluster.clock.advance(1000);
    for (const process of [...cluster.processes.values()]) process.exit(code);
  }
}

const jobTable = [
  { name: 'one completion', spec: {}, code: 0, condition: 'Complete', counts: { succeeded: 1 } },
  {
    name: 'three, two at a time',
    spec: { completions: 3, parallelism: 2 },
    code: 0,
    condition: 'Complete',
    counts: { succeeded: 3 },
  },
  {
    name: 'failing beyond its limit',
    spec: { backoffLimit: 1 },
    code: 1,
    condition: 'Failed',
    counts: { failed: 2 },
  },
];

for (const { name, spec, code, condition, counts } of jobTable) {
  test(`Job: ${name}`, () => {
    const cluster = createSmallCluster();
    create(cluster, 'jobs.batch', job(spec));
    finishAll(cluster, code, 60);
    const status = asWorkload(cluster.store.get('jobs.batch', 'default', 'j')!).status!;
    expect(status).toMatchObject(counts);
    expect(conditionOf(status.conditions, condition)?.status).toBe('True');
    expect(status['active']).toBeUndefined();
    const phases = new Set(cluster.pods().map((pod) => pod.status?.phase));
    expect([...phases]).toEqual([code === 0 ? 'Succeeded' : 'Failed']);
  });
}

test('Job: a finished one goes after its time to live, its pods with it', () => {
  const cluster = createSmallCluster();
  create(cluster, 'jobs.batch', job({ ttlSecondsAfterFinished: 20 }));
  finishAll(cluster, 0, 10);
  expect(cluster.pods()).toHaveLength(1);
  cluster.clock.advance(30_000);
  expect([cluster.pods(), cluster.store.list('jobs.batch')]).toEqual([[], []]);
});

const eventsOf = (cluster: SmallCluster, reason: string) =>
  cluster.store.list('events').filter((event) => event['reason'] === reason);

test('a CronJob says that it will not run', () => {
  const cluster = createSmallCluster();
  create(cluster, 'cronjobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'default' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: job({}).spec } },
  });
  cluster.clock.advance(100);
  expect(eventsOf(cluster, 'ScheduleNotRun').map((event) => event['message'])).toEqual([
    'Stored only: this cluster keeps no schedules. Run it once with: kubectl create job nightly-once --from=cronjob/nightly -n default',
  ]);
});

function pod(spec: object): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'c:1' }], ...spec },
  };
}

test('a pod that fits on no node waits, says why, and starts when a node fits', () => {
  const cluster = createSmallCluster({ nodes: 2 });
  create(cluster, 'pods', pod({ nodeSelector: { disk: 'fast' } }));
  cluster.clock.advance(1000);
  const current = () => asPod(cluster.store.get('pods', 'default', 'p')!);
  const message = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
  expect(current().status?.phase).toBe('Pending');
  expect(conditionOf(current().status?.conditions, 'PodScheduled')).toMatchObject({
    status: 'False',
    reason: 'Unschedulable',
    message,
  });
  expect(eventsOf(cluster, 'FailedScheduling').map((event) => event['message'])).toEqual([message]);
  cluster.store.mergePatch('nodes', undefined, 'node-2', { metadata: { labels: { disk: 'fast' } } });
  cluster.clock.advance(1000);
  expect([current().spec.nodeName, current().status?.phase]).toEqual(['node-2', 'Running']);
});

test('cordoned and tainted nodes take nobody, and are counted by reason', () => {
  const cluster = createSmallCluster({ nodes: 3 });
  cluster.clock.advance(100);
  cluster.store.mergePatch('nodes', undefined, 'node-1', { spec: { unschedulable: true } });
  const taints = [{ key: 'only', value: 'them', effect: 'NoSchedule' }];
  for (const node of ['node-2', 'node-3'])
    cluster.store.mergePatch('nodes', undefined, node, { spec: { taints } });
  create(cluster, 'pods', pod({}));
  cluster.clock.advance(1000);
  expect(eventsOf(cluster, 'FailedScheduling').map((event) => event['message'])).toEqual([
    '0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated taint {only: them}.',
  ]);
  cluster.store.mergePatch('nodes', undefined, 'node-1', { spec: { unschedulable: null } });
  cluster.clock.advance(1000);
  expect(cluster.pods()[0]!.spec.nodeName).toBe('node-1');
});
