// Real worker threads in this process: one is ended while requests flow, deltas reach both.
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { createEnv } from '../../../src/io/env.ts';
import { createWorkers } from '../../../src/io/workers.ts';
import type { GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { encodeDelta } from '../../../src/kong/decode-delta.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { Env } from '../../../src/ports/env.ts';
import type { HttpListener } from '../../../src/ports/http.ts';
import type { Worker } from '../../../src/ports/workers.ts';
import { createAdmin } from '../../../src/proxy/admin/admin.ts';
import { type ApplyResult, createProxy, type ProxyServer } from '../../../src/proxy/server/main.ts';
import { noMeta } from '../../../src/proxy/server/staleness.ts';
import { statisticsLayout, statisticsWords } from '../../../src/proxy/server/statistics.ts';
import { type Backend, startBackend } from './running-proxy.ts';

const log = { format: 'text', level: 'error', write: () => undefined } as const;
const threadLog = { format: 'text', level: 'error' } as const;
const threads: Worker[] = [];
let env: Env;
let proxy: ProxyServer;
let admin: HttpListener;
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend('blue');
  env = createEnv(log);
  const workers = createWorkers(threadLog, 256);
  const recording = {
    start: (...given: Parameters<typeof workers.start>) => {
      const worker = workers.start(...given);
      threads.push(worker);
      return worker;
    },
  };
  const issued = await issueCertificate(await createCertificateAuthority(), { commonName: 'default' });
  proxy = createProxy(env, recording, {
    workers: 2,
    serving: {
      host: '127.0.0.1',
      httpPort: 0,
      httpsPort: 0,
      accessLog: 'off',
      keepaliveTimeoutMs: 5000,
      headTimeoutMs: 5000,
      defaultCertificate: { id: 'default', ...issued },
    },
  });
  await new Promise<void>((resolve, reject) => {
    proxy.start((error) => (error === null ? resolve() : reject(new Error(error))));
  });
  const handler = createAdmin(env, proxy, {
    identity: { kongVersion: '3.9.1', tidegateVersion: '0', hostname: 'test', nodeId: 'test', processId: 1 },
    parseYaml: () => ({ ok: false, error: 'no YAML here' }),
  });
  admin = await new Promise<HttpListener>((resolve, reject) => {
    env.httpServer.listen(
      { host: '127.0.0.1', port: 0, bodyBytesMax: 1_000_000 },
      handler,
      (error, listener) => (error === null ? resolve(listener!) : reject(new Error(error))),
    );
  });
});

afterAll(async () => {
  await new Promise<void>((resolve) => proxy.drain(1000, resolve));
  await new Promise<void>((resolve) => admin.close(resolve));
  await backend.close();
});

function configOf(path: string): GatewayConfig {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: [{ name: 's', url: backend.url, routes: [{ name: 'r', paths: [path] }] }],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

function apply(config: GatewayConfig): Promise<ApplyResult> {
  return new Promise((resolve) => proxy.apply(config, noMeta, resolve));
}

async function status(path: string): Promise<number> {
  const url = `http://127.0.0.1:${proxy.ports().httpPort}${path}`;
  const reply = await fetch(url, { headers: { connection: 'close' } });
  await reply.arrayBuffer();
  return reply.status;
}

function patch(to: GatewayConfig, ifMatch: string, headers: Readonly<Record<string, string>> = {}) {
  return fetch(`${admin.url}/config`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'if-match': `"${ifMatch}"`, ...headers },
    body: new Uint8Array(encodeDelta(diffConfigs(proxy.config(), to))),
  });
}

test('a delta is taken from the current config only, and never from an older leader', async () => {
  expect(await apply(configOf('/a'))).toMatchObject({ ok: true });
  const next = configOf('/b');
  const before = proxy.config().id;
  const elsewhere = await patch(next, 'f'.repeat(32));
  expect(elsewhere.status).toBe(412);
  expect(elsewhere.headers.get('etag')).toBe(`"${before}"`);
  const taken = await patch(next, before, { 'x-tidegate-epoch': '5', 'x-tidegate-revision': '{"pods":"9"}' });
  expect(taken.status).toBe(200);
  expect(taken.headers.get('etag')).toBe(`"${next.id}"`);
  expect([await status('/a'), await status('/b')]).toEqual([404, 200]);
  const older = await patch(configOf('/a'), next.id, { 'x-tidegate-epoch': '4' });
  expect(older.status).toBe(409);
  expect(await status('/b')).toBe(200);
});

/** One request over TLS, with a session to go on with. */
function secured(session?: Buffer): Promise<{ readonly isResumed: boolean; readonly session: Buffer }> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: proxy.ports().httpsPort,
      rejectUnauthorized: false,
      ...(session === undefined ? {} : { session }),
    });
    let given = session;
    let isResumed = false;
    socket.on('session', (next) => {
      given = next;
    });
    socket.on('secureConnect', () => {
      isResumed = socket.isSessionReused();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ isResumed, session: given! }));
    socket.resume();
    socket.write('GET /c HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n');
  });
}

