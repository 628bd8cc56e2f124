// Files that commands are given and told to write: whatever is wrong with them is one sentence with the file, never a stack.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCommand, loadCommand } from '../../../src/cli/commands.ts';
import { CommandError, exitBadInput, exitEnvironment, exitUsage } from '../../../src/cli/exit-codes.ts';
import { demandWritable, writeOutput } from '../../../src/cli/output-file.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';

let folder: string;

const secret = 'hunter2';
const files: Readonly<Record<string, string>> = {
  file: 'x',
  'broken.yaml': 'a: [1,2\n b: {',
  'wrong.yaml':
    '_format_version: "3.0"\nservices:\n  - name: a\n    url: http://x\n    nope: 1\n    routes:\n      - paths: [x]\nbogus: []\n',
  'empty.yaml': '',
  'split.yaml': '_format_version: "3.0"\nservices: [{ name: "a\\nb", url: http://x }]\n',
  'many.yaml': `_format_version: "3.0"\n${Array.from({ length: 60 }, (_, i) => `k${i}: 1\n`).join('')}`,
  'deep.yaml': '['.repeat(50_000),
  kubeconfig: `apiVersion: v1\nusers: [{token: ${secret}\n x: {`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-files-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'folder'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** '@' in arguments is the folder of the test, and in errors stands for it. */
async function refusalOf(line: readonly string[]): Promise<readonly [number, string]> {
  const [name = '', ...argv] = line.map((part) => part.replace('@', `${folder}/`));
  const command = await loadCommand(findCommand(name)!);
  const input = parseCommandLine(command, argv);
  if (input === 'help') throw new Error('a test asks for help');
  try {
    return [await command.run(input), ''];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [error.exitCode, error.message.replaceAll(`${folder}/`, '@')];
  }
}

const match = (file: string) => ['match', '-f', file, 'GET', '/'];
const asProxy = ['proxy', '--proxy-port', '0', '--proxy-tls-port', 'off', '--admin-port', '0'];
const asDev = ['dev', '--proxy-port', '0', '--proxy-tls-port', '0', '--admin-port', '0', '--api-port', '0'];
const notWritten = '@file/x: cannot be written (ENOTDIR)';

const splitText =
  "@split.yaml:2:14: services 'a\\u000ab' name: invalid value 'a\\u000ab': the only accepted ascii characters are alphanumerics or ., -, _, and ~";

test.each<[string, readonly string[], number, string]>([
  ['a configuration that is not there', match('@nowhere'), exitBadInput, '@nowhere: cannot be read (ENOENT)'],
  ['a folder', match('@folder'), exitBadInput, '@folder: cannot be read (EISDIR)'],
  ['no YAML', match('@broken.yaml'), exitBadInput, '@broken.yaml:1:7: not YAML (MULTILINE_IMPLICIT_KEY)'],
  ['nothing', match('@empty.yaml'), exitBadInput, '@empty.yaml:1:1: expected a declarative configuration'],
  ['a line end in a name', match('@split.yaml'), exitBadInput, splitText],
  ['lines of what is wrong', match('@wrong.yaml'), exitBadInput, wrongText()],
  [
    'requests',
    [...match('@nowhere').slice(0, 3), '--requests', 'x'],
    exitBadInput,
    '@nowhere: cannot be read (ENOENT)',
  ],
  ['a trace', ['replay', '@nowhere'], exitBadInput, '@nowhere: cannot be read (ENOENT)'],
  ['a bundle', ['scenario', 'from-bundle', '@nowhere'], exitBadInput, '@nowhere: cannot be read (ENOENT)'],
  ['manifests', ['translate', '-f', '@nowhere'], exitBadInput, '@nowhere: cannot be read (ENOENT)'],
  ['what is ready', ['collect', '--ready-file', '@file'], exitBadInput, '--ready-file: @file: not JSON'],
  ['ready file of proxy', [...asProxy, '--ready-file', '@file/x'], exitEnvironment, notWritten],
  ['last good of proxy', [...asProxy, '--last-good', '@file/x'], exitEnvironment, notWritten],
  ['ready file of dev', [...asDev, '--ready-file', '@file/x'], exitEnvironment, notWritten],
  ['kubeconfig of dev', [...asDev, '--kubeconfig', '@file/x'], exitEnvironment, notWritten],
  [
    'kubeconfig of cluster',
    ['cluster', '--api-port', '0', '--kubeconfig', '@file/x'],
    exitEnvironment,
    notWritten,
  ],
  [
    'a folder as kubeconfig',
    ['cluster', '--kubeconfig', '@folder'],
    exitEnvironment,
    '@folder: cannot be written (EISDIR)',
  ],
  ['bundle', ['collect', '--out', '@file/x'], exitEnvironment, notWritten],
  [
    'scenario',
    ['scenario', 'new', '@file/x.yaml'],
    exitEnvironment,
    '@file/x.yaml: cannot be written (ENOTDIR)',
  ],
  ['a scenario without a name', ['scenario', 'new', ''], exitUsage, "'' is no name of a scenario"],
  [
    'seconds to drain, at the start',
    [...asProxy, '--drain-seconds', 'x'],
    exitUsage,
    "--drain-seconds must be a number from 0 to 3600, not 'x'",
  ],
])('%s', async (_name, line, exitCode, message) => {
  expect(await refusalOf(line)).toEqual([exitCode, message]);
});

function wrongText(): string {
  return [
    '@wrong.yaml:8:1: bogus: unknown field',
    "@wrong.yaml:5:5: services 'a' nope: unknown field",
    '@wrong.yaml:7:17: routes paths[1]: should start with: / (fixed path) or ~/ (regex path)',
  ].join('\n');
}

test('no more than fifty errors of one file', async () => {
  const [, message] = await refusalOf(match('@many.yaml'));
  const lines = message.split('\n');
  expect([lines.length, lines.at(-1)]).toEqual([51, '@many.yaml: 10 more errors']);
});

test('a kubeconfig that is none: the place, and nothing of what stands there', async () => {
  const [exitCode, message] = await refusalOf(['collect', '--kubeconfig', '@kubeconfig']);
  expect([exitCode, message]).toEqual([
    exitEnvironment,
    'no Kubernetes API: @kubeconfig:3: not a kubeconfig; give --kubeconfig FILE',
  ]);
  expect(message).not.toContain(secret);
});

test('a file that could not be written leaves nothing beside it', () => {
  expect(() => writeOutput(join(folder, 'folder'), 'x')).toThrow('cannot be written (EISDIR)');
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('a device is written to, not replaced', () => {
  demandWritable('/dev/null');
  writeOutput('/dev/null', 'x');
  expect(readFileSync('/dev/null', 'utf8')).toBe('');
});

test('folders are made on the way, and a file is replaced', () => {
  const path = join(folder, 'made', 'here', 'file');
  writeOutput(path, 'one');
  writeOutput(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
});

test.each([['translate', '-f', '@deep.yaml'], match('@deep.yaml')])('lists in lists: %s', async (...line) => {
  const [code, error] = await refusalOf(line);
  expect(code).toBe(exitBadInput);
  expect(error).toMatch(/^@deep\.yaml:1:\d+: lists and maps are nested too deeply$/);
});
