// Every command of docs/scenarios.md runs as it stands there, in a folder of its own that sees the repository's scenarios.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const text = readFileSync(`${root}docs/scenarios.md`, 'utf8');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
  symlinkSync(`${root}scenarios`, join(folder, 'scenarios'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly command: string;
  readonly code: number;
}

/** Lines of `sh` blocks; a comment `# exit 1` says how one ends. */
const commands: readonly Told[] = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .trim()
    .split('\n')
    .map((line) => {
      const [command, comment = ''] = line.split(/\s+#\s+/);
      return { command: command!.trim(), code: Number(/^exit (\d+)/.exec(comment)?.[1] ?? 0) };
    }),
);

/** What test/smoke/scenarios.test.ts runs already, and what takes ten minutes, of which test/local/scenarios runs a part. */
const elsewhere: ReadonlySet<string> = new Set([
  'npx tidegate scenario run',
  'npx tidegate scenario run scenarios/ --on local',
]);

test('there are commands', () => {
  expect(commands.length).toBeGreaterThan(15);
  expect(commands.every(({ command }) => command.startsWith('npx tidegate '))).toBe(true);
});

// One after the other: some need what an earlier one left.
for (const { command, code } of commands.filter((told) => !elsewhere.has(told.command)))
  test(command, () => {
    const program = `"${process.execPath}" "${root}bin/tidegate.js"`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command.replace(/^npx tidegate/, program)], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, `${stdout}\n${stderr}`).toBe(code);
  });
