// Every program of this project that has a usage tells it to who asks for it, on standard output.
import { expect, test } from 'vitest';
import { runProgram } from './command.ts';

const programs: readonly (readonly [file: string, ...args: string[]])[] = [
  ['test/run.ts'],
  ['test/fuzz/main.ts'],
  ['test/conformance/kube-api/main.ts'],
  ['test/bench/main.ts'],
  ...[
    'balance',
    'change',
    'hottest',
    'idle',
    'config',
    'exchange',
    'proxy',
    'swap',
    'router',
    'simulate',
  ].map((bench) => ['test/bench/main.ts', bench] as const),
];

test.each(programs)('%s %s', async (file, ...args) => {
  const { code, stdout, stderr } = await runProgram(file, ...args, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^usage: n/);
});
