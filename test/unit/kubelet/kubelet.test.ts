// What a kubelet does and when: probes, restarts with back-off, and the steps of a termination, in seconds of its clock.
import { expect, test } from 'vitest';
import { conditionOf } from '../../../sim/cluster/controllers/pod-state.ts';
import { preStopMs } from '../../../sim/cluster/kubelet/termination.ts';
import { createSmallCluster, type SmallCluster } from '../controllers/small-cluster.ts';

function startPod(cluster: SmallCluster, container: object, spec: object = {}): void {
  cluster.clock.advance(100);
  const created = cluster.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', labels: { app: 'p' } },
    spec: { containers: [{ name: 'c', image: 'c:1', ...container }], ...spec },
  });
  if (!created.ok) throw new Error(created.error.message);
}

const ready = (cluster: SmallCluster) => conditionOf(cluster.pods()[0]?.status?.conditions, 'Ready')?.status;
const httpGet = { path: '/', port: 80 };

/** Second (to 100 ms) at which a condition first holds, counted from now. */
function secondsUntil(cluster: SmallCluster, holds: () => boolean, most = 120): number {
  const startMs = cluster.clock.elapsedMs;
  while (!holds() && cluster.clock.elapsedMs - startMs < most * 1000) cluster.clock.advance(100);
  return Math.round((cluster.clock.elapsedMs - startMs) / 100) / 10;
}

const readinessTable = [
  { name: 'defaults: at once', probe: { httpGet }, least: 0, most: 0.2 },
  { name: 'initial delay', probe: { httpGet, initialDelaySeconds: 5 }, least: 4.9, most: 5.2 },
  {
    name: 'three successes',
    probe: { httpGet, periodSeconds: 2, successThreshold: 3 },
    least: 3.9,
    most: 4.2,
  },
];

for (const { name, probe, least, most } of readinessTable) {
  test(`readiness, ${name}`, () => {
    const cluster = createSmallCluster();
    startPod(cluster, { readinessProbe: probe });
    const seconds = secondsUntil(cluster, () => ready(cluster) === 'True');
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThanOrEqual(most);
  });
}

test('a silent pod stays ready until three probes timed out', () => {
  const cluster = createSmallCluster();
  startPod(cluster, { readinessProbe: { httpGet } });
  secondsUntil(cluster, () => ready(cluster) === 'True');
  cluster.probe = () => 'silent';
  const seconds = secondsUntil(cluster, () => ready(cluster) === 'False');
  expect(seconds).toBeGreaterThanOrEqual(30);
  expect(seconds).toBeLessThanOrEqual(31.5);
});

test('a failing liveness probe restarts the container', () => {
  const cluster = createSmallCluster();
  startPod(cluster, { livenessProbe: { httpGet, periodSeconds: 1 } });
  cluster.clock.advance(2000);
  cluster.probe = () => false;
  secondsUntil(cluster, () => (cluster.pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  expect(cluster.calls.map((call) => call.split(' ').slice(1).join(' '))).toEqual([
    'start p/c',
    'TERM p/c',
    'start p/c',
  ]);
});

test('a startup probe holds the others back', () => {
  const cluster = createSmallCluster();
  let up = false;
  cluster.probe = (_pod, probe) => (probe['periodSeconds'] === 3 ? up : true);
  startPod(cluster, {
    startupProbe: { httpGet, periodSeconds: 3, failureThreshold: 30 },
    readinessProbe: { httpGet },
  });
  cluster.clock.advance(10_000);
  expect(ready(cluster)).toBe('False');
  up = true;
  expect(secondsUntil(cluster, () => ready(cluster) === 'True')).toBeLessThanOrEqual(3.2);
});

test('a crashing container waits longer each time: 0, 10, 20, 40 seconds', () => {
  const cluster = createSmallCluster();
  startPod(cluster, {});
  const pauses: number[] = [];
  for (let i = 0; i < 4; i++) {
    secondsUntil(cluster, () => cluster.processes.size === 1);
    cluster.processes.get('p/c')!.exit(1);
    pauses.push(Math.floor(secondsUntil(cluster, () => cluster.processes.size === 1)));
  }
  expect(pauses).toEqual([0, 10, 20, 40]);
  expect(cluster.store.list('events').some((event) => event['reason'] === 'BackOff')).toBe(true);
});

const sleepHook = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } };
const terminationTable = [
  { name: 'ends on TERM', lifecycle: undefined, code: 0, grace: 30, steps: ['0 TERM'], gone: 0 },
  {
    name: 'ignores TERM',
    lifecycle: undefined,
    code: 'ignore',
    grace: 10,
    steps: ['0 TERM', '10 KILL'],
    gone: 10,
  },
  { name: 'preStop sleeps first', lifecycle: sleepHook, code: 0, grace: 30, steps: ['5 TERM'], gone: 5 },
  {
    name: 'preStop overruns',
    lifecycle: sleepHook,
    code: 'ignore',
    grace: 5,
    steps: ['5 TERM', '7 KILL'],
    gone: 7,
  },
] as const;

