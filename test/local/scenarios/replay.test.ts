// A failure that virtual time found, taken to real processes: how often it happens there, with the defect and without it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = new URL('../../../bin/tidegate.js', import.meta.url).pathname;
const defect = ['--canary', 'newest-wins'];
let folder: string;

function tidegate(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a trace of virtual time is replayed with real processes', () => {
  const found = tidegate(
    'simulate',
    ...defect,
    '--property',
    'P34',
    '--seed',
    '1',
    '--runs',
    '40',
    '--traces',
    '.',
  );
  expect(found.status, found.stderr).toBe(1);
  const [trace] = readdirSync(folder);
  const onLocal = ['replay', trace!, '--on', 'local'];

  const told = tidegate(...onLocal, ...defect, '--repeat', '2');
  expect(told.status, told.stderr).toBe(1);
  expect(told.stdout).toMatch(/^reproduced [12] of 2\n {2}P34: /);

  const without = tidegate(...onLocal, '--json');
  expect(without.status, without.stdout + without.stderr).toBe(2);
  expect(JSON.parse(without.stdout)).toMatchObject({ reproduced: 0, of: 1, property: 'P34' });
});
