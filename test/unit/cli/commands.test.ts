// The list of commands repeats names and summaries, so that the overview loads nothing: here they are held equal.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandEntries, findCommand, loadCommand } from '../../../src/cli/commands.ts';
import { formatCommandHelp, formatOverview } from '../../../src/cli/help.ts';

test.each(commandEntries)('$name', async (entry) => {
  const command = await loadCommand(entry);
  expect({ name: command.name, summary: command.summary }).toEqual({
    name: entry.name,
    summary: entry.summary,
  });
  expect(command.summary).toMatch(/^[a-z].*[^.]$/);
  expect(command.examples.length).toBeGreaterThan(0);
  for (const [line] of command.examples) expect(line).toContain('tidegate');
  const help = formatCommandHelp(command);
  for (const [name, spec] of Object.entries(command.options)) {
    expect(help).toContain(`--${name}`);
    expect(spec.help).toMatch(/[^.]$/);
  }
  expect(formatOverview()).toContain(entry.summary);
});

test('names', () => {
  expect(new Set(commandEntries.map((entry) => entry.name)).size).toBe(commandEntries.length);
  expect(findCommand('translate')?.name).toBe('translate');
  expect(findCommand('frobnicate')).toBe(null);
});

test('help of what is no command is refused', () => {
  const main = new URL('../../../src/main.ts', import.meta.url).pathname;
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, 'help', 'frobnicate'], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([
    64,
    '',
    "tidegate: there is no command 'frobnicate'; 'tidegate help' lists them\n",
  ]);
});

test.skipIf(!existsSync('/dev/full'))('output that finds no room is told', () => {
  const main = new URL('../../../src/main.ts', import.meta.url).pathname;
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, 'help'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect([status, stderr]).toEqual([
    3,
    'tidegate: cannot write to standard output: ENOSPC: no space left on device, write\n',
  ]);
});
