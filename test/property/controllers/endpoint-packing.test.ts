// Laws of slice packing: every endpoint in exactly one slice, none over the limit, untouched slices stay untouched.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Endpoint,
  endpointKey,
  packEndpoints,
} from '../../../sim/cluster/controllers/endpoint-packing.ts';

const endpoint = (index: number, ready: boolean): Endpoint => ({
  addresses: [`10.0.0.${index}`],
  conditions: { ready, serving: ready, terminating: false },
});
const members = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

test('packing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(members, fc.boolean()), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      (rounds, most) => {
        let slices: readonly (readonly Endpoint[])[] = [];
        for (const [indexes, ready] of rounds) {
          const wanted = indexes.map((index) => endpoint(index, ready || index % 2 === 0));
          const packed = packEndpoints(slices, wanted, most);
          for (const slice of packed) {
            expect(slice.endpoints.length).toBeLessThanOrEqual(most);
            if (slice.changed || slice.existing === null) continue;
            expect(slice.endpoints).toEqual(slices[slice.existing]);
          }
          slices = packed.map((slice) => slice.endpoints).filter((endpoints) => endpoints.length > 0);
          expect(slices.flat().map(endpointKey).sort()).toEqual(wanted.map(endpointKey).sort());
          expect(packEndpoints(slices, wanted, most).some((slice) => slice.changed)).toBe(false);
        }
      },
    ),
  );
});