test('a TLS session begun with one worker goes on with any', async () => {
  const { isResumed, session } = await secured();
  const visits = await Promise.all(Array.from({ length: 24 }, () => secured(session)));
  expect(isResumed).toBe(false);
  // The kernel gives each worker its share of them.
  expect(visits.map((visit) => visit.isResumed)).toEqual(visits.map(() => true));
});

test('a worker that ends is replaced with the current config while the other serves', async () => {
  expect(await apply(configOf('/c'))).toMatchObject({ ok: true });
  threads[0]!.terminate();
  // Connections that the kernel had given to the ended thread are lost with it; new ones are served all along.
  const statuses = new Set<number>();
  let cut = 0;
  while (!proxy.members().every(({ state }) => state === 'live') || threads.length < 3) {
    try {
      statuses.add(await status('/c'));
    } catch {
      cut++;
    }
  }
  for (let i = 0; i < 20; i++) statuses.add(await status('/c'));
  expect([...statuses]).toEqual([200]);
  expect(cut).toBeLessThan(20);
  expect(proxy.members()[0]).toMatchObject({ restarts: 1, configId: proxy.config().id });
});

test('a route that stays goes on counting over changes, in all workers together', async () => {
  const counted = async (line: string): Promise<number> => {
    const text = await (await fetch(`${admin.url}/metrics`)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return Number(found?.slice(line.length + 1) ?? 0);
  };
  const responses = 'tidegate_route_responses_total{service="s",route="r",code="2xx"}';
  const latencies = 'kong_upstream_latency_ms_bucket{service="s",route="r",workspace="default",le="+Inf"}';
  expect(await apply(configOf('/d'))).toMatchObject({ ok: true });
  const before = [await counted(responses), await counted(latencies)];
  for (let i = 0; i < 10; i++) expect(await status('/d')).toBe(200);
  expect(await apply(configOf('/e'))).toMatchObject({ ok: true });
  for (let i = 0; i < 5; i++) expect(await status('/e')).toBe(200);
  expect(await status('/d')).toBe(404);
  expect([await counted(responses), await counted(latencies)]).toEqual(before.map((count) => count + 15));
  expect(await counted('tidegate_proxy_exits_total{reason="no_route"}')).toBeGreaterThan(0);
});

test('a crash costs the requests of its worker and no others', async () => {
  expect(await apply(configOf('/'))).toMatchObject({ ok: true });
  const { statistics } = proxy.shared;
  const activeOf = (worker: number): number =>
    statistics[worker * statisticsWords + statisticsLayout.exchangesActive]!;
  const restartsBefore = proxy.members()[1]!.restarts;
  const answers = Array.from({ length: 60 }, () => status('/slow').catch(() => 'lost'));
  while (activeOf(0) + activeOf(1) < answers.length) await new Promise((resolve) => setImmediate(resolve));
  const [served, lost] = [activeOf(0), activeOf(1)];
  threads[1]!.terminate();
  const all = await Promise.all(answers);
  expect(all.filter((answer) => answer === 200).length).toBe(served);
  expect(all.filter((answer) => answer === 'lost').length).toBe(lost);
  expect(Math.min(served, lost)).toBeGreaterThan(0);
  while (!proxy.members().every(({ state }) => state === 'live')) await status('/').catch(() => 0);
  expect(proxy.members()[1]).toMatchObject({ restarts: restartsBefore + 1 });
  // A worker counts an exchange off when its client has been handed the answer, so the last one may still be on its way.
  while (activeOf(0) + activeOf(1) !== 0) await new Promise((resolve) => setImmediate(resolve));
  expect([activeOf(0), activeOf(1)]).toEqual([0, 0]);
});

test('an active check takes a dead target out, and its health can be set by hand', async () => {
  // A port that was free a moment ago: nothing answers there.
  const gone = await startBackend('gone');
  const deadAddress = new URL(gone.url).host;
  await gone.close();
  const active = {
    type: 'http',
    healthy: { interval: 0.05, successes: 1 },
    unhealthy: { interval: 0.05, tcp_failures: 1 },
  };
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    upstreams: [
      {
        name: 'shop',
        healthchecks: { active },
        targets: [{ target: new URL(backend.url).host }, { target: deadAddress }],
      },
    ],
    services: [{ name: 's', host: 'shop', routes: [{ name: 'r', paths: ['/'] }] }],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  expect(await apply(decoded.value)).toMatchObject({ ok: true });
  const health = async (): Promise<Record<string, string>> => {
    const reply = await fetch(`${admin.url}/upstreams/shop/health`);
    const { data } = (await reply.json()) as { data: { target: string; health: string }[] };
    return Object.fromEntries(data.map(({ target, health }) => [target, health]));
  };
  while ((await health())[deadAddress] !== 'UNHEALTHY');
  for (let i = 0; i < 10; i++) expect(await status('/')).toBe(200);
  const target = `${admin.url}/upstreams/shop/targets/${deadAddress}`;
  expect((await fetch(`${target}/healthy`, { method: 'PUT' })).status).toBe(204);
  expect((await fetch(`${target}/healthy`, { method: 'POST' })).status).toBe(405);
});
