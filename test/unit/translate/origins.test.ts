// Who made an entity, and what goes with it when a gateway refuses it.
import { expect, test } from 'vitest';
import type { EntityType } from '../../../src/kong/entity.ts';
import { formatReference } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';
import { app, fill, slice, translateYaml } from './rig.ts';

function keysOf(translation: Translation, type: EntityType): readonly string[] {
  return [...translation.config.entities[type].keys()].map((id) => `${type}/${id}`);
}

function check(translation: Translation, type: EntityType, expected: readonly string[]): void {
  for (const key of keysOf(translation, type))
    expect([type, ...(translation.origins.get(key) ?? []).map(formatReference)]).toEqual([type, ...expected]);
  expect(keysOf(translation, type).length).toBeGreaterThan(0);
}

test('every entity names its objects', () => {
  const good = translateYaml(app('one'));
  check(good, 'routes', ['Ingress default/one']);
  check(good, 'services', ['Service default/one']);
  check(good, 'upstreams', ['Service default/one']);
  check(good, 'targets', ['Service default/one', 'EndpointSlice default/one-1']);
});

test('entities of a missing Service name the Ingresses that want it', () => {
  const yaml = app('one').split('---')[0]!;
  const missing = translateYaml(
    `${yaml}---${yaml.replace('name: one', 'name: two').replace('one.ex', 'two.ex')}`,
  );
  check(missing, 'services', ['Ingress default/one', 'Ingress default/two']);
  check(missing, 'upstreams', ['Ingress default/one', 'Ingress default/two']);
});

test('targets of a later slice name it', () => {
  const store = createStore();
  fill(store, app('one'));
  const first = translate(store.snapshot(), defaultOptions, null);
  fill(store, slice('one', '10.0.0.7'));
  const second = translate(store.snapshot(), defaultOptions, first);
  expect(second.memo.ingressDrafts).toBe(first.memo.ingressDrafts);
  check(second, 'targets', ['Service default/one', 'EndpointSlice default/one-1']);
});

/** What is left of Ingress 'one' when its entities of a type are refused; 'two' stays as it was. */
function checkExcluded(type: EntityType, expected: Partial<Record<EntityType, number>>): void {
  const yaml = app('one') + app('two');
  const before = translateYaml(yaml);
  const isOfOne = (key: string): boolean =>
    (before.origins.get(key) ?? []).some((object) => object.name.startsWith('one'));
  const excluded = keysOf(before, type).filter(isOfOne);
  expect(excluded.length).toBe(1);
  const after = translateYaml(yaml, excluded);
  const counts = Object.keys(expected).map((kind) => [
    kind,
    keysOf(after, kind as EntityType).filter(isOfOne).length,
  ]);
  expect(Object.fromEntries(counts)).toEqual(expected);
  for (const kind of ['routes', 'services', 'upstreams', 'targets'] as const)
    for (const [id, entity] of before.config.entities[kind])
      if (!isOfOne(`${kind}/${id}`)) expect(after.config.entities[kind].get(id)).toEqual(entity);
  const route = [...after.config.entities.routes.values()].find((entity) => entity.name?.includes('.one.'));
  if (type !== 'targets' && type !== 'routes') expect(route?.service).toBe(null);
  if (type === 'targets') expect(after.config.entities.services.has(route?.service ?? '')).toBe(true);
}

test('what depends on a refused entity answers 503, nothing else changes', () => {
  checkExcluded('routes', { routes: 0, services: 1, upstreams: 1, targets: 1 });
  checkExcluded('services', { routes: 1, services: 0, upstreams: 1, targets: 1 });
  checkExcluded('upstreams', { routes: 1, services: 0, upstreams: 0, targets: 0 });
  checkExcluded('targets', { routes: 1, services: 1, upstreams: 1, targets: 0 });
});
