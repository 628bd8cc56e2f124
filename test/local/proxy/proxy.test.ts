// The real proxy in a process of its own: config over the Admin API, traffic, plugins, changes under load, draining.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/programs.ts';
import {
  type Backend,
  collectOutput,
  exitOf,
  type ReadyRecord,
  type RunningProxy,
  runTidegate,
  startBackend,
  startProxyProcess,
} from './running-proxy.ts';

let proxy: RunningProxy;
let blue: Backend;
let green: Backend;

beforeAll(async () => {
  [blue, green] = await Promise.all([startBackend('blue'), startBackend('green')]);
  proxy = await startProxyProcess();
});

afterAll(async () => {
  await proxy.stop();
  await Promise.all([blue.close(), green.close()]);
});

interface ServedOptions {
  readonly plugins?: readonly Readonly<Record<string, unknown>>[];
  readonly paths?: readonly string[];
}

function document(backend: Backend, { plugins = [], paths = ['/'] }: ServedOptions = {}) {
  const route = { name: 'shop', paths, strip_path: false, plugins };
  return {
    _format_version: '3.0',
    services: [{ name: 'shop', url: backend.url, routes: [route] }],
    consumers: [{ username: 'anna', keyauth_credentials: [{ key: 'secret' }] }],
  };
}

