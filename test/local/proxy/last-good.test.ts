// A proxy that is killed and started again where nobody tells it anything: it serves what it served, from a file that only its
// user may read.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Backend,
  collectOutput,
  exitOf,
  runTidegate,
  startBackend,
  startProxyProcess,
} from './running-proxy.ts';

let folder: string;
let backend: Backend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-last-good-'));
  backend = await startBackend('shop');
});
afterAll(async () => {
  await backend.close();
  rmSync(folder, { recursive: true });
});

const file = () => join(folder, 'last-good-config.json');

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('goes on after a SIGKILL, and follows again when it is told', async () => {
  const first = await startProxyProcess(['--last-good', folder]);
  const document = {
    _format_version: '3.0',
    services: [{ name: 'shop', url: backend.url, routes: [{ name: 'shop', paths: ['/'] }] }],
  };
  const posted = await fetch(`${first.ready.admin}/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
  expect(posted.status).toBe(201);
  await until(() => existsSync(file()));
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  first.process.kill('SIGKILL');
  await first.stop();

  const second = await startProxyProcess(['--last-good', folder]);
  const reply = await fetch(`${second.ready.proxy}/`);
  expect(await reply.json()).toMatchObject({ name: 'shop' });
  // A controller that asks is told that nobody has configured it.
  const status = (await (await fetch(`${second.ready.admin}/status`)).json()) as {
    configuration_hash: string;
  };
  expect(status.configuration_hash).toMatch(/^0+$/);
  await until(async () => (await fetch(`${second.ready.status}/status/ready`)).status === 200);
  const emptied = await fetch(`${second.ready.admin}/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ _format_version: '3.0' }),
  });
  expect(emptied.status).toBe(201);
  expect((await fetch(`${second.ready.proxy}/`)).status).toBe(404);
  expect(await second.stop()).toBe(0);
});

test('a file that is not ours is told and not used', async () => {
  writeFileSync(file(), 'spoilt');
  const proxy = await startProxyProcess(['--last-good', folder]);
  expect((await fetch(`${proxy.ready.proxy}/`)).status).toBe(404);
  expect(proxy.output()).toContain('the last good configuration is not used');
  await proxy.stop();
});

test('a file that says what is current, and one that says what was', async () => {
  const child = runTidegate(['proxy', '-c', 'x.yaml', '--last-good', folder]);
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(64);
  expect(output()).toContain('give --config or --last-good, not both');
});
