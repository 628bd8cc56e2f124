// `dev` under load, collected, and replayed as a scenario in virtual time.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = new URL('../../../bin/tidegate.js', import.meta.url).pathname;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
}

/** Requests one after the other until the returned call. */
function load(proxy: string, path: string): () => Promise<number> {
  let stopped = false;
  let count = 0;
  const sending = (async () => {
    while (!stopped) {
      const reply = await fetch(`${proxy}${path}`, { headers: { 'x-forwarded-host': 'x' } });
      await reply.arrayBuffer();
      count++;
    }
  })();
  return async () => {
    stopped = true;
    await sending;
    return count;
  };
}

test('a bundle of dev under load replays as a scenario', async () => {
  const ports = ['--api-port', '0', '--proxy-port', '0', '--proxy-tls-port', '0', '--admin-port', '0'];
  const dev = spawn(process.execPath, [program, 'dev', ...ports, '--ready-file', 'ready.json'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const gone = new Promise<void>((resolve) => dev.once('exit', () => resolve()));
  try {
    while (!existsSync(join(folder, 'ready.json'))) {
      expect(dev.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { proxy } = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8')) as { proxy: string };
    const stop = load(proxy, '/no-route');
    const collected = await new Promise<{ code: number | null; text: string }>((resolve) => {
      const child = spawn(
        process.execPath,
        [
          program,
          'collect',
          '--ready-file',
          'ready.json',
          '--seconds',
          '3',
          '--out',
          'b.bundle.gz',
          '--json',
        ],
        { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      child.once('exit', (code) => resolve({ code, text }));
    });
    expect(await stop()).toBeGreaterThan(0);
    expect(collected.code).toBe(0);
    expect(JSON.parse(collected.text)).toMatchObject({ gateways: 1, routes: 1, missing: [] });
  } finally {
    dev.kill('SIGTERM');
    await gone;
  }
  const made = run('scenario', 'from-bundle', 'b.bundle.gz', '--out', 'kept.yaml');
  expect([made.status, made.stderr]).toEqual([0, '']);
  // What the session's own clients send, by the gateway's count.
  expect(readFileSync(join(folder, 'kept.yaml'), 'utf8')).toMatch(
    /- GET http:\/\/shop\.example\/\n {4}rate: \d/,
  );
  const again = run('scenario', 'run', 'kept.yaml', '--json');
  expect(again.status, again.stderr).toBe(0);
  const { scenarios } = JSON.parse(again.stdout) as {
    scenarios: readonly { verdict: string; runs: readonly { requests: number }[] }[];
  };
  expect(scenarios.map(({ verdict }) => verdict)).toEqual(['ok']);
  expect(scenarios[0]!.runs[0]!.requests).toBeGreaterThan(0);
  expect(run('scenario', 'from-bundle', 'b.bundle.gz', '--out', 'kept.yaml').status).toBe(64);
});
