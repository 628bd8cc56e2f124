// TLS towards clients on real sockets: which certificate answers which name, before and after a rotation; which versions are
// spoken; how long and how many handshakes may be under way.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { createTls } from '../../../src/io/tls.ts';
import { defaultTlsLimits, type TlsLimits } from '../../../src/io/tls-server.ts';
import type { TcpHandler, TcpListener } from '../../../src/ports/tcp.ts';
import type { TlsCertificate } from '../../../src/ports/tls.ts';
import { CompiledTables, emptyParts } from '../../../src/proxy/compile/tables.ts';

let authority: CertificateAuthority;
const issued = new Map<string, TlsCertificate>();

/** Names are what the tables are asked for; a common name says which certificate it is. */
async function issue(...commonNames: readonly string[]): Promise<void> {
  for (const commonName of commonNames)
    issued.set(commonName, { id: commonName, ...(await issueCertificate(authority, { commonName })) });
}

beforeAll(async () => {
  authority = await createCertificateAuthority();
  await issue('exact', 'exact 2', 'left', 'right', 'default', 'default 2', 'self-signed');
});

type Names = Readonly<Record<string, string>>;
const names: Names = { 'a.example': 'exact', '*.example': 'left', 'a.*': 'right', '*': 'default' };

interface Running {
  readonly port: number;
  readonly dropped: () => number;
  rotate(next: Names): void;
}

const open: TcpListener[] = [];
afterAll(() => {
  for (const listener of open) listener.close(() => {});
});

/** Echoes; `fallback` is the certificate of last resort. */
async function serve(
  first: Names,
  fallback: string | null = 'self-signed',
  limits: Partial<TlsLimits> = {},
): Promise<Running> {
  const tablesOf = (wanted: Names): CompiledTables => {
    const certificates = emptyParts.certificates.edit();
    for (const [name, commonName] of Object.entries(wanted)) certificates.set(name, issued.get(commonName)!);
    return new CompiledTables({ ...emptyParts, certificates: certificates.finish() });
  };
  let tables = tablesOf(first);
  let dropped = 0;
  const listener = await new Promise<TcpListener>((resolve, reject) => {
    createTls({ ...defaultTlsLimits, ...limits }).listen(
      {
        host: '127.0.0.1',
        port: 0,
        alpn: ['http/1.1'],
        selectCertificate: (name) =>
          tables.selectCertificate(name) ?? (fallback === null ? null : issued.get(fallback)!),
        onHandshakeDropped() {
          dropped++;
        },
      },
      (connection): TcpHandler => ({
        onData: (bytes, start, end) => void connection.write(Buffer.from(bytes.subarray(start, end))),
        onDrain() {},
        onEnd() {
          connection.write(Buffer.from(', bye'));
          connection.end();
        },
        onClose() {},
      }),
      (error, bound) => (bound === null ? reject(new Error(error ?? '')) : resolve(bound)),
    );
  });
  open.push(listener);
  return {
    port: listener.port,
    dropped: () => dropped,
    rotate(next) {
      tables = tablesOf(next);
    },
  };
}

const clients: Socket[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

/** '' = no server name. */
async function client(port: number, serverName: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ...(serverName === '' ? {} : { servername: serverName }),
    ...options,
  });
  clients.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

function certificateOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}

async function answering(port: number, serverName: string, options: ConnectionOptions = {}): Promise<string> {
  try {
    const socket = await client(port, serverName, options);
    const name = certificateOf(socket);
    socket.destroy();
    return name;
  } catch {
    return 'refused';
  }
}

async function echo(socket: TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

/** A connection that says nothing, or this much. */
async function silent(port: number, bytes = ''): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  clients.push(socket);
  await once(socket, 'connect');
  if (bytes !== '') socket.write(Buffer.from(bytes, 'hex'));
  return socket;
}

