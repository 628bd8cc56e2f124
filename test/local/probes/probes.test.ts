// Probes against real servers: gRPC's health protocol of node's HTTP/2, with and without TLS, and what https and grpcs checks
// ask of certificates.
import { once } from 'node:events';
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { createClock } from '../../../src/io/clock.ts';
import { createNetTcp } from '../../../src/io/net-tcp.ts';
import { createNetTls } from '../../../src/io/net-tls.ts';
import { createRandom } from '../../../src/io/random.ts';
import { defaultTlsLimits } from '../../../src/io/tls-handshakes.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { ActiveCheck } from '../../../src/kong/entity.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TlsCertificate } from '../../../src/ports/tls.ts';
import { createActiveProbes } from '../../../src/proxy/balance/active.ts';
import { isHealthy } from '../../../src/proxy/balance/health.ts';
import { type ProbeResult, startProbe } from '../../../src/proxy/balance/probe.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';

const env = { clock: createClock(), tcp: createNetTcp(), tls: createNetTls(defaultTlsLimits) };
const open: { close(): unknown }[] = [];
let authority: CertificateAuthority;
let serverCertificate: { readonly cert: string; readonly key: string };
let client: TlsCertificate;

beforeAll(async () => {
  authority = await createCertificateAuthority('probes');
  serverCertificate = await issueCertificate(authority, { commonName: 'pod', dnsNames: ['pod.example'] });
  client = { id: 'c', ...(await issueCertificate(authority, { commonName: 'gateway' })) };
});
afterAll(() => {
  for (const server of open) server.close();
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

const checkDefault: ActiveCheck = {
  type: 'http',
  timeout: 2,
  concurrency: 10,
  http_path: '/healthz',
  https_sni: null,
  https_verify_certificate: false,
  headers: null,
  healthy: { interval: 1, http_statuses: [200], successes: 1 },
  unhealthy: { interval: 1, http_statuses: [500], tcp_failures: 1, timeouts: 1, http_failures: 1 },
};

function probe(
  check: Partial<ActiveCheck>,
  port: number,
  clientCertificate: TlsCertificate | null = null,
  hostHeader = 'pod.example',
): Promise<ProbeResult> {
  const target = { host: '127.0.0.1', port, hostHeader, clientCertificate };
  return new Promise((resolve) => startProbe(env, { ...checkDefault, ...check }, target, resolve));
}

type Answer = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>, body: Buffer) => void;

function answering(server: Http2Server, answer: Answer): Http2Server {
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => answer(stream, headers, Buffer.concat(parts)));
  });
  server.on('sessionError', () => {});
  return server;
}

/** As gRPC servers answer: head, message, trailers. */
function says(message: readonly number[]): Answer {
  return (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
  };
}

const grpc = { type: 'grpc' } as const;
const healthy: ProbeResult = { kind: 'health', isServing: true };
const unhealthy: ProbeResult = { kind: 'health', isServing: false };

test.each<[string, Answer, ProbeResult]>([
  ['SERVING', says([8, 1]), healthy],
  ['NOT_SERVING', says([8, 2]), unhealthy],
  ['UNKNOWN, which is written as nothing', says([]), unhealthy],
  ['fields of later versions', says([18, 2, 65, 65, 8, 1]), healthy],
  [
    'UNIMPLEMENTED: trailers alone',
    (stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' },
        { endStream: true },
      ),
    unhealthy,
  ],
  ['an HTTP error', (stream) => stream.respond({ ':status': 503 }, { endStream: true }), unhealthy],
  ['a stream that is reset', (stream) => stream.close(2), unhealthy],
  [
    'a message in pieces',
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(Buffer.from([0, 0, 0]));
      setImmediate(() => stream.write(Buffer.from([0, 2, 8])));
      setTimeout(() => stream.end(Buffer.from([1])), 5);
    },
    healthy,
  ],
])('a gRPC server that says %s', async (_what, answer, result) => {
  expect(await probe(grpc, await portOf(answering(createServer(), answer)))).toEqual(result);
});

