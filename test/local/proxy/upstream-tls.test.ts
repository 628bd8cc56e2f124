// TLS towards upstreams through the real proxy: which name is asked for, what a service believes and shows, and that a
// connection made for one of these ways of speaking never carries a request that asks for another.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority, issueAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import { type RunningProxy, startProxyProcess } from './running-proxy.ts';

let proxy: RunningProxy;
let pod: Server;
let connections = 0;

const ids = {
  ours: 'ca000000-0000-4000-8000-000000000001',
  other: 'ca000000-0000-4000-8000-000000000002',
  anna: 'ce000000-0000-4000-8000-000000000001',
  berta: 'ce000000-0000-4000-8000-000000000002',
};

interface Spoken {
  readonly host: string;
  readonly serverName: string;
  readonly client: string;
  readonly connection: number;
}

/** By path: how the service speaks to the pod, and its routes. */
const services: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  unverified: {},
  anna: { client_certificate: ids.anna },
  berta: { client_certificate: ids.berta },
  verified: { tls_verify: true, tls_verify_depth: 2, ca_certificates: [ids.ours] },
  both: { tls_verify: true, tls_verify_depth: 2, ca_certificates: [ids.other, ids.ours] },
  shallow: { tls_verify: true, ca_certificates: [ids.ours] },
  stranger: { tls_verify: true, tls_verify_depth: 2, ca_certificates: [ids.other] },
  system: { tls_verify: true, tls_verify_depth: 2 },
};

