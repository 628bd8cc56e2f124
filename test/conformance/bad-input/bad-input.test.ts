// Every bad object or file: its exact messages, and the good objects beside it translated as if it were not there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createFiller, runCase, translateGood } from './run-case.ts';

interface BadCase {
  readonly name: string;
  readonly yaml: string;
  readonly expect: readonly string[];
}

const cases = parse(readFileSync(join(import.meta.dirname, 'cases.yaml'), 'utf8')) as readonly BadCase[];
const fill = await createFiller();
const good = translateGood();

test('there are at least 60 cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(good.length).toBeGreaterThanOrEqual(4);
});

test.each(cases)('$name', ({ yaml, expect: expected }) => {
  const result = runCase(fill(yaml));
  expect(result.lines).toEqual(expected);
  for (const line of result.lines) expect(line).not.toMatch(/\p{Cc}/u);
  expect(expected.length).toBeGreaterThan(0);
  if (result.good !== null) expect(result.good).toEqual(good);
});
