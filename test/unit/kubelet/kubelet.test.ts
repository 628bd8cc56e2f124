// What a kubelet does and when: probes, restarts with back-off, and the steps of a termination, in seconds of its clock.
import { expect, test } from 'vitest';
import { asPod, type ContainerStatus } from '../../../sim/cluster/controllers/kinds.ts';
import { conditionOf } from '../../../sim/cluster/controllers/pod-state.ts';
import { preStopMs } from '../../../sim/cluster/kubelet/termination.ts';
import { createSmallCluster, type SmallCluster, serviceObject } from '../controllers/small-cluster.ts';

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
  { name: 'initial delay', probe: { httpGet, initialDelaySeconds: 5 }, least: 4.9, most: 15.2 },
  {
    name: 'initial delay, then within one period',
    probe: { httpGet, initialDelaySeconds: 5, periodSeconds: 1 },
    least: 4.9,
    most: 6.2,
  },
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

test('the first probe after the initial delay falls anywhere within the period, the same again with the same seed', () => {
  const firstAt = (seed: number): number => {
    const cluster = createSmallCluster({ seed });
    startPod(cluster, { readinessProbe: { httpGet, initialDelaySeconds: 5 } });
    return secondsUntil(cluster, () => ready(cluster) === 'True');
  };
  const seconds = [1, 2, 3, 4, 5, 6, 7, 8].map(firstAt);
  expect(new Set(seconds).size).toBeGreaterThan(4);
  for (const second of seconds) expect(second >= 4.9 && second <= 15.2).toBe(true);
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(firstAt)).toEqual(seconds);
});

/** What a watcher of the pod saw: each change of readiness with the container's state and restarts. */
function watchReadiness(cluster: SmallCluster): string[] {
  const seen: string[] = [];
  cluster.store.subscribe('pods', (_type, object) => {
    const status = asPod(object).status;
    const container = status?.containerStatuses?.[0];
    const flags = ['ContainersReady', 'Ready'].map((type) => conditionOf(status?.conditions, type)?.status);
    const last = Object.keys(container?.lastState ?? {})[0] ?? 'none';
    const state = Object.keys(container?.state ?? {})[0] ?? 'none';
    const line = `${flags.join('/')} ${state} last ${last} restarts ${container?.restartCount ?? 0}`;
    if (seen.at(-1) !== line) seen.push(line);
  });
  return seen;
}

const readyFlags = (cluster: SmallCluster): readonly unknown[] =>
  cluster.store
    .list('endpointslices.discovery.k8s.io')
    .flatMap((slice) => slice['endpoints'] as readonly { conditions: { ready: boolean } }[])
    .map((endpoint) => endpoint.conditions.ready);

const noticeTable = [
  {
    name: 'without a readiness probe it is ready when it is seen running again',
    container: {},
    end: ['False/False running last terminated restarts 1', 'True/True running last terminated restarts 1'],
  },
  {
    name: 'with one, when it passes again',
    container: { readinessProbe: { httpGet, periodSeconds: 1 } },
    end: ['False/False running last terminated restarts 1', 'True/True running last terminated restarts 1'],
  },
];

for (const { name, container, end } of noticeTable) {
  test(`a crashed container makes its pod unready: ${name}`, () => {
    const cluster = createSmallCluster({
      delays: { 'container-notice': () => 700, 'kubelet-status': () => 20 },
    });
    cluster.store.create('services', serviceObject('p'));
    startPod(cluster, container);
    secondsUntil(cluster, () => readyFlags(cluster)[0] === true);
    const seen = watchReadiness(cluster);
    cluster.processes.get('p/c')!.exit(1);
    cluster.clock.advance(600);
    expect([seen, readyFlags(cluster)]).toEqual([[], [true]]);
    cluster.clock.advance(150);
    expect(readyFlags(cluster)).toEqual([false]);
    secondsUntil(cluster, () => readyFlags(cluster)[0] === true);
    expect(seen).toEqual(['False/False terminated last none restarts 0', ...end]);
  });
}