beforeAll(async () => {
  const [ours, other] = await Promise.all([
    createCertificateAuthority('ours'),
    createCertificateAuthority('other'),
  ]);
  const upper = await issueAuthority(ours, 'upper');
  const lower = await issueAuthority(upper, 'lower');
  const names = { commonName: 'pod', dnsNames: ['pod.example', 'www.example'], ipAddresses: ['127.0.0.1'] };
  const shown = await issueCertificate(lower, names);
  const [anna, berta] = await Promise.all([
    issueCertificate(ours, { commonName: 'anna' }),
    issueCertificate(ours, { commonName: 'berta' }),
  ]);
  const numbers = new WeakMap<object, number>();
  pod = createServer(
    {
      cert: shown.cert + lower.cert + upper.cert,
      key: shown.key,
      requestCert: true,
      rejectUnauthorized: false,
      ca: ours.cert,
    },
    (asked, response) => {
      const socket = asked.socket as TLSSocket & { servername?: string | false };
      response.end(
        JSON.stringify({
          host: asked.headers.host!.replace(/:\d+$/, ''),
          serverName: socket.servername || '',
          client: socket.getPeerCertificate().subject?.CN ?? '',
          connection: numbers.get(socket),
        }),
      );
    },
  );
  pod.on('secureConnection', (socket) => numbers.set(socket, ++connections));
  pod.on('tlsClientError', (_error, socket) => socket.destroy());
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
  const { port } = pod.address() as AddressInfo;
  const place = { protocol: 'https', port, retries: 0 };
  const routesOf = (name: string) => [
    { name: `${name}-own`, paths: [`/${name}/own`] },
    { name: `${name}-kept`, paths: [`/${name}/kept`], preserve_host: true },
    {
      name: `${name}-edited`,
      paths: [`/${name}/edited`],
      plugins: [{ name: 'request-transformer', config: { replace: { headers: ['Host:www.example'] } } }],
    },
  ];
  proxy = await startProxyProcess(['--access-log', 'json']);
  const reply = await fetch(`${proxy.ready.admin}/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      _format_version: '3.0',
      certificates: [
        { id: ids.anna, ...anna },
        { id: ids.berta, ...berta },
      ],
      ca_certificates: [
        { id: ids.ours, cert: ours.cert },
        { id: ids.other, cert: other.cert },
      ],
      upstreams: [{ name: 'pods', host_header: 'pod.example', targets: [{ target: `127.0.0.1:${port}` }] }],
      services: [
        ...Object.entries(services).map(([name, fields]) => ({
          name,
          ...place,
          host: 'pods',
          ...fields,
          routes: routesOf(name),
        })),
        { name: 'bare', ...place, host: '127.0.0.1', ...services['verified'], routes: routesOf('bare') },
      ],
    }),
  });
  expect(reply.status, await reply.text()).toBe(201);
});

afterAll(async () => {
  await proxy.stop();
  pod.close();
  pod.closeAllConnections();
});

async function ask(path: string, host: string): Promise<Spoken | number> {
  const { hostname, port } = new URL(proxy.ready.proxy);
  const asked = request({ host: hostname, port, path, headers: { host } });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return response.statusCode === 200 ? (JSON.parse(text) as Spoken) : response.statusCode!;
}

type Row = readonly [path: string, host: string, expected: Partial<Spoken> | number];

const ownName = { host: 'pod.example', serverName: 'pod.example' };
const rows: readonly Row[] = [
  ['/unverified/own', 'any.example', { ...ownName, client: '' }],
  ['/unverified/kept', 'any.example', { host: 'any.example', serverName: 'any.example' }],
  ['/unverified/kept', 'ANY.example:8443', { host: 'ANY.example', serverName: 'any.example' }],
  ['/unverified/kept', '10.1.2.3', { host: '10.1.2.3', serverName: '' }],
  ['/unverified/edited', 'any.example', { host: 'www.example', serverName: 'www.example' }],
  ['/anna/own', 'any.example', { ...ownName, client: 'anna' }],
  ['/berta/own', 'any.example', { ...ownName, client: 'berta' }],
  ['/verified/own', 'any.example', ownName],
  ['/verified/kept', 'www.example', { host: 'www.example', serverName: 'www.example' }],
  ['/verified/kept', 'any.example', 502],
  ['/verified/edited', 'any.example', { host: 'www.example', serverName: 'www.example' }],
  ['/both/own', 'any.example', ownName],
  ['/shallow/own', 'any.example', 502],
  ['/stranger/own', 'any.example', 502],
  ['/system/own', 'any.example', 502],
  ['/bare/own', 'any.example', { host: '127.0.0.1', serverName: '' }],
  ['/bare/kept', 'pod.example', { host: 'pod.example', serverName: 'pod.example' }],
];

describe('what is asked for and believed', () => {
  test.each(rows)('%s for %s', async (path, host, expected) => {
    // Twice: connections that wait say the same.
    for (let i = 0; i < 2; i++) {
      const found = await ask(path, host);
      if (typeof expected === 'number') expect(found).toBe(expected);
      else expect(found).toMatchObject(expected);
    }
  });

  test('what was not believed has its own reason in the log', async () => {
    await ask('/stranger/own', 'reason.example');
    await expect
      .poll(() => proxy.output())
      .toMatch(/reason\.example.*tls_untrusted|tls_untrusted.*reason\.example/);
  });
});

test('a connection carries only requests that would have made the same one', async () => {
  const ways = rows.filter(([, , expected]) => typeof expected !== 'number');
  const byConnection = new Map<number, Set<string>>();
  for (let round = 0; round < 6; round++) {
    const answers = await Promise.all(
      ways.map(async ([path, host]) => ({ path, found: (await ask(path, host)) as Spoken })),
    );
    for (const { path, found } of answers) {
      // What the pod cannot see: what the service believes.
      const { verified, both } = services;
      const name = path.split('/')[1]!;
      const trust = JSON.stringify(name === 'bare' ? verified : name === 'both' ? both : services[name]);
      const seen = byConnection.get(found.connection) ?? new Set();
      byConnection.set(found.connection, seen.add(`${found.serverName} ${found.client} ${trust}`));
    }
  }
  for (const seen of byConnection.values()) expect([...seen]).toHaveLength(1);
  expect(byConnection.size).toBeLessThan(6 * ways.length);
});