async function post(body: unknown, query = ''): Promise<Response> {
  return await fetch(`${proxy.ready.admin}/config${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function configured(body: unknown): Promise<void> {
  const reply = await post(body);
  expect(reply.status, await reply.clone().text()).toBe(201);
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const reply = await fetch(`${proxy.ready.proxy}${path}`, { headers });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: JSON.parse(text) as Record<string, unknown> };
}

describe('Admin API', () => {
  test('is not ready before its first config, and knows no routes', async () => {
    const ready = await fetch(`${proxy.ready.status}/status/ready`);
    expect(ready.status).toBe(503);
    expect((await get('/')).body['message']).toBe('no Route matched with those values');
  });

  test('takes a config, says what it is, and forwards traffic', async () => {
    await configured(document(blue));
    expect((await get('/a?b=1')).body).toMatchObject({ name: 'blue', path: '/a?b=1' });
    expect((await fetch(`${proxy.ready.status}/status/ready`)).status).toBe(200);
    const status = (await (await fetch(`${proxy.ready.admin}/status`)).json()) as Record<string, unknown>;
    expect(status['configuration_hash']).toMatch(/^[0-9a-f]{32}$/);
    const root = (await (await fetch(`${proxy.ready.admin}/`)).json()) as Record<string, unknown>;
    expect(root).toMatchObject({ version: '3.9.1', tidegate: { deltas: true } });
    const routes = (await (await fetch(`${proxy.ready.admin}/routes`)).json()) as {
      data: { name: string }[];
    };
    expect(routes.data.map(({ name }) => name)).toEqual(['shop']);
  });

  test('what it shows can be posted again: same hash', async () => {
    await configured(document(blue));
    const shown = (await (await fetch(`${proxy.ready.admin}/config`)).json()) as { config: string };
    const before = (await fetch(`${proxy.ready.admin}/config`)).headers.get('etag');
    const reply = await post({ config: shown.config });
    expect(reply.status, await reply.clone().text()).toBe(201);
    expect(reply.headers.get('etag')).toBe(before);
    expect((await post({ config: shown.config }, '?check_hash=1')).status).toBe(304);
  });

  test('refuses a wrong config as Kong does and keeps the old one', async () => {
    await configured(document(blue));
    const wrong = document(green, { plugins: [{ name: 'rate-limiting', config: { minute: 'many' } }] });
    const reply = await post(wrong, '?flatten_errors=1');
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      code: 14,
      name: 'invalid declarative configuration',
      flattened_errors: [{ entity_type: 'plugin', errors: [{ field: 'config.minute' }] }],
    });
    expect((await get('/')).body['name']).toBe('blue');
  });

  const answers: readonly (readonly [string, string, number, string])[] = [
    ['POST', '/routes', 405, "cannot create 'routes' entities when not using a database"],
    [
      'PUT',
      '/routes/x',
      405,
      "cannot create or update 'routes' entities by 'name' when not using a database",
    ],
    ['DELETE', '/routes/shop', 405, "cannot remove 'routes' entities by 'name' when not using a database"],
    ['DELETE', '/routes/none', 404, 'Not found'],
    ['GET', '/targets', 404, 'Not found'],
    ['GET', '/nothing', 404, 'Not found'],
    ['POST', '/status', 405, 'Method not allowed'],
    ['GET', '/routes?size=0', 400, 'size must be an integer between 1 and 1000'],
  ];
  for (const [method, path, status, message] of answers) {
    test(`${method} ${path} answers ${status}`, async () => {
      const reply = await fetch(`${proxy.ready.admin}${path}`, { method });
      expect(reply.status).toBe(status);
      expect(((await reply.json()) as { message: string }).message).toBe(message);
    });
  }
});

describe('plugins', () => {
  test('key-auth lets the holder of a key through and names them', async () => {
    await configured(document(blue, { plugins: [{ name: 'key-auth', config: { hide_credentials: true } }] }));
    expect(await get('/')).toMatchObject({ status: 401, body: { message: 'No API key found in request' } });
    const { status, body } = await get('/', { apikey: 'secret', 'x-consumer-username': 'root' });
    expect(status).toBe(200);
    expect(body['headers']).toMatchObject({ 'x-consumer-username': 'anna' });
    expect(body['headers']).not.toHaveProperty('apikey');
  });

  test('key-auth in a body: refused bodies never reach the upstream', async () => {
    await configured(document(blue, { plugins: [{ name: 'key-auth', config: { key_in_body: true } }] }));
    const send = (key: string) =>
      fetch(proxy.ready.proxy, { method: 'POST', body: new URLSearchParams({ apikey: key, a: '1' }) });
    const before = blue.seen.length;
    expect((await send('wrong')).status).toBe(401);
    expect(blue.seen.length).toBe(before);
    expect((await send('secret')).status).toBe(200);
  });

  test('rate-limiting counts over both workers', async () => {
    await configured(document(blue, { plugins: [{ name: 'rate-limiting', config: { year: 3 } }] }));
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      // A connection each, so that both workers are met.
      statuses.push((await get('/', { connection: 'close' })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
  });

  test('cors answers a preflight, request-transformer changes a body', async () => {
    const transform = { add: { body: ['b:2'], headers: ['x-path:$(query_params.p)'] } };
    await configured(
      document(blue, { plugins: [{ name: 'cors' }, { name: 'request-transformer', config: transform }] }),
    );
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
    const preflight = await fetch(proxy.ready.proxy, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PUT/);
    const changed = await fetch(`${proxy.ready.proxy}/?p=one`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    const got = ((await changed.json()) as { headers: Record<string, string> }).headers;
    expect(got['x-path']).toBe('one');
    expect(got['content-length']).toBe(String('{"a":1,"b":"2"}'.length));
  });
});

test('a config change under load fails no request', async () => {
  await configured(document(blue));
  let running = true;
  const failures: string[] = [];
  let served = 0;
  const clients = Array.from({ length: 8 }, async () => {
    while (running) {
      try {
        const { status } = await get('/load');
        if (status === 200) served++;
        else failures.push(String(status));
      } catch (error) {
        failures.push(String(error));
      }
    }
  });
  try {
    for (let i = 0; i < 20; i++) await configured(document(i % 2 === 0 ? green : blue));
  } finally {
    running = false;
    await Promise.all(clients);
  }
  expect(failures).toEqual([]);
  expect(served).toBeGreaterThan(20);
  expect((await get('/')).body['name']).toBe('blue');
});

test('a route to the Admin API itself gets nothing, whatever client and plugins do about it', async () => {
  const config = {
    remove: { headers: ['X-Kong-Request-Id'] },
    rename: { headers: ['X-Kong-Request-Id:X-A'] },
    replace: { headers: ['Host:localhost'] },
  };
  const plugins = [{ name: 'request-transformer', config }];
  const route = { name: 'admin', paths: ['/'], strip_path: false, plugins };
  const url = proxy.ready.admin.replace('127.0.0.1', 'localhost');
  await configured({ _format_version: '3.0', services: [{ name: 'admin', url, routes: [route] }] });
  const [status, text] = await new Promise<[number, string]>((resolve, reject) => {
    const headers = { connection: 'x-kong-request-id', 'x-kong-request-id': '' };
    const call = request(`${proxy.ready.proxy}/config`, { headers }, (reply) => {
      let body = '';
      reply.on('data', (bytes: Buffer) => {
        body += bytes.toString();
      });
      reply.on('end', () => resolve([reply.statusCode!, body]));
    });
    call.on('error', reject);
    call.end();
  });
  expect(status).toBe(403);
  expect(text).toContain('does not answer requests that come through a gateway');
  await configured(document(blue));
});

/** The status of the first answer that anybody gets on a port. */
function firstStatus(port: number, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const call = httpGet({ host: '127.0.0.1', port, agent: false }, (reply) => {
        reply.resume();
        resolve(reply.statusCode!);
      });
      call.on('error', () => {
        if (child.exitCode === null) setImmediate(attempt);
        else reject(new Error('the proxy ended before it answered'));
      });
    };
    attempt();
  });
}

test('a file is served from the first request on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-file-'));
  const file = join(folder, 'kong.json');
  // Enough routes that building them takes longer than the first client needs.
  const others = Array.from({ length: 2_000 }, (_, i) => ({ name: `other-${i}`, paths: [`/other/${i}`] }));
  const { services, ...rest } = document(blue);
  const routes = [...others, ...services[0]!.routes];
  writeFileSync(file, JSON.stringify({ ...rest, services: [{ ...services[0]!, routes }] }));
  const port = await freePort();
  const ports = ['--proxy-port', String(port), '--proxy-tls-port', '0', '--admin-port', '0'];
  const readyFile = join(folder, 'ready.json');
  const args = ['--workers', '2', '--config', file, '--ready-file', readyFile];
  const child = runTidegate(['proxy', ...ports, ...args]);
  const output = collectOutput(child);
  const status = await firstStatus(port, child);
  while (!existsSync(readyFile) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyRecord;
  child.kill('SIGTERM');
  const code = await exitOf(child);
  rmSync(folder, { recursive: true });
  expect({ status, code }, output()).toEqual({ status: 200, code: 0 });
  expect(ready.proxy).toBe(`http://127.0.0.1:${port}`);
});

