// Every command of the docs runs as it stands there and ends as it says there, in a folder of its own beside what a clone has. What is
// not run is listed with its reason; what takes long is run where TIDEGATE_DOCS=all asks for it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagesWithCommands, root, type ToldCommand } from './blocks.ts';
import { type Instead, instead } from './pages.ts';

const wantsAll = process.env['TIDEGATE_DOCS'] === 'all';
const pages = pagesWithCommands();
const program = `"${process.execPath}" "${root}bin/tidegate.js"`;
const inClone = ['scenarios', 'samples', 'deploy', 'test'];

/** A shell's line: the program of this clone for the one that npx would find. */
const lineOf = (command: string): string =>
  command.replaceAll(/\bnpx tidegate\b/g, program).replace(/^node /, `"${process.execPath}" `);

const answers = (line: string): boolean => spawnSync('sh', ['-c', line], { stdio: 'ignore' }).status === 0;
const hasKubectl = answers('kubectl version --client');
const hasEngine = answers('docker info');

/** Why it cannot be run on this machine; '' = it can. */
function missing({ command, code }: ToldCommand): string {
  if (/\bkubectl\b/.test(command) && !hasKubectl) return 'there is no kubectl';
  // With an engine it would begin to pull images.
  if (code === 3 && hasEngine) return 'there is a Docker engine';
  return '';
}

function insteadOf(page: string, command: string): Instead | null {
  const known = instead[page] ?? {};
  return known[command] ?? known['*'] ?? null;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

test('whatever is said to be left out is in the docs', () => {
  for (const [page, known] of Object.entries(instead)) {
    const commands = pages.get(page)?.map(({ command }) => command) ?? [];
    for (const command of Object.keys(known))
      if (command === '*') expect([page, commands.length > 0]).toEqual([page, true]);
      else expect(commands, page).toContain(command);
  }
});

describe.each([...pages.keys()])('%s', (page) => {
  let folder: string;
  /** Why nothing of this page can be run here. */
  let stopped = '';
  const meanwhile: ChildProcess[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
    for (const name of inClone) symlinkSync(`${root}${name}`, join(folder, name));
  });
  afterAll(async () => {
    await Promise.all(
      meanwhile.map((child) => {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        process.kill(-child.pid!, 'SIGTERM');
        return gone;
      }),
    );
    rmSync(folder, { recursive: true });
  });

  async function begin(
    command: string,
    { until, port }: Extract<Instead, { how: 'meanwhile' }>,
  ): Promise<void> {
    if (!(await isFree(port))) {
      stopped = `port ${port} is in use on this machine`;
      return;
    }
    const child = spawn('sh', ['-c', lineOf(command)], { cwd: folder, stdio: 'ignore', detached: true });
    meanwhile.push(child);
    while (!existsSync(join(folder, until))) {
      expect(child.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  // One after the other: some need what an earlier one left.
  for (const told of pages.get(page)!) {
    const { command, code } = told;
    const other = insteadOf(page, command);
    const why =
      other?.how === 'not run' || (other?.how === 'on request' && !wantsAll) ? other.why : missing(told);
    if (why !== '') {
      test.skip(
        `${command} (not run: ${why}${other?.how === 'on request' ? '; TIDEGATE_DOCS=all runs it' : ''})`,
      );
      continue;
    }
    test(command, async ({ skip }) => {
      if (other?.how === 'meanwhile') await begin(command, other);
      if (stopped !== '') skip(stopped);
      if (other?.how === 'meanwhile') return;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', lineOf(command)], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(status, `${stdout}\n${stderr}`).toBe(code);
    });
  }
});
