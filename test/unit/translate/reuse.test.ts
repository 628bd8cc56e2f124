// A change costs in proportion to itself: everything that it does not touch is the same value as before.
import { expect, test } from 'vitest';
import { type EntityType, entityTypes } from '../../../src/kong/entity.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';
import { app, fill, plugin, service, slice } from './rig.ts';

const appCount = 20;
const withPlugins = { annotations: { 'konghq.com/plugins': 'auth,limit' } };

function start(): string {
  let yaml = plugin('auth', 'key-auth') + plugin('limit', 'rate-limiting', 'config: { minute: 5 }');
  for (let i = 0; i < appCount; i++) yaml += app(`app${i}`, withPlugins);
  return yaml;
}

function instancesOf(translation: Translation): ReadonlySet<unknown> {
  return new Set([...translation.memo.plugins.values()].flatMap(({ instances }) => [...instances.values()]));
}

/** How many entities are new values, by type; how many plugin instances were checked again. */
function check(change: string, entities: Partial<Record<EntityType, number>>, instances: number): void {
  const store = createStore();
  fill(store, start());
  const before = translate(store.snapshot(), defaultOptions, null);
  fill(store, change);
  const after = translate(store.snapshot(), defaultOptions, before);
  const renewed: Partial<Record<EntityType, number>> = {};
  for (const type of entityTypes) {
    const old = before.config.entities[type];
    const next = after.config.entities[type];
    const count = [...next].filter(([id, entity]) => old.get(id) !== entity).length;
    if (count > 0) renewed[type] = count;
    if (count === 0 && old.size === next.size) expect(next).toBe(old);
  }
  expect(renewed).toEqual(entities);
  const known = instancesOf(before);
  expect([...instancesOf(after)].filter((instance) => !known.has(instance)).length).toBe(instances);
  const drafts = [...after.memo.ingressDrafts.values()];
  const oldDrafts = new Set(before.memo.ingressDrafts.values());
  expect(drafts.filter((draft) => !oldDrafts.has(draft)).length).toBe(
    change.includes('kind: Ingress') ? 1 : 0,
  );
}

test('what a change does not touch is reused', () => {
  check('', {}, 0);
  check(app('app3', { ...withPlugins, path: '/new' }), { routes: 1 }, 0);
  check(app('new', withPlugins), { upstreams: 1, targets: 1, services: 1, routes: 1, plugins: 2 }, 2);
  check(service('app3', { 'konghq.com/retries': '1' }), { services: 1 }, 0);
  check(slice('app3', '10.0.0.1', '10.0.0.2'), { targets: 1 }, 0);
  check(plugin('limit', 'rate-limiting', 'config: { minute: 6 }'), { plugins: appCount }, appCount);
});
