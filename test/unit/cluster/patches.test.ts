// Patches by table: what each kind of patch makes of a value.
import { expect, test } from 'vitest';
import { jsonPatch } from '../../../sim/cluster/patch/json-patch.ts';
import { mergePatch } from '../../../sim/cluster/patch/merge-patch.ts';
import { formatTime, parseTimeMs } from '../../../sim/cluster/timestamp.ts';

test.each([
  [{ a: 1 }, { a: null }, {}],
  [{ a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
  [{ a: [1] }, { a: [2] }, { a: [2] }],
  [[1], { a: 1 }, { a: 1 }],
  [{}, { a: { b: null } }, { a: {} }],
])('merge patch of %j by %j', (target, patch, wanted) => {
  expect(mergePatch(target, patch)).toEqual(wanted);
});

test.each([
  [{ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  [{ a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  [{ 'a/b': 1 }, [{ op: 'remove', path: '/a~1b' }], {}],
  [{ a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  [{ a: 1 }, [{ op: 'test', path: '/a', value: 2 }], null],
  [{ a: 1 }, [{ op: 'remove', path: '/b' }], null],
])('JSON patch of %j by %j', (target, patch, wanted) => {
  const result = jsonPatch(target, patch);
  expect(result.ok ? result.value : null).toEqual(wanted);
});

test('times go to text and back', () => {
  for (const ms of [0, 951_782_400_000, 1_709_164_800_000, 4_102_444_800_000]) {
    expect(parseTimeMs(formatTime(ms))).toBe(ms);
  }
  expect(formatTime(951_782_400_000)).toBe('2000-02-29T00:00:00Z');
});
