// Two ways to say that values are equal as JSON: by their canonical text, and without writing it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sameJson } from '../../../src/base/order.ts';

/** Few names and few leaves, so that equal and almost equal values are common. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, '', 'a', 'constructor'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('a', 'b', 'constructor', '__proto__'),
      fc.oneof(fc.constant(undefined), tie('any')),
      {
        maxKeys: 3,
      },
    ),
  ),
})).any;

test('values are the same exactly when their canonical texts are', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(sameJson(a, structuredClone(a))).toBe(true);
    }),
    {
      numRuns: 2_000,
      // What every object inherits is no member of it.
      examples: [[JSON.parse('{"__proto__":{}}'), { a: [] }]],
    },
  );
});
