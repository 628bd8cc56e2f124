// A large table that is changed again and again is what a map would be, in the same order; earlier versions stay as they are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editMap } from '../../../src/kong/layered-map.ts';

interface Item {
  readonly version: number;
}

const baseSize = 3_000;
const change = fc.record({
  /** Few, so that they meet each other; some are not there at first. */
  key: fc.integer({ min: baseSize - 8, max: baseSize + 4 }).map(String),
  version: fc.nat(1_000),
  isGone: fc.boolean(),
});

function check(batches: readonly (readonly { key: string; version: number; isGone: boolean }[])[]): void {
  let expected = new Map<string, Item>(Array.from({ length: baseSize }, (_, i) => [`${i}`, { version: i }]));
  let table: ReadonlyMap<string, Item> = new Map(expected);
  const versions: (readonly [ReadonlyMap<string, Item>, ReadonlyMap<string, Item>])[] = [];
  for (const batch of batches) {
    expected = new Map(expected);
    const edit = editMap(table);
    for (const { key, version, isGone } of batch) {
      if (isGone) edit.delete(key);
      else edit.set(key, { version });
      if (isGone) expected.delete(key);
      else expected.set(key, { version });
      expect(edit.get(key)).toEqual(expected.get(key));
    }
    table = edit.finish();
    versions.push([table, expected]);
  }
  for (const [found, wanted] of versions) {
    expect(found.size).toBe(wanted.size);
    expect([...found].slice(-30)).toEqual([...wanted].slice(-30));
    expect([...found.keys()]).toEqual([...wanted.keys()]);
    expect([...found.values()].slice(-30)).toEqual([...wanted.values()].slice(-30));
    for (let i = baseSize - 10; i < baseSize + 6; i++) {
      expect(found.get(`${i}`)).toEqual(wanted.get(`${i}`));
      expect(found.has(`${i}`)).toBe(wanted.has(`${i}`));
    }
  }
}

test('any changes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 6 }), (batches) => check(batches)),
    { numRuns: 60 },
  );
});

test('more changes than are laid over it', () => {
  const batch = (from: number) =>
    Array.from({ length: 400 }, (_, i) => ({ key: `${from + i}`, version: i, isGone: i % 3 === 0 }));
  check([batch(0), batch(200), batch(2_800), batch(2_900)]);
});
