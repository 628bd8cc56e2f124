// A campaign's result is a function of its seed: not of the process, not of the number of threads.
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type CommandOutcome, startTidegate, tidegate } from './command.ts';

const simulate = (...args: readonly string[]): Promise<CommandOutcome> => tidegate('simulate', ...args);

/** Without what tells how long it took. */
function withoutWall(text: string): string {
  const value = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('wall'))));
}

test('one thread and two say the same, byte for byte', async () => {
  const one = await simulate('--runs', '10', '--seed', '1', '--jobs', '1', '--json');
  const two = await simulate('--runs', '10', '--seed', '1', '--jobs', '2', '--json');
  expect([one.code, one.stderr]).toEqual([0, 'seed 1, strategy uniform, 1 thread\n']);
  expect(withoutWall(two.stdout)).toBe(withoutWall(one.stdout));
  const other = await simulate('--runs', '10', '--seed', '2', '--json');
  expect(JSON.parse(other.stdout).hash).not.toBe(JSON.parse(one.stdout).hash);
});

test('crash-at-every-write runs each crash of each write', async () => {
  const { code, stdout } = await simulate(
    '--runs',
    '20',
    '--seed',
    '1',
    '--strategy',
    'crash-at-every-write',
    '--json',
  );
  const { histories, faults } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(histories).toBe(20);
  expect(faults.map(({ name }: { name: string }) => name)).toEqual(['crash-controller']);
  expect(faults[0].met).toBe(faults[0].injected);
  expect(faults[0].injected).toBeGreaterThan(15);
});

const usage: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown property', ['--property', 'P999'], /there is no property 'P999'; there are: P/],
  ['an unknown fault', ['--faults', 'gremlins'], /there is no fault 'gremlins'; there are: /],
  ['an unknown strategy', ['--strategy', 'hope'], /--strategy must be uniform, pct, crash-at-every-write/],
  ['no number', ['--runs', 'many'], /--runs must be a number from 1/],
];

test.each(usage)('%s is a mistake of usage', async (_name, args, expected) => {
  const { code, stderr } = await simulate(...args);
  expect(code).toBe(64);
  expect(stderr).toMatch(expected);
});

test('two processes that differ in all that must not matter run the same histories', async () => {
  const { code, stdout } = await simulate('--determinism', '--runs', '4', '--seed', '3', '--json');
  const { hash } = JSON.parse((await simulate('--runs', '4', '--seed', '3', '--json')).stdout);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ seed: 3, histories: 4, hash, difference: null });
});

/** Its exit code and what it said on standard output. */
async function endOf(program: ReturnType<typeof startTidegate>): Promise<readonly [number | null, string]> {
  let stdout = '';
  program.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const [code] = await once(program, 'close');
  return [code, stdout];
}

test('that nobody reads how far it is does not end it', async () => {
  const program = startTidegate('simulate', '--runs', '8', '--seed', '1');
  program.stderr.destroy();
  expect(await endOf(program)).toEqual([0, expect.stringContaining('ok: 8 histories of seed 1')]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it with a summary', async (signal, expected) => {
  const program = startTidegate('simulate', '--minutes', '30', '--seed', '1');
  const end = endOf(program);
  await once(program.stderr, 'data');
  program.kill(signal);
  expect(await end).toEqual([expected, expect.stringMatching(/^ok: \d+ histories of seed 1/)]);
});
