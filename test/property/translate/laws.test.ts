// Laws of the translation: order of arrival, an earlier translation and bad neighbours change nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entityTypes } from '../../../src/kong/entity.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';
import { anyObject, anyObjects, ingress, metadata, service, slice } from './objects.ts';

function translateAll(all: readonly KubeObject[]): Translation {
  const store = createStore();
  for (const item of all) store.apply({ type: 'upsert', object: item });
  return translate(store.snapshot(), defaultOptions, null);
}

/** Every entity comes from somewhere: a rejection is traced that way. */
function originsOf({ config, origins }: Translation): unknown {
  return entityTypes.flatMap((type) =>
    [...config.entities[type].keys()].sort().map((id) => {
      const objects = origins.get(`${type}/${id}`) ?? [];
      expect(objects.length).toBeGreaterThan(0);
      return [type, id, objects];
    }),
  );
}

function visible(translation: Translation): unknown {
  return {
    id: translation.config.id,
    problems: translation.problems,
    origins: originsOf(translation),
  };
}

test('the order of arrival does not show', () => {
  fc.assert(
    fc.property(anyObjects, fc.infiniteStream(fc.nat()), (all, keys) => {
      const shuffled = all
        .map((item) => ({ item, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
      expect(visible(translateAll(shuffled))).toEqual(visible(translateAll(all)));
    }),
  );
});

test('an earlier translation changes nothing but the cost', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyObject, fc.boolean()), { maxLength: 30 }), (steps) => {
      const store = createStore();
      let previous: Translation | null = null;
      for (const [item, isDelete] of steps) {
        store.apply({ type: isDelete ? 'delete' : 'upsert', object: item });
        previous = translate(store.snapshot(), defaultOptions, previous);
        expect(visible(previous)).toEqual(visible(translate(store.snapshot(), defaultOptions, null)));
      }
    }),
  );
});

test('never throws, and objects of any shape leave the others alone', () => {
  const kind = fc.constantFrom(
    ['networking.k8s.io/v1', 'Ingress'],
    ['v1', 'Secret'],
    ['v1', 'Service'],
    ['configuration.konghq.com/v1', 'KongPlugin'],
    ['configuration.konghq.com/v1', 'KongConsumer'],
  );
  const good = [
    ingress('good', 'good.example', '/', 'good', 80),
    service('good'),
    slice('good', 0, ['10.0.0.9']),
  ];
  const before = translateAll(good);
  fc.assert(
    fc.property(kind, fc.jsonValue(), fc.jsonValue(), ([apiVersion, kindName], spec, annotations) => {
      const odd = {
        apiVersion,
        kind: kindName,
        metadata: { ...metadata('odd'), annotations },
        spec,
        data: spec,
      };
      const after = translateAll([...good, odd as unknown as KubeObject]);
      for (const type of ['routes', 'services', 'targets'] as const)
        for (const [id, entity] of before.config.entities[type])
          expect(after.config.entities[type].get(id)).toEqual(entity);
    }),
  );
});
