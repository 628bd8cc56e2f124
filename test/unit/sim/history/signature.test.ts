// Violations that differ only in names and numbers are one defect; those that say something else are not.
import { expect, test } from 'vitest';
import { signatureOf } from '../../../../sim/history/signature.ts';

const cases: readonly (readonly [string, string, string, boolean])[] = [
  [
    'other request, other pods',
    'POST r12 was taken 2 times, by default/shop-a1 and default/shop-b2',
    'PUT r3 was taken 3 times, by default/x-1 and default/y-2 and default/z-3',
    true,
  ],
  ['other sentence', 'request r1 got the answer to r2', 'request r1 got no answer', false],
  [
    'only the first line counts',
    'TypeError: x is null\n  at a.ts:1',
    'TypeError: x is null\n  at b.ts:2',
    true,
  ],
  ['other words', 'TypeError: x is null', 'RangeError: x is null', false],
];

test.each(cases)('%s', (_name, first, second, isSame) => {
  expect(signatureOf('P12', first) === signatureOf('P12', second)).toBe(isSame);
  expect(signatureOf('P12', first)).not.toBe(signatureOf('P15', first));
});
