// `tidegate proxy` with a DNS server of its own: names that move, vanish, are not answered, and the state that the Admin API
// shows of them. Two backends listen on one port of two loopback addresses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningProxy, startProxyProcess } from '../proxy/running-proxy.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';

const hosts = ['127.0.0.1', '127.0.0.2'] as const;
const patienceMs = 15_000;

let dns: DnsServer;
let proxy: RunningProxy;
let port = 0;
const servers: Server[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tidegate-names-'));

const wire = (...addresses: readonly string[]) => addresses.map((data) => ({ ttl: 1, data }));

async function listen(host: string): Promise<void> {
  const server = createServer((request, response) =>
    response.end(JSON.stringify({ host, asked: request.headers.host })),
  );
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  port = (server.address() as AddressInfo).port;
  servers.push(server);
}

beforeAll(async () => {
  dns = await startDnsServer();
  for (const host of hosts) await listen(host);
  const service = (name: string, host: string) => ({
    name,
    host,
    port,
    routes: [{ name, paths: [`/${name}`] }],
  });
  const config = {
    _format_version: '3.0',
    services: [
      service('plain', 'plain.example'),
      service('named', 'named-upstream'),
      service('gone', 'gone.example'),
      service('late', 'late.example'),
      service('short', 'short'),
    ],
    upstreams: [{ name: 'named-upstream', targets: [{ target: `named.example:1`, weight: 10 }] }],
  };
  const file = join(folder, 'kong.json');
  writeFileSync(file, JSON.stringify(config));
  const hostsFile = join(folder, 'hosts');
  writeFileSync(hostsFile, '127.0.0.2 short  # in the hosts file\n');
  dns.zone.set('A plain.example', wire('127.0.0.1'));
  dns.zone.set('SRV named.example', [
    { ttl: 1, data: `5 30 ${port} one.example` },
    { ttl: 1, data: `5 10 ${port} two.example` },
    { ttl: 1, data: `9 10 9 two.example` },
  ]);
  dns.zone.set('A one.example', wire('127.0.0.1'));
  dns.zone.set('A two.example', wire('127.0.0.2'));
  dns.zone.set('SRV late.example', 'silence');
  const options = ['--dns-resolver', dns.address, '--dns-hostsfile', hostsFile, '--dns-not-found-ttl', '1'];
  proxy = await startProxyProcess(['-c', file, ...options]);
});

afterAll(async () => {
  await proxy.stop();
  await dns.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly host: string;
  readonly text: string;
}

async function get(path: string): Promise<Answer> {
  const reply = await fetch(`${proxy.ready.proxy}${path}`);
  const text = await reply.text();
  const host = reply.status === 200 ? (JSON.parse(text) as { readonly host: string }).host : '';
  return { status: reply.status, host, text };
}

/** Asks until it is so; every answer before counts too. */
async function until(path: string, isSo: (answer: Answer) => boolean): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const answer = await get(path);
    answers.push(answer);
    if (isSo(answer)) return answers;
    if (Date.now() > deadlineMs) throw new Error(`still ${answer.status} ${answer.host} ${answer.text}`);
  }
}

test('the first request waits for the first answer', async () => {
  expect(await get('/plain')).toMatchObject({ status: 200, host: '127.0.0.1' });
});

test('SRV spreads by weight over ports of its own, and asks for the name', async () => {
  await until('/named', ({ status }) => status === 200);
  const counts = new Map<string, number>();
  // Two workers with wheels of their own; each has whole rounds of forty.
  for (let i = 0; i < 400; i++) {
    const { status, host, text } = await get('/named');
    expect([status, text.includes(`"asked":"named.example:${port}"`)]).toEqual([200, true]);
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  expect(counts.get('127.0.0.1')! / 400).toBeGreaterThan(0.6);
  expect(counts.get('127.0.0.2')!).toBeGreaterThan(40);
});

test('the Admin API shows what the name stands for', async () => {
  const reply = await fetch(`${proxy.ready.admin}/upstreams/named-upstream/health`);
  const { data } = (await reply.json()) as { readonly data: readonly Record<string, unknown>[] };
  expect(data[0]).toMatchObject({
    target: 'named.example:1',
    health: 'HEALTHCHECKS_OFF',
    data: {
      dns: 'SRV',
      weight: { total: 40, available: 40, unavailable: 0 },
      addresses: [
        { ip: '127.0.0.1', port, weight: 30 },
        { ip: '127.0.0.2', port, weight: 10 },
      ],
    },
  });
});

test('the hosts file comes before DNS, which is not asked', async () => {
  expect(await get('/short')).toMatchObject({ status: 200, host: '127.0.0.2' });
  expect(dns.asked.filter((key) => key.endsWith(' short'))).toEqual([]);
});

test('records that change move the traffic without losing a request', async () => {
  dns.zone.set('A plain.example', wire('127.0.0.2'));
  const moved = await until('/plain', ({ host }) => host === '127.0.0.2');
  expect(moved.filter(({ status }) => status !== 200)).toEqual([]);
});

test('while DNS is silent the old addresses go on', async () => {
  dns.zone.set('A plain.example', 'silence');
  const before = dns.asked.length;
  const answers = await until('/plain', () => dns.asked.slice(before).includes('A plain.example'));
  expect([...answers, await get('/plain')].filter(({ status }) => status !== 200)).toEqual([]);
});

test('a name that does not exist is refused with one reason, and served once it does', async () => {
  expect(await get('/gone')).toMatchObject({ status: 503 });
  expect((await get('/gone')).text).toContain('name resolution failed');
  dns.zone.set('A gone.example', wire('127.0.0.1'));
  const answers = await until('/gone', ({ status }) => status === 200);
  for (const { status, text } of answers)
    if (status !== 200) expect(text).toContain('name resolution failed');
});

test('a request to a name that DNS does not answer for waits, and is refused for that reason', async () => {
  expect(await get('/late')).toMatchObject({ status: 503 });
});
