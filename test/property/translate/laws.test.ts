// Laws of the translation: order of arrival, an earlier translation and bad neighbours change nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';

const metadata = (name: string): KubeObject['metadata'] => ({ name, namespace: 'default' });

function ingress(name: string, host: string, path: string, service: string, port: number): KubeObject {
  const backend = { service: { name: service, port: { number: port } } };
  const rules = [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }];
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metadata(name) };
  return { ...object, spec: { ingressClassName: 'kong', rules } } as KubeObject;
}

function slice(service: string, index: number, addresses: readonly string[]): KubeObject {
  const labels = { 'kubernetes.io/service-name': service };
  const object = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata(`${service}-${index}`), labels },
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
  return object as KubeObject;
}

const service = (name: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: { ports: [{ port: 80 }] },
  }) as KubeObject;

const name = fc.constantFrom('a', 'b', 'c');
const object = fc.oneof(
  fc
    .tuple(
      name,
      fc.constantFrom('x.example', ''),
      fc.constantFrom('/', '/p', '/~/(', '//'),
      name,
      fc.constantFrom(80, 81),
    )
    .map((parts) => ingress(...parts)),
  name.map(service),
  fc
    .tuple(name, fc.nat(1), fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1')))
    .map((parts) => slice(...parts)),
);
const keyOf = (value: KubeObject): string => `${value.kind}/${value.metadata.name}`;
const objects = fc.uniqueArray(object, { selector: keyOf, maxLength: 12 });

function translateAll(all: readonly KubeObject[]): Translation {
  const store = createStore();
  for (const item of all) store.apply({ type: 'upsert', object: item });
  return translate(store.snapshot(), defaultOptions, null);
}

function visible({ config, problems, origins }: Translation): unknown {
  return { id: config.id, problems, origins: [...origins].sort() };
}

test('the order of arrival does not show', () => {
  fc.assert(
    fc.property(objects, fc.infiniteStream(fc.nat()), (all, keys) => {
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
    fc.property(fc.array(fc.tuple(object, fc.boolean()), { maxLength: 20 }), (steps) => {
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
