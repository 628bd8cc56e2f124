// JSON patch and merge patch through the API, and what holds for every kind of patch.
import { describe, expect, test } from 'vitest';
import { configMaps, createFixture, patchTypes } from './fixture.ts';
import { type Case, check, createConfigMap } from './patch-case.ts';

const plugins = '/apis/configuration.konghq.com/v1/namespaces/default/kongplugins';

const wrong = 'the server rejected our request due to an error in our request';

const jsonCases: readonly Case[] = [
  { does: 'add', patch: [{ op: 'add', path: '/data/c', value: '3' }], becomes: { a: '1', b: '2', c: '3' } },
  { does: 'add replaces', patch: [{ op: 'add', path: '/data/a', value: '3' }], becomes: { a: '3', b: '2' } },
  { does: 'replace', patch: [{ op: 'replace', path: '/data', value: { x: '1' } }], becomes: { x: '1' } },
  { does: 'remove', patch: [{ op: 'remove', path: '/data/a' }], becomes: { b: '2' } },
  { does: 'move', patch: [{ op: 'move', from: '/data/a', path: '/data/c' }], becomes: { b: '2', c: '1' } },
  {
    does: 'copy',
    patch: [{ op: 'copy', from: '/data/a', path: '/data/c' }],
    becomes: { a: '1', b: '2', c: '1' },
  },
  {
    does: 'test, then change',
    patch: [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'remove', path: '/data/b' },
    ],
    becomes: { a: '1' },
  },
  {
    does: 'a test that fails leaves all as it was',
    patch: [
      { op: 'remove', path: '/data/b' },
      { op: 'test', path: '/data/a', value: '2' },
    ],
    refused: [422, `${wrong}: testing value /data/a failed`],
  },
  { does: 'remove of nothing', patch: [{ op: 'remove', path: '/data/z' }], refused: [422, wrong] },
  {
    does: 'replace of nothing',
    patch: [{ op: 'replace', path: '/data/z', value: '' }],
    refused: [422, wrong],
  },
  {
    does: 'add below nothing',
    patch: [{ op: 'add', path: '/binaryData/z', value: '' }],
    refused: [422, wrong],
  },
  { does: 'no operation', patch: [{ op: 'invent', path: '/data/a' }], refused: [422, wrong] },
  {
    does: 'an old version as a test',
    patch: [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }],
    refused: [409, 'the object has been modified'],
  },
  {
    does: 'a slash in a name',
    patch: [
      { op: 'add', path: '/metadata/annotations', value: { 'a/b': '1' } },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ],
    becomes: { a: '1', b: '2' },
  },
];

const mergeCases: readonly Case[] = [
  { does: 'adds', patch: { data: { c: '3' } }, becomes: { a: '1', b: '2', c: '3' } },
  { does: 'null removes', patch: { data: { a: null } }, becomes: { b: '2' } },
  { does: 'null removes whole parts', patch: { data: null }, becomes: undefined },
  { does: 'null of nothing is nothing', patch: { data: { z: null } }, becomes: { a: '1', b: '2' } },
  { does: 'a wrong type', patch: { data: { a: 1 } }, refused: [422, 'must be of type string'] },
  { does: 'no change of name', patch: { metadata: { name: 'other' } }, becomes: { a: '1', b: '2' } },
  {
    does: 'an old version',
    patch: { metadata: { resourceVersion: '1' } },
    refused: [409, 'the object has been modified'],
  },
  {
    does: 'another uid',
    patch: { metadata: { uid: 'other' } },
    refused: [409, 'UID in precondition: other'],
  },
];

const dataOf = (object: Readonly<Record<string, unknown>>): unknown => object['data'];

function fixtureAnswer(body: string): string {
  return createFixture()
    .ask('POST', `${configMaps}?fieldValidation=Strict`, { body })
    .text.replaceAll('\\', '');
}

describe('JSON patch', () => {
  test.each(jsonCases)('$does', (one) => check(createConfigMap(), `${configMaps}/m`, 'json', one, dataOf));

  test('a patch that is no list', () => {
    const one: Case = { does: '', patch: { op: 'add' }, refused: [422, 'a list of operations'] };
    check(createConfigMap(), `${configMaps}/m`, 'json', one, dataOf);
  });
});

describe('merge patch', () => {
  test.each(mergeCases)('$does', (one) => check(createConfigMap(), `${configMaps}/m`, 'merge', one, dataOf));
});

describe('patches in general', () => {
  test('which kinds take which patches', () => {
    const fixture = createFixture();
    for (const type of Object.values(patchTypes)) {
      const answer = fixture.ask('PATCH', `${configMaps}/none?fieldManager=x`, { body: [], type });
      expect([type, answer.status === 415]).toEqual([type, false]);
    }
    const answer = fixture.ask('PATCH', `${configMaps}/none`, { body: {}, type: 'application/json' });
    expect(answer.status).toBe(415);
    const crd = {
      group: 'configuration.konghq.com',
      names: { kind: 'KongPlugin', plural: 'kongplugins', singular: 'kongplugin' },
      scope: 'Namespaced',
    };
    const version = {
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: 'object' } },
    };
    fixture.must('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'kongplugins.configuration.konghq.com' },
      spec: { ...crd, versions: [version] },
    });
    const custom = fixture.ask('PATCH', `${plugins}/x`, { body: {}, type: patchTypes.strategic });
    expect([custom.status, custom.body['reason']]).toEqual([415, 'UnsupportedMediaType']);
  });

  test('a patch of nothing is not found, but for an apply', () => {
    const fixture = createFixture();
    const path = `${configMaps}/none`;
    for (const type of ['json', 'merge', 'strategic'] as const)
      expect(
        fixture.ask('PATCH', path, { body: type === 'json' ? [] : {}, type: patchTypes[type] }).status,
      ).toBe(404);
  });

  test('names that every object of the language has are names like any other', () => {
    const data = '{"__proto__":"1","constructor":"2","toString":"3"}';
    for (const type of ['merge', 'strategic', 'apply'] as const) {
      const fixture = createConfigMap();
      const path = `${configMaps}/m?fieldManager=x`;
      for (const _time of ['first', 'again'])
        expect(fixture.ask('PATCH', path, { body: `{"data":${data}}`, type: patchTypes[type] }).status).toBe(
          200,
        );
      const after = fixture.ask('GET', `${configMaps}/m`).text;
      expect(after, type).toMatch(/"__proto__":"1","constructor":"2","toString":"3"/);
    }
    const unknown = fixtureAnswer('{"metadata":{"name":"n"},"constructor":{},"__proto__":{}}');
    expect(unknown).toMatch(/unknown field "constructor", unknown field "__proto__"/);
  });

  test('force is for applies alone', () => {
    const answer = createConfigMap().ask('PATCH', `${configMaps}/m?force=true`, {
      body: {},
      type: patchTypes.merge,
    });
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });
});
