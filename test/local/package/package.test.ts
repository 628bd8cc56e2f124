// The published package: packed, installed elsewhere and run, on a Node that is new enough and on one that is not.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'tidegate-package-'));
const installed = join(folder, 'node_modules', 'tidegate');

function run(program: string, args: readonly string[], cwd: string) {
  return spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 240_000 });
}

function expectRun(program: string, args: readonly string[], cwd: string): string {
  const result = run(program, args, cwd);
  expect({
    args,
    status: result.status,
    error: result.status === 0 ? '' : result.stdout + result.stderr,
  }).toEqual({
    args,
    status: 0,
    error: '',
  });
  return result.stdout;
}

/** A Node on PATH outside the clone that is too old, or null. */
function findOldNode(): string | null {
  for (const candidate of ['/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(candidate)) continue;
    const major = Number(
      spawnSync(candidate, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split('.')[0],
    );
    if (major >= 18 && major < 26) return candidate;
  }
  return null;
}

beforeAll(() => {
  // A copy, so that the clone's own dist/ is neither used nor left behind.
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  for (const name of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'bin',
    'src',
    'sim',
    'scenarios',
    'samples',
    'deploy',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  expectRun('ln', ['-s', join(root, 'node_modules'), join(copy, 'node_modules')], copy);
  expectRun(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], copy);
  const [packed] = JSON.parse(expectRun('npm', ['pack', '--json', '--pack-destination', folder], copy));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'elsewhere', private: true }));
  expectRun(
    'npm',
    ['install', '--no-audit', '--no-fund', '--omit=dev', join(folder, packed.filename)],
    folder,
  );
}, 280_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the installed package', () => {
  test('carries compiled files and no sources', () => {
    expect(existsSync(join(installed, 'dist/src/main.js'))).toBe(true);
    expect(existsSync(join(installed, 'src'))).toBe(false);
  });

  test('runs on a new Node', () => {
    const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
    const out = expectRun(
      process.execPath,
      [join(installed, 'bin/tidegate.js'), 'version', '--json'],
      folder,
    );
    expect(JSON.parse(out).tidegate).toBe(version);
  });

  test('runs a command with a worker thread', () => {
    const ready = join(folder, 'ready.json');
    const ports = ['proxy-port', 'proxy-tls-port', 'admin-port'].flatMap((name) => [`--${name}`, '0']);
    const script = `"${process.execPath}" "${join(installed, 'bin/tidegate.js')}" proxy ${ports.join(' ')} --ready-file "${ready}" &
      pid=$!; for i in $(seq 100); do [ -s "${ready}" ] && break; sleep 0.1; done; kill -TERM $pid; wait $pid`;
    expectRun('sh', ['-c', script], folder);
    expect(Object.keys(JSON.parse(readFileSync(ready, 'utf8'))).length).toBeGreaterThan(0);
  });

  test("runs a scenario of one's own, with the applications that it brings", () => {
    const tidegate = join(installed, 'bin/tidegate.js');
    expectRun(process.execPath, [tidegate, 'scenario', 'new', 'mine'], folder);
    const out = expectRun(process.execPath, [tidegate, 'scenario', 'run', 'mine.yaml'], folder);
    expect(out).toContain('1 scenario on sim: 1 ok');
  });

  const oldNode = findOldNode();
  test.skipIf(oldNode === null)('says what is missing on an old Node', () => {
    const path = `${dirname(oldNode!)}:/usr/bin:/bin`;
    const result = spawnSync(oldNode!, [join(installed, 'bin/tidegate.js'), 'version'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: path },
    });
    expect(result.stderr).toMatch(
      /^tidegate: needs Node.js 26 or newer \(this is [\d.]+\); install it, or run: npm install node@26\n$/,
    );
    expect(result.status).toBe(3);
  });
});

test.skipIf(findOldNode() === null)(
  'in the clone an old Node starts the bundled one and passes its exit code on',
  () => {
    const result = run(findOldNode()!, [join(root, 'bin/tidegate.js'), 'no-such-command'], folder);
    expect(result.stderr).toBe(
      "tidegate: there is no command 'no-such-command'; 'tidegate help' lists them\n",
    );
    expect(result.status).toBe(64);
  },
);
