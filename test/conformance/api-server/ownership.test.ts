// managedFields of creations and updates: maps and keyed lists are fields themselves, as on a real server.
import { describe, expect, test } from 'vitest';
import { configMap, configMaps, createFixture, patchTypes } from './fixture.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function fieldsAfter(path: string, body: unknown, method = 'POST', type = 'application/json'): unknown {
  const fixture = createFixture();
  if (path.includes('example.com')) fixture.must('POST', crds, definition);
  const { managedFields } = fixture.must(method, path, body, type).metadata as unknown as {
    readonly managedFields: readonly { readonly fieldsV1: unknown }[];
  };
  return managedFields[0]!.fieldsV1;
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shops.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'shops', kind: 'Shop' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

describe('who creates owns', () => {
  test.each<readonly [string, string, unknown, unknown]>([
    [
      'a map and what is in it',
      configMaps,
      configMap('one', { a: 'b' }, { app: 'x' }),
      { 'f:data': { '.': {}, 'f:a': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } },
    ],
    ['an empty map', configMaps, configMap('one', {}), { 'f:data': {} }],
    [
      'all structures of a custom resource',
      '/apis/example.com/v1/namespaces/default/shops',
      { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one' }, spec: { size: 1 } },
      { 'f:spec': { '.': {}, 'f:size': {} } },
    ],
    [
      'keyed lists, not structures that are always there, not lists that are required',
      '/api/v1/namespaces/default/replicationcontrollers',
      {
        apiVersion: 'v1',
        kind: 'ReplicationController',
        metadata: { name: 'one' },
        spec: {
          template: {
            metadata: { labels: { a: 'b' } },
            spec: { containers: [{ name: 'x', ports: [{ containerPort: 80 }] }] },
          },
        },
      },
      {
        'f:spec': {
          'f:replicas': {},
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
            'f:spec': expect.objectContaining({
              'f:containers': {
                'k:{"name":"x"}': expect.objectContaining({
                  '.': {},
                  'f:ports': {
                    '.': {},
                    'k:{"containerPort":80,"protocol":"TCP"}': {
                      '.': {},
                      'f:containerPort': {},
                      'f:protocol': {},
                    },
                  },
                }),
              },
            }),
          },
        },
      },
    ],
  ])('%s', (_name, path, body, wanted) => {
    expect(fieldsAfter(path, body)).toEqual(wanted);
  });

  test('fields alone where the configuration is applied', () => {
    const fields = fieldsAfter(
      `${configMaps}/one?fieldManager=me`,
      configMap('one', { a: 'b' }),
      'PATCH',
      patchTypes.apply,
    );
    expect(fields).toEqual({ 'f:data': { 'f:a': {} } });
  });
});

test('a map that is taken away belongs to nobody any more', () => {
  const fixture = createFixture();
  fixture.must('POST', configMaps, configMap('one', { a: 'b' }));
  const { metadata } = fixture.must('PATCH', `${configMaps}/one`, { data: null }, patchTypes.merge);
  expect(metadata['managedFields']).toBeUndefined();
});
