// What counts as a change, and what snapshots share.
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore, type StoreEvent } from '../../../src/store/store.ts';

function service(port: number, more: object = {}, status: unknown = undefined): KubeObject {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', namespace: 'default', ...more },
    spec: { ports: [{ port }] },
    status,
  };
  return object as KubeObject;
}

function check(next: KubeObject, expected: boolean): void {
  const store = createStore();
  expect(store.apply({ type: 'upsert', object: service(80) })).toBe(true);
  const before = store.snapshot();
  expect(store.apply({ type: 'upsert', object: next })).toBe(expected);
  const after = store.snapshot();
  expect(after.services === before.services).toBe(!expected);
  expect(after.ingresses).toBe(before.ingresses);
}

test('only changes with a meaning are changes', () => {
  check(service(80), false);
  check(service(80, { resourceVersion: '7', managedFields: [{}] }), false);
  check(service(80, {}, { loadBalancer: {} }), false);
  check(service(80, { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': 'now' } }), false);
  check(service(81), true);
  check(service(80, { annotations: { 'konghq.com/retries': '1' } }), true);
});

test('a list replaces the kind, and an unreadable object is a problem', () => {
  const store = createStore();
  store.apply({ type: 'upsert', object: service(80) });
  const list = { type: 'replaceKind', apiVersion: 'v1', kind: 'Service', revision: '9' } as const;
  expect(store.apply({ ...list, objects: [service(80)] })).toBe(false);
  expect(store.apply({ ...list, objects: [service(-1)] })).toBe(true);
  expect(store.snapshot().services).toEqual([]);
  expect(store.snapshot().undecodable.map((problem) => problem.field)).toEqual(['spec.ports[0].port']);
  expect(store.apply({ ...list, objects: [] })).toBe(true);
  expect(store.snapshot().revision).toEqual({ services: '9' });
});

// A gateway refuses who has seen less: a revision of what has gone would say that we still know it, and one of '0' that
// everybody else knows more.
test('a kind that nobody serves any more has no revision', () => {
  const store = createStore();
  const none = { type: 'replaceKind', apiVersion: 'v1', kind: 'Service', objects: [] } as const;
  store.apply({ ...none, revision: '9' });
  store.apply({ ...none, revision: '' });
  expect(store.snapshot()).toMatchObject({ revision: {}, changes: {} });
});

// Bookmarks come at other times to every watcher: whoever has heard one has seen no more than whoever has not.
test('what was seen and what changed are told apart', () => {
  const store = createStore();
  const kind = { apiVersion: 'v1', kind: 'Service' };
  const versionsAfter = (event: StoreEvent): readonly (string | undefined)[] => {
    store.apply(event);
    const { revision, changes } = store.snapshot();
    return [revision['services'], changes['services']];
  };
  const list = { type: 'replaceKind', ...kind } as const;
  const object = service(80, { resourceVersion: '9' });
  expect(versionsAfter({ ...list, objects: [], revision: '7' })).toEqual(['7', undefined]);
  expect(versionsAfter({ type: 'upsert', object })).toEqual(['9', '9']);
  expect(versionsAfter({ type: 'bookmark', ...kind, revision: '12' })).toEqual(['12', '9']);
  const touched = service(80, { resourceVersion: '101' });
  expect(versionsAfter({ ...list, objects: [object, touched], revision: '110' })).toEqual(['110', '101']);
  expect(versionsAfter({ ...list, objects: [], revision: '120' })).toEqual(['120', '120']);
  expect(versionsAfter({ type: 'delete', object: service(80, { resourceVersion: '130' }) })).toEqual([
    '130',
    '130',
  ]);
  // Another namespace, which is behind; and a cluster that was restored.
  expect(versionsAfter({ type: 'upsert', object })).toEqual(['130', '130']);
  expect(versionsAfter({ type: 'bookmark', ...kind, revision: '101' })).toEqual(['130', '130']);
  expect(versionsAfter({ ...list, objects: [object], revision: '40' })).toEqual(['40', '9']);
});