test('a file that is not valid ends the command before it listens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-file-'));
  const file = join(folder, 'kong.json');
  writeFileSync(
    file,
    JSON.stringify({ _format_version: '3.0', services: [{ name: 'shop', url: 'ftp://x' }] }),
  );
  const child = runTidegate(['proxy', '--proxy-port', '0', '--admin-port', '0', '--config', file]);
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(65);
  expect(output()).toContain(`${file}:1:38: services 'shop' protocol`);
  rmSync(folder, { recursive: true });
});

test('a port that is taken is named, with the way out', async () => {
  const port = new URL(proxy.ready.proxy).port;
  const child = runTidegate(['proxy', '--proxy-port', port, '--proxy-tls-port', '0', '--admin-port', '0']);
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(3);
  expect(output()).toContain(`127.0.0.1:${port} is in use by another program`);
  expect(output()).toContain('--proxy-port');
});

test('SIGTERM lets a request under way finish, then ends with 0', async () => {
  const own = await startProxyProcess();
  const reply = await fetch(`${own.ready.admin}/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document(blue)),
  });
  expect(reply.status).toBe(201);
  const seen = blue.seen.length;
  const slow = fetch(`${own.ready.proxy}/slow`);
  while (blue.seen.length === seen) await new Promise((resolve) => setImmediate(resolve));
  const stopped = own.stop();
  expect((await slow).status).toBe(200);
  expect(await stopped).toBe(0);
});
