// Deletions: options in the body and in the query, what is answered, and pods that their budgets hold.
import { describe, expect, test } from 'vitest';
import { startControllers } from '../../../sim/cluster/controllers/index.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createKeyedRandom } from '../../unit/controllers/manual-clock.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';

describe('options of a deletion', () => {
  test.each([
    [
      '?propagationPolicy=Sideways',
      undefined,
      'propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    ['', { propagationPolicy: 'Sideways' }, 'Unsupported value: "Sideways"'],
    ['', { propagationPolicy: 'Orphan', orphanDependents: true }, 'cannot be both set'],
  ])('%s %j are refused', (query, body, why) => {
    const fixture = createFixture();
    fixture.must('POST', configMaps, configMap('one'));
    const answer = fixture.ask('DELETE', `${configMaps}/one${query}`, body === undefined ? {} : { body });
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain(why);
    expect(fixture.ask('GET', `${configMaps}/one`).status).toBe(200);
  });

  test.each([
    ['?propagationPolicy=Orphan', undefined, ['orphan']],
    ['?orphanDependents=true', undefined, ['orphan']],
    ['', { orphanDependents: true }, ['orphan']],
    ['', { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
  ])('%s %j leave a finalizer for the garbage collector', (query, body, finalizers) => {
    const fixture = createFixture();
    fixture.must('POST', configMaps, configMap('one'));
    const answer = fixture.ask('DELETE', `${configMaps}/one${query}`, body === undefined ? {} : { body });
    expect((answer.body['metadata'] as { finalizers?: unknown }).finalizers).toEqual(finalizers);
  });

  test.each([
    ['', undefined],
    ['?orphanDependents=false', undefined],
    ['', { propagationPolicy: 'Background' }],
  ])('%s %j let it go at once', (query, body) => {
    const fixture = createFixture();
    fixture.must('POST', configMaps, configMap('one'));
    expect(
      fixture.ask('DELETE', `${configMaps}/one${query}`, body === undefined ? {} : { body }).body['kind'],
    ).toBe('Status');
  });
});

test('what is deleted and made again at once is told of as deleted', () => {
  const fixture = createFixture();
  const first = fixture.must('POST', configMaps, configMap('one'));
  const stop = fixture.api.store.subscribe('configmaps', (type) => {
    if (type === 'DELETED') fixture.must('POST', configMaps, configMap('one'));
  });
  const answer = fixture.ask('DELETE', `${configMaps}/one`);
  stop();
  expect(answer.body).toMatchObject({ kind: 'Status', details: { uid: first.metadata['uid'] } });
  expect(fixture.ask('GET', `${configMaps}/one`).status).toBe(200);
});

test.each(['default', 'kube-system', 'kube-public'])('the namespace %s cannot be deleted', (name) => {
  const answer = createFixture().ask('DELETE', `/api/v1/namespaces/${name}`);
  expect(answer.status).toBe(403);
  expect(answer.body['message']).toBe(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
});

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

function runningPod(fixture: Fixture, name: string, ready = 'True'): void {
  const labels = { app: 'web' };
  const spec = { nodeName: 'node-1', containers: [{ name: 'web', image: 'web:1' }] };
  fixture.must('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] };
  fixture.must('PATCH', `${pods}/${name}/status`, { status }, patchTypes.merge);
}

function budget(fixture: Fixture, name: string, spec: Readonly<Record<string, unknown>>): void {
  const selector = { matchLabels: { app: 'web' } };
  fixture.must('POST', budgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { selector, ...spec },
  });
}

function evict(fixture: Fixture, name: string) {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  return fixture.ask('POST', `${pods}/${name}/eviction`, { body });
}

describe('an eviction', () => {
  test.each<readonly [Readonly<Record<string, unknown>>, readonly string[], number]>([
    [{ minAvailable: 1 }, ['True', 'True'], 201],
    [{ minAvailable: 2 }, ['True', 'True'], 429],
    [{ minAvailable: '50%' }, ['True', 'True', 'True'], 201],
    [{ minAvailable: '67%' }, ['True', 'True', 'True'], 429],
    [{ maxUnavailable: 1 }, ['True', 'True'], 201],
    [{ maxUnavailable: 0 }, ['True', 'True'], 429],
    // What serves nobody may go while the others are enough.
    [{ minAvailable: 1 }, ['False', 'True'], 201],
    [{ minAvailable: 2 }, ['False', 'True'], 429],
  ])('under %j of pods that are ready %j is answered %i', (spec, ready, wanted) => {
    const fixture = createFixture();
    for (const [index, one] of ready.entries()) runningPod(fixture, `web-${index}`, one);
    budget(fixture, 'web', spec);
    const answer = evict(fixture, 'web-0');
    expect(answer.status, answer.text).toBe(wanted);
    if (wanted === 429)
      expect(answer.body['message']).toBe(
        "Cannot evict pod as it would violate the pod's disruption budget.",
      );
  });

  test('of a pod with two budgets is refused', () => {
    const fixture = createFixture();
    runningPod(fixture, 'web-0');
    budget(fixture, 'one', { minAvailable: 0 });
    budget(fixture, 'two', { minAvailable: 0 });
    expect(evict(fixture, 'web-0').body['message']).toContain('more than one PodDisruptionBudget');
  });

  test('counts those before it, also in the same moment', () => {
    const fixture = createFixture();
    for (const index of [0, 1, 2]) runningPod(fixture, `web-${index}`);
    budget(fixture, 'web', { minAvailable: 2 });
    expect([0, 1, 2].map((index) => evict(fixture, `web-${index}`).status)).toEqual([201, 429, 429]);
  });
});

test('the status of a budget follows its pods', () => {
  const fixture = createFixture();
  const { store } = fixture.api;
  const controllers = startControllers({
    store,
    clock: fixture.clock,
    random: createKeyedRandom(2),
    log: silentLog,
  });
  budget(fixture, 'web', { minAvailable: 1 });
  const status = () => fixture.ask('GET', `${budgets}/web`).body['status'];
  fixture.clock.advance(100);
  expect(status()).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
  for (const index of [0, 1]) runningPod(fixture, `web-${index}`);
  fixture.clock.advance(100);
  expect(status()).toMatchObject({
    expectedPods: 2,
    currentHealthy: 2,
    desiredHealthy: 1,
    disruptionsAllowed: 1,
  });
  expect(evict(fixture, 'web-0').status).toBe(201);
  fixture.clock.advance(100);
  expect(status()).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0 });
  controllers.stop();
});