for (const { name, lifecycle, code, grace, steps, gone } of terminationTable) {
  test(`termination: ${name}`, () => {
    const cluster = createSmallCluster();
    cluster.onTerminate = () => code;
    startPod(cluster, lifecycle === undefined ? {} : { lifecycle }, { terminationGracePeriodSeconds: grace });
    cluster.clock.advance(1000);
    const startSeconds = cluster.clock.elapsedMs / 1000;
    cluster.calls.length = 0;
    cluster.store.delete('pods', 'default', 'p');
    const seconds = secondsUntil(cluster, () => cluster.pods().length === 0);
    cluster.clock.advance(100);
    const seen = cluster.calls.map(
      (call) => `${Math.round(Number(call.split(' ')[0]) - startSeconds)} ${call.split(' ')[1]}`,
    );
    expect(seen.filter((call) => !call.endsWith('dispose'))).toEqual(steps);
    expect(Math.floor(seconds)).toBe(gone);
    expect(cluster.kubelets.podCount).toBe(0);
  });
}

test('deletion with grace 0 removes the pod at once and stops its process', () => {
  const cluster = createSmallCluster();
  cluster.onTerminate = () => 'ignore';
  startPod(cluster, {});
  cluster.clock.advance(1000);
  cluster.store.delete('pods', 'default', 'p', { gracePeriodSeconds: 0 });
  expect(cluster.pods()).toEqual([]);
  cluster.clock.advance(100);
  expect(cluster.processes.size).toBe(0);
});

test('a lost node becomes NotReady after its grace, and its pods unready', () => {
  const cluster = createSmallCluster({ nodes: 1 });
  startPod(cluster, {});
  cluster.clock.advance(1000);
  cluster.kubelets.setNodeAlive('node-1', false);
  cluster.clock.advance(40_000);
  expect(ready(cluster)).toBe('True');
  cluster.clock.advance(30_000);
  expect(ready(cluster)).toBe('False');
  cluster.kubelets.setNodeAlive('node-1', true);
  cluster.clock.advance(10_000);
  expect(cluster.store.get('nodes', undefined, 'node-1')!.spec?.['taints']).toBeUndefined();
});

const hooks = [
  [{ sleep: { seconds: 3 } }, 3000],
  [{ exec: { command: ['sleep', '10'] } }, 10_000],
  [{ exec: { command: ['/bin/sh', '-c', 'nginx -s quit; sleep 2.5s'] } }, 2500],
  [{ exec: { command: ['/bin/sleep', '1'] } }, 1000],
  [{ exec: { command: ['nginx', '-s', 'quit'] } }, 0],
  [undefined, 0],
] as const;

test.each(hooks)('preStop %j takes %i ms', (hook, ms) => {
  expect(preStopMs(hook)).toBe(ms);
});
