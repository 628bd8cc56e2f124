// HAProxy as the load balancer before `tidegate proxy --proxy-protocol`: versions 1 and 2, before plain HTTP and before TLS.
// HAProxy says itself who the client is (127.0.0.2), so the proxy can only know it from the header.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, freePort, reachable, start, stop } from '../../bench/programs.ts';
import {
  type Backend,
  type RunningProxy,
  startBackend,
  startProxyProcess,
} from '../../local/proxy/running-proxy.ts';

const haproxy = findProgram('haproxy');
const clientAddress = '127.0.0.2';
const senders = ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c,unique-id'] as const;
const answerLimitMs = 10_000;

let folder: string;
let backend: Backend;
let proxy: RunningProxy;
let balancer: ChildProcess;
/** By sender and whether TLS is inside. */
const ports = new Map<string, number>();

const portOf = (url: string): number => Number(new URL(url).port);

/** One listener a way of sending, all of them only passing bytes. */
async function startBalancer(): Promise<ChildProcess> {
  const lines = [
    'defaults',
    '  mode tcp',
    '  timeout connect 5s',
    '  timeout client 10s',
    '  timeout server 10s',
  ];
  for (const isTls of [false, true])
    for (const sender of senders) {
      const port = await freePort();
      ports.set(`${sender} ${isTls}`, port);
      lines.push(
        `listen lane-${port}`,
        `  bind 127.0.0.1:${port}`,
        '  unique-id-format %pid-%rt',
        `  server proxy 127.0.0.1:${portOf(isTls ? proxy.ready.proxyTls! : proxy.ready.proxy)} ${sender}`,
      );
    }
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = start(haproxy!, ['-db', '-f', file]);
  for (const port of ports.values()) await reachable(port, child);
  return child;
}

function open(port: number, isTls: boolean, localAddress: string): Socket {
  const plain = connect({ port, host: '127.0.0.1', localAddress });
  return isTls ? connectTls({ socket: plain, servername: 'a.example', rejectUnauthorized: false }) : plain;
}

/** Everything that is answered. */
function ask(port: number, isTls: boolean, path = '/', localAddress = clientAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(port, isTls, localAddress);
    let text = '';
    socket.setTimeout(answerLimitMs, () => socket.destroy(new Error('no answer')));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`);
  });
}

const limiting = { name: 'rate-limiting', config: { hour: 1, limit_by: 'ip', policy: 'local' } };

function configOf(url: string): string {
  const routes = [
    { paths: ['/'], strip_path: false },
    { paths: ['/limited'], plugins: [limiting] },
  ];
  return JSON.stringify({ _format_version: '3.0', services: [{ url, routes }] });
}

describe.skipIf(haproxy === null)(`PROXY protocol${haproxy === null ? ' (not run: no HAProxy)' : ''}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-haproxy-'));
    backend = await startBackend('a');
    const config = join(folder, 'kong.json');
    writeFileSync(config, configOf(backend.url));
    const trust = ['--proxy-protocol', '--trusted-ips', '127.0.0.1'];
    proxy = await startProxyProcess(['--config', config, '--access-log', 'json', ...trust]);
    balancer = await startBalancer();
  });

  afterAll(async () => {
    await stop(balancer);
    await proxy.stop();
    await backend.close();
    rmSync(folder, { recursive: true });
  });

  const ways = senders.flatMap((sender) => [[sender, false] as const, [sender, true] as const]);

  test.each(ways)('%s, TLS %s', async (sender, isTls) => {
    const answer = await ask(ports.get(`${sender} ${isTls}`)!, isTls);
    expect(JSON.parse(/\{.*\}/s.exec(answer)![0]).headers).toMatchObject({
      'x-forwarded-for': clientAddress,
      'x-real-ip': clientAddress,
      'x-forwarded-proto': isTls ? 'https' : 'http',
    });
  });

  test.each([false, true])('nothing is answered without the header, TLS %s', async (isTls) => {
    const port = portOf(isTls ? proxy.ready.proxyTls! : proxy.ready.proxy);
    expect(await ask(port, isTls).catch(() => '')).toBe('');
  });

  test('clients are counted by the address that the header tells', async () => {
    const port = ports.get('send-proxy-v2 false')!;
    const statusOf = async (localAddress: string) =>
      (await ask(port, false, '/limited', localAddress)).slice(9, 12);
    expect([await statusOf('127.0.0.3'), await statusOf('127.0.0.3'), await statusOf('127.0.0.4')]).toEqual([
      '200',
      '429',
      '200',
    ]);
  });
});
