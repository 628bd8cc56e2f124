// The bench of changes stamps lines of the product by their text: each has to stand where it is looked for, once.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { places } from '../../bench/change/places.ts';

test.each(places)('%s: %s', (file, text) => {
  const source = readFileSync(new URL(`../../..${file}`, import.meta.url), 'utf8');
  expect(source.split(text)).toHaveLength(2);
});
