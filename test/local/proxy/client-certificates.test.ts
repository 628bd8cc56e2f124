// A real proxy that asks the clients of one host for certificates: over real handshakes, with sessions kept by clients.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createCertificateAuthority,
  type IssuedCertificate,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { type Backend, type RunningProxy, startBackend, startProxyProcess } from './running-proxy.ts';

let proxy: RunningProxy;
let backend: Backend;
let anna: IssuedCertificate;
let stranger: IssuedCertificate;
const directory = mkdtempSync(join(tmpdir(), 'tidegate-clients-'));

beforeAll(async () => {
  const [ours, other] = await Promise.all([
    createCertificateAuthority('ours'),
    createCertificateAuthority('other'),
  ]);
  [anna, stranger] = await Promise.all([
    issueCertificate(ours, { commonName: 'anna' }),
    issueCertificate(other, { commonName: 'anna' }),
  ]);
  backend = await startBackend('shop');
  const shown = await issueCertificate(ours, { commonName: 'gateway', dnsNames: ['*.example'] });
  writeFileSync(join(directory, 'ca.pem'), ours.cert);
  const config = {
    _format_version: '3.0',
    certificates: [{ ...shown, snis: [{ name: '*.example' }] }],
    services: [{ name: 'shop', url: backend.url, routes: [{ name: 'shop', paths: ['/'] }] }],
  };
  writeFileSync(join(directory, 'kong.json'), JSON.stringify(config));
  proxy = await startProxyProcess([
    '--client-ca',
    `strict.example=${join(directory, 'ca.pem')}`,
    '--config',
    join(directory, 'kong.json'),
  ]);
});

afterAll(async () => {
  await proxy.stop();
  await backend.close();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly subject: string | undefined;
  readonly isResumed: boolean;
  readonly session: Buffer | undefined;
}

/** One request on a connection of its own. */
async function ask(serverName: string, host: string, options: ConnectionOptions = {}): Promise<Answer> {
  const port = Number(new URL(proxy.ready.proxyTls!).port);
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    servername: serverName,
    rejectUnauthorized: false,
    ...options,
  });
  let session: Buffer | undefined;
  socket.on('session', (kept) => {
    session = kept;
  });
  await once(socket, 'secureConnect');
  const isResumed = socket.isSessionReused();
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)![1]);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '');
  const headers = status === 200 ? (JSON.parse(body).headers as Record<string, string>) : {};
  return {
    status,
    subject: headers['x-client-cert-subject-dn'],
    isResumed,
    session,
  };
}

test('only who shows a believed certificate gets through', async () => {
  const host = 'strict.example';
  expect(await ask(host, host)).toMatchObject({ status: 400 });
  expect(await ask(host, host, stranger)).toMatchObject({ status: 400 });
  expect(await ask(host, host, anna)).toMatchObject({ status: 200, subject: 'CN=anna' });
  expect(await ask('free.example', 'free.example', anna)).toMatchObject({ status: 200, subject: undefined });
  expect(await ask('free.example', host, anna)).toMatchObject({ status: 421 });
  expect((await fetch(proxy.ready.proxy, { headers: { host: 'free.example' } })).status).toBe(200);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('sessions open nothing: %s', async (version) => {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version };
  const free = await ask('free.example', 'free.example', only);
  const again = await ask('free.example', 'free.example', { ...only, session: free.session! });
  // With any worker of the process.
  expect([free.session === undefined, again.isResumed]).toEqual([false, true]);
  const strict = await ask('strict.example', 'strict.example', { ...only, session: free.session! });
  expect([strict.status, strict.isResumed]).toEqual([400, false]);
  const shown = await ask('strict.example', 'strict.example', { ...only, ...anna });
  // Whatever it was given to keep.
  const kept = shown.session === undefined ? {} : { session: shown.session };
  const later = await ask('strict.example', 'strict.example', { ...only, ...kept });
  expect([shown.status, later.status, later.isResumed]).toEqual([200, 400, false]);
});
