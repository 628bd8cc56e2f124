// A serving process begins again with what has to be known before it begins: as the same process, and not where something would
// be lost by it.
import { fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectOutput, exitOf, startProxyProcess } from './running-proxy.ts';

const isLinux = process.platform === 'linux';
const flag = '--no-short-builtin-calls';
/** Ends at once, after the engine was tuned. */
const refused = ['proxy', '--workers', '0'];
const reports = `process.on('exit', () => console.log('flagged', process.execArgv.includes('${flag}'), 'loaded', ++globalThis.times))`;
const preload = `data:text/javascript,globalThis.times ??= 0; ${reports}`;

test.skipIf(!isLinux)('the process that was started is the one that serves, tuned', async () => {
  const proxy = await startProxyProcess();
  try {
    expect(proxy.ready.pid).toBe(proxy.process.pid);
    const words = readFileSync(`/proc/${proxy.ready.pid}/cmdline`, 'utf8').split('\0');
    expect(words.filter((word) => word === flag)).toEqual([flag]);
    expect(words).toContain('--ready-file');
    expect(readFileSync(`/proc/${proxy.ready.pid}/environ`, 'utf8')).toMatch(/(^|\0)MALLOC_ARENA_MAX=\d/);
  } finally {
    expect(await proxy.stop()).toBe(0);
  }
});

test('an exit code and a message arrive as from a process that never began again', async () => {
  const child = spawn(process.execPath, ['src/main.ts', ...refused], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(64);
  expect(output()).toBe("tidegate: --workers must be a number from 1 to 64, not '0'\n");
});

test('what was loaded before it is loaded once', async () => {
  const args = ['--import', preload, 'src/main.ts', ...refused];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(64);
  expect(output()).toContain('flagged false loaded 1');
});

test('a channel to whoever started it is kept', async () => {
  const execArgv = ['--expose-gc'];
  const child = fork('src/main.ts', refused, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(64);
  expect(output()).toContain('--workers must be');
});
