// The law of leased room: what was written under a lease stays as it was until the lease is given back, whatever others write.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeasedSlab, type Page, pageBytes } from '../../../src/proxy/exchange/leased-slab.ts';

interface Lease {
  readonly page: Page;
  readonly bytes: Buffer;
  readonly mark: number;
}

type Step = { readonly write: number } | { readonly giveBack: number } | { readonly lose: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ write: fc.integer({ min: 0, max: pageBytes + 1_000 }) }) },
  { weight: 5, arbitrary: fc.record({ write: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 9, arbitrary: fc.record({ giveBack: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ lose: fc.nat() }) },
);

function write(slab: LeasedSlab, size: number, mark: number): Lease {
  slab.reserve(size);
  const bytes = slab.bytes.subarray(slab.offset, slab.offset + size);
  slab.offset += size;
  bytes.fill(mark);
  return { page: slab.lease(), bytes, mark };
}

const isWhole = ({ bytes, mark }: Lease): boolean => bytes.equals(Buffer.alloc(bytes.length, mark));

test('nothing that is leased is written over', () => {
  fc.assert(
    fc.property(fc.array(step, { size: '+2' }), (steps) => {
      const slab = new LeasedSlab();
      const open: Lease[] = [];
      /** Nobody gives these back, and they stay as they are too. */
      const lost: Lease[] = [];
      const take = (at: number): Lease | undefined => open.splice(at % Math.max(1, open.length), 1)[0];
      for (const [index, each] of steps.entries()) {
        if ('write' in each) open.push(write(slab, each.write, index % 251));
        else if ('lose' in each) {
          const lease = take(each.lose);
          if (lease !== undefined) lost.push(lease);
        } else {
          const lease = take(each.giveBack);
          if (lease === undefined) continue;
          expect(isWhole(lease)).toBe(true);
          slab.giveBack(lease.page);
        }
      }
      expect([...open, ...lost].every(isWhole)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('one request after the other needs one page', () => {
  const slab = new LeasedSlab();
  const pages = new Set<Buffer>();
  for (let index = 0; index < 1_000; index++) {
    slab.giveBack(write(slab, 10_000, 1).page);
    pages.add(slab.bytes);
  }
  expect(pages.size).toBe(1);
});

test('pages of many requests at once are used again', () => {
  const slab = new LeasedSlab();
  const pages = new Set<Page>();
  let open: Lease[] = [];
  for (let round = 0; round < 50; round++) {
    for (const { page } of open) slab.giveBack(page);
    open = Array.from({ length: 40 }, () => write(slab, 10_000, 1));
    for (const { page } of open) pages.add(page);
  }
  expect(pages.size).toBeLessThan(16);
});
