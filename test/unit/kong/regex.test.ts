// Regular expressions of routes and plugins: those that people write are taken, those that cost more than they weigh are not,
// and finding that out costs little itself.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRegex, compileRegex, programSizeMax } from '../../../src/kong/regex.ts';

test.each([
  '/shop/(?<id>[0-9]+)/items/[a-z-]{1,64}$',
  '/v[0-9]+/users/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/orders(?:/.*)?$',
  '[a-z0-9]{1,63}(\\.[a-z0-9]{1,63}){1,8}',
  '/\\Qa{9999}\\E',
  '/\\{9999}[{9999}]',
  '/[]{9999}]',
  '/[[:alpha:]{9999}]+',
  '/\\p{Greek}{3}\\x{1F600}',
  `/${'a'.repeat(1_800)}`,
])('%s is taken', (pattern) => {
  expect(checkRegex(pattern)).toBeNull();
});

test.each([
  ['.{1000}'.repeat(1_100)],
  [`(?:${'a'.repeat(7_000)}){1000}`],
  ['(a?){1000}'],
  ['((((((((a{9}){9}){9}){9}){9}){9}){9}){9})'],
  ['a{9}{9}{9}{9}'],
  ['[a-z]{900}|[b-z]{900}|[c-z]{900}'],
  ['(?:[a-z]{40}|[0-9]{40}){40}'],
  [`${'('.repeat(7_000)}`],
  ['a'.repeat(8_193)],
])('%s is refused', (pattern) => {
  expect(checkRegex(pattern)).not.toBeNull();
});

/** Patterns of all that the estimate knows about. */
const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', '.', '[a-z]', '[^]x]', '\\d', '\\pL', '\\.', 'é'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  pattern: fc
    .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+?', '{3}', '{2,5}', '{4,}')), {
      maxLength: 5,
    })
    .chain((parts) => {
      const text = parts.map(([atom, times]) => atom + times).join('');
      return fc.constantFrom(text, `${text}|b`);
    }),
}));

test('what is let through is as small as it is said to be', () => {
  fc.assert(
    fc.property(pattern, (text) => {
      if (checkRegex(text) !== null) return;
      expect(compileRegex(text).programSize()).toBeLessThanOrEqual(programSizeMax);
    }),
    { numRuns: 300 },
  );
});
