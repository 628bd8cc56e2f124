// The table of hosts against a map: any series of changes, earlier versions untouched, and hosts that are made to collide.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bucket, type IndexedBucket, isFew } from '../../../src/proxy/router/bucket.ts';
import { HostMap, hashOfHost } from '../../../src/proxy/router/host-map.ts';
import { ShardedMap } from '../../../src/proxy/router/sharded-map.ts';

/** Of either kind; the map looks at the host alone. */
const bucket = (host: string, size: number): Bucket =>
  size % 2 === 0 ? [host, size] : { host, byLiteral: new ShardedMap(), lengthCounts: [], size };

const sizeOf = (found: Bucket | undefined): unknown =>
  found === undefined ? undefined : isFew(found) ? found[1] : (found as IndexedBucket).size;

/** Hosts of the same page and first place, found by trying. */
function colliding(count: number): readonly string[] {
  const found: string[] = [];
  const wanted = hashOfHost('h0.example') & 0xffff;
  for (let i = 0; found.length < count; i++) {
    const host = `h${i}.example`;
    if ((hashOfHost(host) & 0xffff) === wanted) found.push(host);
  }
  return found;
}

const crowd = colliding(80);
const host = fc.oneof(
  fc.constantFrom(...crowd),
  fc.integer({ min: 0, max: 300 }).map((n) => `shop-${n}.example.com`),
  fc.constantFrom('', '.example', 'a', 'ab'),
);
const change = fc.record({ host, size: fc.integer({ min: 0, max: 9 }), isGone: fc.boolean() });

test('a table of hosts is a map', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 200 }), { maxLength: 4 }), (batches) => {
      let table = new HostMap();
      let expected = new Map<string, number>();
      const versions: (readonly [HostMap, ReadonlyMap<string, number>])[] = [];
      for (const batch of batches) {
        const edit = table.edit();
        expected = new Map(expected);
        for (const { host: name, size, isGone } of batch) {
          if (isGone) edit.delete(name);
          else edit.set(bucket(name, size));
          if (isGone) expected.delete(name);
          else expected.set(name, size);
          expect(sizeOf(edit.get(name))).toBe(expected.get(name));
        }
        table = edit.finish();
        versions.push([table, expected]);
      }
      for (const [version, known] of versions) {
        expect(version.size).toBe(known.size);
        for (const name of [...known.keys(), 'nobody', ...crowd])
          expect(sizeOf(version.get(name))).toBe(known.get(name));
      }
    }),
    { numRuns: 100 },
  );
});