test('a crashed container is reported before it runs again even where nothing takes time', () => {
  const cluster = createSmallCluster();
  startPod(cluster, {});
  cluster.clock.advance(1000);
  const seen = watchReadiness(cluster);
  cluster.processes.get('p/c')!.exit(3);
  cluster.clock.advance(1000);
  expect(seen[0]).toBe('False/False terminated last none restarts 0');
  expect(seen.at(-1)).toBe('True/True running last terminated restarts 1');
});

test('in back-off the pod waits, with what ended before', () => {
  const cluster = createSmallCluster();
  startPod(cluster, {});
  for (let i = 0; i < 2; i++) {
    cluster.clock.advance(1000);
    cluster.processes.get('p/c')!.exit(2);
  }
  cluster.clock.advance(1000);
  const status = cluster.pods()[0]!.status!.containerStatuses![0]!;
  expect(status).toMatchObject({
    ready: false,
    started: false,
    restartCount: 1,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 2, reason: 'Error' } },
  });
  expect([ready(cluster), cluster.pods()[0]!.status!.phase]).toEqual(['False', 'Running']);
});

test('init containers run in order before the others, sidecars stay', () => {
  const cluster = createSmallCluster({ delays: { 'container-start': () => 1000 } });
  const initContainers = [
    { name: 'first', image: 'i:1' },
    { name: 'side', image: 'i:1', restartPolicy: 'Always' },
    { name: 'last', image: 'i:1' },
  ];
  startPod(cluster, {}, { initContainers });
  const states = () => {
    const status = cluster.pods()[0]!.status!;
    const all = [
      ...(status['initContainerStatuses'] as readonly ContainerStatus[]),
      ...status.containerStatuses!,
    ];
    const words = all.map((one) => Object.keys(one.state ?? {})[0]!.slice(0, 4));
    return `${words.join(' ')} ${conditionOf(status.conditions, 'Initialized')?.status}`;
  };
  const seen: string[] = [];
  for (let tick = 0; tick < 80; tick++) {
    cluster.clock.advance(100);
    if (seen.at(-1) !== states()) seen.push(states());
  }
  expect(seen).toEqual([
    'wait wait wait wait False',
    'runn wait wait wait False',
    'term wait wait wait False',
    'term runn wait wait False',
    'term runn runn wait False',
    'term runn term wait True',
    'term runn term runn True',
  ]);
  expect([ready(cluster), cluster.pods()[0]!.status!.phase]).toEqual(['True', 'Running']);
});

test('a probe that answers too late counts as failed', () => {
  const cluster = createSmallCluster();
  cluster.probe = () => 'silent';
  startPod(cluster, {
    readinessProbe: { httpGet, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 1 },
  });
  cluster.clock.advance(4000);
  const messages = cluster.store
    .list('events')
    .filter((event) => event['reason'] === 'Unhealthy')
    .map((event) => event['message']);
  expect(messages).toEqual(['Readiness probe failed: c: no answer within the probe timeout']);
});

test('a startup probe that never passes restarts the container, and nothing else probes it', () => {
  const cluster = createSmallCluster();
  const kinds = new Set<number>();
  cluster.probe = (_pod, probe) => {
    kinds.add(Number(probe['periodSeconds']));
    return false;
  };
  startPod(cluster, {
    startupProbe: { httpGet, periodSeconds: 2, failureThreshold: 3 },
    livenessProbe: { httpGet, periodSeconds: 1 },
  });
  const seconds = secondsUntil(cluster, () => cluster.calls.some((call) => call.includes('TERM')));
  expect([...kinds]).toEqual([2]);
  expect(seconds >= 4 && seconds <= 6.2).toBe(true);
});

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
  expect(ready(cluster)).toBe('True');
});

test('a node that is cut off says and hears nothing: its pods run on, and are ended when it is back', () => {
  const cluster = createSmallCluster({ nodes: 1 });
  startPod(cluster, {});
  cluster.clock.advance(1000);
  cluster.kubelets.setNodeAlive('node-1', false);
  cluster.probe = () => false;
  cluster.store.delete('pods', 'default', 'p', { gracePeriodSeconds: 0 });
  cluster.clock.advance(20_000);
  expect([cluster.pods().length, cluster.processes.size]).toEqual([0, 1]);
  cluster.kubelets.setNodeAlive('node-1', true);
  cluster.clock.advance(1000);
  expect(cluster.processes.size).toBe(0);
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