test('what is asked, as a gRPC server reads it', async () => {
  let asked: unknown = null;
  const answer: Answer = (stream, headers, body) => {
    asked = { ...Object.fromEntries(Object.entries(headers)), body: [...body] };
    says([8, 1])(stream, headers, body);
  };
  const port = await portOf(answering(createServer(), answer));
  const headers = { 'X-Token': ['a', 'b'], Host: ['other'], Long: ['x'.repeat(3_000)] };
  expect(await probe({ ...grpc, headers }, port)).toEqual(healthy);
  expect(asked).toEqual({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': 'pod.example',
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'tidegate-health',
    'x-token': 'a, b',
    long: 'x'.repeat(3_000),
    body: [0, 0, 0, 0, 0],
  });
});

test('nobody there, nobody answers, or no HTTP/2', async () => {
  const server = answering(createServer(), () => {});
  const port = await portOf(server);
  expect(await probe({ ...grpc, timeout: 0.2 }, port)).toEqual({ kind: 'timeout' });
  expect(await probe(grpc, 1)).toEqual({ kind: 'tcp' });
  const plain = createHttpsServer(serverCertificate, () => {});
  expect((await probe(grpc, await portOf(plain))).kind).not.toBe('connected');
});

test('what a gRPC server says of itself takes its target out and brings it back', async () => {
  let status = 2;
  const answer: Answer = (stream, headers, body) => says([8, status])(stream, headers, body);
  const port = await portOf(answering(createServer(), answer));
  const sides = {
    healthy: { interval: 0.1, successes: 2 },
    unhealthy: { interval: 0.1, http_failures: 2 },
  };
  const upstream = { name: 'up', healthchecks: { active: { type: 'grpc', ...sides } } };
  const targets = [{ target: `127.0.0.1:${port}` }];
  const decoded = decodeDeclarative({ _format_version: '3.0', upstreams: [{ ...upstream, targets }] });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const words = new Int32Array(1);
  const probes = createActiveProbes(
    { ...env, random: createRandom(), log: silentLog },
    words,
    () => 0,
    (target) => addressesOf(target, () => null),
  );
  const until = async (isHealthyNow: boolean): Promise<void> => {
    while (isHealthy(words, 0) !== isHealthyNow) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  probes.update(decoded.value);
  await until(false);
  status = 1;
  await until(true);
  probes.stop();
});

test('grpcs speaks HTTP/2 by ALPN, asks for the name and shows the certificate of the upstream', async () => {
  let seen: unknown = null;
  const secure = createSecureServer({
    ...serverCertificate,
    ca: [authority.cert],
    requestCert: true,
    rejectUnauthorized: true,
  });
  secure.on('sessionError', () => {});
  const answer: Answer = (stream, headers, body) => {
    const socket = stream.session!.socket as TLSSocket & { readonly servername?: string };
    seen = [socket.alpnProtocol, socket.servername, socket.getPeerCertificate().subject?.CN];
    says([8, 1])(stream, headers, body);
  };
  const port = await portOf(answering(secure as unknown as Http2Server, answer));
  const grpcs = { type: 'grpcs' } as const;
  expect(await probe(grpcs, port, client, 'pod.example:443')).toEqual(healthy);
  expect(seen).toEqual(['h2', 'pod.example', 'gateway']);
  expect(await probe(grpcs, port)).toEqual({ kind: 'tcp' });
});

test.each<[string, Partial<ActiveCheck>, string, unknown]>([
  ['not verified', {}, 'pod.example', ['status', 200, 'pod.example']],
  ['https_sni before the Host', { https_sni: 'own.example' }, 'pod.example', ['status', 200, 'own.example']],
  ['an address is no name', {}, '127.0.0.1:8443', ['status', 200, false]],
  // Nobody in the system's list of authorities has signed it: as in Kong a failure of TCP.
  ['verified', { https_verify_certificate: true }, 'pod.example', ['tcp', undefined, undefined]],
])('an https check: %s', async (_what, settings, hostHeader, expected) => {
  let name: unknown;
  const server = createHttpsServer(serverCertificate, (request, response) => {
    name = (request.socket as TLSSocket & { readonly servername?: string | false }).servername ?? false;
    response.end();
  });
  const port = await portOf(server);
  const result = await probe({ type: 'https', ...settings }, port, null, hostHeader);
  expect([result.kind, result.kind === 'status' ? result.status : undefined, name]).toEqual(expected);
});
