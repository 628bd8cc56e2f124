// Secrets of a real process that stand in its environment: shown to clients, and nowhere else.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { type Backend, type RunningProxy, startBackend, startProxyProcess } from './running-proxy.ts';

let proxy: RunningProxy;
let backend: Backend;
let key: string;
const directory = mkdtempSync(join(tmpdir(), 'tidegate-vault-'));
const password = 'kept-to-itself';

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  const issued = await issueCertificate(authority, { commonName: 'out of the environment' });
  key = issued.key;
  backend = await startBackend('shop');
  const limits = (reference: string) => ({
    name: 'rate-limiting',
    config: { minute: 100, redis: { password: reference } },
  });
  const config = {
    _format_version: '3.0',
    vaults: [{ prefix: 'shop', name: 'env', config: { prefix: 'SHOP_' } }],
    certificates: [
      { cert: '{vault://shop/tls/cert}', key: '{vault://shop/tls/key}', snis: ['shop.example'] },
    ],
    services: [
      {
        name: 'shop',
        url: backend.url,
        routes: [
          { name: 'known', paths: ['/known'], plugins: [limits('{vault://env/redis-password}')] },
          { name: 'unknown', paths: ['/unknown'], plugins: [limits('{vault://env/not-there}')] },
        ],
      },
    ],
  };
  writeFileSync(join(directory, 'kong.json'), JSON.stringify(config));
  proxy = await startProxyProcess(['--config', join(directory, 'kong.json')], {
    SHOP_TLS: JSON.stringify({ cert: issued.cert, key: issued.key }),
    REDIS_PASSWORD: password,
  });
});

afterAll(async () => {
  await proxy.stop();
  await backend.close();
  rmSync(directory, { recursive: true });
});

test('the certificate is shown to clients of its name', async () => {
  const { port } = new URL(proxy.ready.proxyTls!);
  const socket = connect({
    host: '127.0.0.1',
    port: Number(port),
    servername: 'shop.example',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  expect(socket.getPeerCertificate().subject.CN).toBe('out of the environment');
  socket.destroy();
});

test.each([
  ['/known', 200],
  ['/unknown', 503],
])('a plugin whose reference has an answer runs, another one closes its route: %s', async (path, status) => {
  expect((await fetch(`${proxy.ready.proxy}${path}`)).status).toBe(status);
});

test('whoever looks sees references', async () => {
  let seen = proxy.output();
  for (const path of ['/config', '/certificates', '/plugins', '/vaults', '/', '/status', '/metrics'])
    seen += await (await fetch(`${proxy.ready.admin}${path}`)).text();
  expect(seen).toContain('{vault://shop/tls/key}');
  expect(seen).toContain('nothing that can be used');
  expect(seen).toContain('{vault://env/not-there}');
  for (const secret of [password, key.split('\n')[1]!, 'BEGIN']) expect(seen).not.toContain(secret);
});
