// Laws of patches: what holds for any object and any patch, through the API.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecord } from '../../../sim/cluster/json.ts';
import { deploymentObject } from '../../unit/controllers/small-cluster.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';
import { containersOf, deployments, type PatchType, podSpec } from './patch-case.ts';

const word: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
const dataPatch = fc.dictionary(word, fc.option(word, { nil: null }));
const mergeBody = fc.record(
  {
    data: fc.option(dataPatch, { nil: null }),
    metadata: fc.record({ labels: dataPatch }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

/** RFC 7386, section 2, as it is written there. */
function mergedByTheBook(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergedByTheBook(result[name], value);
  }
  return result;
}

/** Two versions of any object, as a JSON patch that says so member by member. */
function difference(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): unknown[] {
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  return [
    ...gone.map((name) => ({ op: 'remove', path: `/data/${name}` })),
    ...Object.entries(after).map(([name, value]) => ({ op: 'add', path: `/data/${name}`, value })),
  ];
}

/** A patch given twice is the patch given once: no second version, no second event. */
function expectOnce(fixture: Fixture, path: string, type: PatchType, body: unknown): void {
  const first = fixture.ask('PATCH', path, { body, type: patchTypes[type] });
  expect(first.status, first.text).toBe(200);
  const collection = path.slice(0, path.lastIndexOf('/'));
  const watch = fixture.ask('GET', `${collection}?watch=true&resourceVersion=${fixture.now}`);
  const second = fixture.must('PATCH', path, body, patchTypes[type]);
  expect(second).toEqual(first.body);
  expect(watch.text).toBe('');
}

describe('laws', () => {
  test('a merge patch is as the RFC has it, and once is enough', () => {
    fc.assert(
      fc.property(fc.dictionary(word, word), mergeBody, (data, patch) => {
        const fixture = createFixture();
        fixture.must('POST', configMaps, configMap('m', data, { a: 'x' }));
        expectOnce(fixture, `${configMaps}/m`, 'merge', patch);
        const after = fixture.must('GET', `${configMaps}/m`);
        const wanted = mergedByTheBook({ data, metadata: { labels: { a: 'x' } } }, patch) as typeof after;
        expect([after['data'] ?? {}, after.metadata['labels'] ?? {}]).toEqual([
          wanted['data'] ?? {},
          wanted.metadata['labels'] ?? {},
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test('a JSON patch of a difference leads from one to the other, and its tests hold it to that one', () => {
    fc.assert(
      fc.property(fc.dictionary(word, word), fc.dictionary(word, word), (before, after) => {
        const fixture = createFixture();
        fixture.must('POST', configMaps, configMap('m', before));
        const path = `${configMaps}/m`;
        const body = [{ op: 'test', path: '/data', value: before }, ...difference(before, after)];
        const once = fixture.must('PATCH', path, body, patchTypes.json);
        expect(once['data'] ?? {}).toEqual(after);
        const again = fixture.ask('PATCH', path, { body, type: patchTypes.json });
        const isSame =
          JSON.stringify(Object.entries(before).sort()) === JSON.stringify(Object.entries(after).sort());
        expect(again.status).toBe(isSame ? 200 : 422);
      }),
      { numRuns: 100 },
    );
  });

  test('a strategic merge patch once is enough, names every container once, and keeps the order of the others', () => {
    const container = fc.record({
      name: word,
      image: word,
      $patch: fc.constantFrom(undefined, undefined, 'delete'),
    });
    const named = fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), named, (names, patch) => {
        const fixture = createFixture();
        const object = deploymentObject('shop', 1) as unknown as { spec: { template: object } };
        const containers = [...names, 'z'].map((name) => ({ name, image: name }));
        const template = { ...object.spec.template, spec: { containers } };
        fixture.must('POST', deployments, { ...object, spec: { ...object.spec, template } });
        expectOnce(fixture, `${deployments}/shop`, 'strategic', podSpec(patch));
        const after = containersOf(fixture.must('GET', `${deployments}/shop`));
        const deleted = new Set(patch.filter((item) => item.$patch === 'delete').map(({ name }) => name));
        const kept = patch.filter((item) => item.$patch !== 'delete');
        const wanted = new Set(
          [...names, 'z', ...kept.map(({ name }) => name)].filter((name) => !deleted.has(name)),
        );
        expect(after.map(({ name }) => name).sort()).toEqual([...wanted].sort());
        for (const { name, image } of kept)
          expect(after.find((item) => item.name === name)?.image).toBe(image);
        const touched = new Set(patch.map(({ name }) => name));
        const others = [...names, 'z'].filter((name) => !touched.has(name));
        expect(after.map(({ name }) => name).filter((name) => !touched.has(name))).toEqual(others);
        expect(after.map(({ name }) => name).filter((name) => touched.has(name))).toEqual(
          kept.map(({ name }) => name),
        );
      }),
      { numRuns: 100 },
    );
  });
});