test.each<[serverName: string, served: Names, fallback: string | null, expected: string]>([
  ['a.example', names, 'self-signed', 'exact'],
  ['A.EXAMPLE', names, 'self-signed', 'exact'],
  ['b.example', names, 'self-signed', 'left'],
  ['x.y.example', names, 'self-signed', 'default'],
  ['a.test', names, 'self-signed', 'right'],
  ['other.test', names, 'self-signed', 'default'],
  ['', names, 'self-signed', 'default'],
  ['', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
  ['other.test', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
  ['__proto__', { 'a.example': 'exact' }, 'self-signed', 'self-signed'],
  ['other.test', { 'a.example': 'exact' }, null, 'refused'],
  ['', { 'a.example': 'exact' }, null, 'refused'],
  ['a.example', { 'a.example': 'exact' }, null, 'exact'],
])("'%s' of %j", async (serverName, served, fallback, expected) => {
  const { port } = await serve(served, fallback);
  expect(await answering(port, serverName)).toBe(expected);
});

test('a rotation is seen by the next handshake, with a server name and without, and by no open connection', async () => {
  const { port, rotate } = await serve(names);
  const before = [await client(port, 'a.example'), await client(port, '')];
  expect(before.map(certificateOf)).toEqual(['exact', 'default']);
  rotate({ 'a.example': 'exact 2', '*': 'default 2' });
  expect(await answering(port, 'a.example')).toBe('exact 2');
  expect(await answering(port, '')).toBe('default 2');
  expect(await answering(port, 'b.example')).toBe('default 2');
  rotate({});
  expect(await answering(port, '')).toBe('self-signed');
  rotate(names);
  expect(await answering(port, '')).toBe('default');
  for (const socket of before) expect(await echo(socket, 'still here')).toBe('still here');
});

test('a certificate that cannot be used leaves the one before in place', async () => {
  issued.set('broken', { id: 'broken', cert: 'none', key: 'none' });
  const { port, rotate } = await serve(names);
  expect(await answering(port, '')).toBe('default');
  rotate({ ...names, '*': 'broken' });
  expect(await answering(port, '')).toBe('default');
  expect(await answering(port, 'other.test')).toBe('refused');
  expect(await answering(port, 'a.example')).toBe('exact');
});

const old = { ciphers: 'DEFAULT@SECLEVEL=0' };
test.each<[title: string, options: ConnectionOptions, serverName: string, expected: string]>([
  ['TLS 1.1', { ...old, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, '', 'refused'],
  ['TLS 1.1 with a name', { ...old, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, 'a.example', 'refused'],
  ['TLS 1.2', { maxVersion: 'TLSv1.2' }, '', 'default'],
  ['TLS 1.3', { minVersion: 'TLSv1.3' }, 'a.example', 'exact'],
])('%s', async (_title, options, serverName, expected) => {
  const { port, rotate } = await serve(names);
  expect(await answering(port, serverName, options)).toBe(expected);
  // A context that came with a rotation is no weaker.
  rotate({ ...names, '*': 'default 2' });
  expect(await answering(port, serverName, options)).toBe(expected === 'default' ? 'default 2' : expected);
});

test('a client that has sent all it has is still answered', async () => {
  const { port } = await serve(names);
  const socket = await client(port, 'a.example', { allowHalfOpen: true } as ConnectionOptions);
  socket.end('all');
  let text = '';
  for await (const bytes of socket) text += String(bytes);
  expect(text).toBe('all, bye');
});

test('a handshake that does not end is given up; a connection that had its handshake stays', async () => {
  const { port } = await serve(names, null, { handshakeTimeoutMs: 200 });
  const good = await client(port, 'a.example');
  const half = '16030100a5010000a10303';
  const idle = [await silent(port), await silent(port, half)];
  await Promise.all(idle.map((socket) => once(socket, 'close')));
  expect(await echo(good, 'hello')).toBe('hello');
});

test('handshakes under way are bounded, and silent ones keep nobody out', async () => {
  const { port, dropped } = await serve(names, null, { handshakesMax: 3 });
  const done: TLSSocket[] = [];
  for (let i = 0; i < 6; i++) done.push(await client(port, 'a.example'));
  expect(dropped()).toBe(0);
  const idle: Socket[] = [];
  for (let i = 0; i < 3; i++) idle.push(await silent(port));
  const closed = once(idle[0]!, 'close');
  expect(await answering(port, 'a.example')).toBe('exact');
  await closed;
  expect(dropped()).toBe(1);
  expect(idle.slice(1).every((socket) => !socket.destroyed)).toBe(true);
  // Those that left by themselves make room.
  for (const socket of idle) socket.destroy();
  done.push(await client(port, ''));
  expect(await echo(done.at(-1)!, 'hello')).toBe('hello');
  const before = dropped();
  for (let i = 0; i < 6; i++) {
    done.push(await client(port, ''));
    expect(await echo(done.at(-1)!, 'hello')).toBe('hello');
  }
  expect(dropped()).toBe(before);
  for (const socket of done) expect(await echo(socket, 'hello')).toBe('hello');
});
