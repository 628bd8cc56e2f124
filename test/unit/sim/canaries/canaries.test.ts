// Every canary can be put into the product as it is now.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Canary, plant } from '../../../../sim/canaries/canary.ts';
import { canaries } from '../../../../sim/canaries/catalogue.ts';
import { properties } from '../../../../sim/properties/catalogue.ts';

const root = new URL('../../../../', import.meta.url).pathname;

test.each(canaries)('$name', (canary) => {
  expect(canary.file).toMatch(/^src\//);
  const text = readFileSync(`${root}${canary.file}`, 'utf8');
  const planted = plant(canary, text);
  expect(planted).toMatchObject({ ok: true });
  expect(planted.ok && planted.value).not.toBe(text);
});

test('names are unique', () => {
  expect(new Set(canaries.map(({ name }) => name)).size).toBe(canaries.length);
});

test.each(properties)('$id can fail: a canary is to be found by it', ({ id }) => {
  expect(canaries.map(({ property }) => property)).toContain(id);
});

const base: Canary = { name: 'c', property: 'P01', summary: '', file: 'a.ts', find: 'b', replace: '$& $1' };
const cases: readonly (readonly [string, string, unknown])[] = [
  ['once', 'a b c', { ok: true, value: 'a $& $1 c' }],
  ['never', 'a c', { ok: false, error: expect.stringContaining('stands 0 times in a.ts') }],
  ['twice', 'b b', { ok: false, error: expect.stringContaining('stands 2 times in a.ts') }],
];

test.each(cases)('a text that stands there %s', (_name, text, expected) => {
  expect(plant(base, text)).toEqual(expected);
});
