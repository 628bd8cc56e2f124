// What is remembered from one history to the next (schemas, patterns, verdicts, parsed paths and times) follows from
// content alone: a history is the same whether it is the first of its process or has many before it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hashOf } from './one-history.ts';

const program = fileURLToPath(new URL('./one-history.ts', import.meta.url));
const seed = 5;
const judged = [3, 8];
const before = 12;

/** Eighteen histories and two processes, on a machine that may have other things to do. */
const timeoutMs = 120_000;

test('a history has the same hash after many others as in a process of its own', {
  timeout: timeoutMs,
}, () => {
  const cold = judged.map((index) => execFileSync(process.execPath, [program, `${seed}`, `${index}`]));
  for (let index = 0; index < before; index++) hashOf(seed + 1, index);
  const warm = judged.map((index) => hashOf(seed, index));
  expect(warm).toEqual(cold.map(String));
  const again = [...judged].reverse().map((index) => hashOf(seed, index));
  expect(again.reverse()).toEqual(warm);
});
