// The Admin API of a real process over TLS: who is let in, what is told of it, and files that are renewed while it runs. The
// client is the one of our own controller, so that what its options say is what the gateway asks for.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdminClients } from '../../../src/cli/admin-client.ts';
import { command as controller } from '../../../src/cli/controller.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { createClock } from '../../../src/io/clock.ts';
import { emptyConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { callJson, type JsonReply } from '../../../src/ports/json-call.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createPusher } from '../../../src/push/pusher.ts';
import { collectOutput, exitOf, type RunningProxy, runTidegate, startProxyProcess } from './running-proxy.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-admin-'));
const path = (name: string): string => join(directory, name);
let proxy: RunningProxy;
let ours: CertificateAuthority;
let next: CertificateAuthority;

/** As a Secret's volume does it: the new file takes the old one's place at once. */
function put(name: string, text: string): void {
  writeFileSync(path(`${name}.new`), text);
  renameSync(path(`${name}.new`), path(name));
}

async function issue(authority: CertificateAuthority, name: string, dnsNames: readonly string[] = []) {
  const { cert, key } = await issueCertificate(authority, { commonName: name, dnsNames });
  put(`${name}.pem`, cert);
  put(`${name}.key`, key);
}

beforeAll(async () => {
  [ours, next] = await Promise.all([createCertificateAuthority('ours'), createCertificateAuthority('next')]);
  put('ca.pem', ours.cert);
  put('clients.pem', ours.cert);
  put('next.pem', next.cert);
  put('tokens', 'first-token\n');
  await issue(ours, 'admin', ['admin.example']);
  await issue(ours, 'anna');
  await issue(next, 'otto');
  proxy = await startProxyProcess([
    ...['--admin-port', 'off', '--admin-tls-port', '0', '--admin-token-file', path('tokens')],
    ...['--admin-certificate', path('admin.pem'), '--admin-certificate-key', path('admin.key')],
    ...['--admin-client-ca', path('clients.pem')],
  ]);
});

afterAll(async () => {
  await proxy.stop();
  rmSync(directory, { recursive: true });
});

interface Caller {
  readonly ca?: string;
  readonly name?: string;
  readonly who?: string;
  readonly token?: string;
  readonly skipVerify?: boolean;
}

const anna: Caller = { ca: 'ca.pem', name: 'admin.example', who: 'anna', token: 'first-token' };

function clientOf({ ca, name, who, token, skipVerify }: Caller) {
  const argv = [
    ...['--kong-admin-url', proxy.ready.adminTls!],
    ...(ca === undefined ? [] : ['--kong-admin-ca-cert-file', path(ca)]),
    ...(name === undefined ? [] : ['--kong-admin-tls-server-name', name]),
    ...(skipVerify === true ? ['--kong-admin-tls-skip-verify'] : []),
    ...(token === undefined ? [] : ['--kong-admin-token', token]),
    ...(who === undefined
      ? []
      : [
          '--kong-admin-tls-client-cert-file',
          path(`${who}.pem`),
          '--kong-admin-tls-client-key-file',
          path(`${who}.key`),
        ]),
  ];
  const input = parseCommandLine(controller, argv);
  if (input === 'help') throw new Error('not asked for');
  return createAdminClients(input)[0]!;
}

/** One request on a connection of its own. */
async function ask(caller: Caller, target = '/'): Promise<JsonReply> {
  const { http } = clientOf(caller);
  const limits = { timeoutMs: 20_000, bytesMax: 1_000_000 };
  const reply = await new Promise<JsonReply>((resolve) =>
    callJson(http, createClock(), { method: 'GET', path: target }, limits, resolve),
  );
  http.close();
  return reply;
}

async function check(caller: Caller, status: number | RegExp, text = ''): Promise<void> {
  const reply = await ask(caller);
  if (typeof status === 'number') {
    expect([reply.error, reply.status]).toEqual([null, status]);
    expect(JSON.stringify(reply.body)).toContain(text);
  } else expect(reply.error).toMatch(status);
}

test('nothing listens without TLS', () => expect(proxy.ready.admin).toBe(null));

test.each<[title: string, caller: Caller, status: number | RegExp, text: string]>([
  ['a caller who has all', anna, 200, 'Welcome to kong'],
  ['without a token', { ...anna, token: undefined } as Caller, 401, 'Token or User credentials required'],
  ['with another token', { ...anna, token: 'first-toke' }, 401, 'Invalid RBAC credentials'],
  [
    'without a certificate',
    { ...anna, who: undefined } as Caller,
    /CERTIFICATE_REQUIRED|ECONNRESET|UND_ERR_SOCKET/,
    '',
  ],
  [
    "with another authority's certificate",
    { ...anna, who: 'otto' },
    /UNKNOWN_CA|ECONNRESET|UND_ERR_SOCKET/,
    '',
  ],
  ['who does not know our authority', { ...anna, ca: 'next.pem' }, /UNABLE_TO_VERIFY|SELF_SIGNED/, ''],
  ['who asks for another name', { ...anna, name: 'other.example' }, /ERR_TLS_CERT_ALTNAME_INVALID/, ''],
  ['who does not look', { ...anna, ca: 'next.pem', skipVerify: true }, 200, 'Welcome to kong'],
])('%s', (_title, caller, status, text) => check(caller, status, text));

test('our controller configures it', async () => {
  const document = {
    _format_version: '3.0',
    services: [{ name: 'a', url: 'http://127.0.0.1:9', routes: [{ name: 'a', paths: ['/'] }] }],
  };
  const config = decodeDeclarative(document);
  if (!config.ok) throw new Error('the document is right');
  const client = clientOf(anna);
  const accepted = await new Promise<string>((resolve, reject) => {
    const pusher = createPusher(
      {
        clock: createClock(),
        random: { uint32: () => 0, bytes: (_label, length) => Buffer.alloc(length) },
        log: silentLog,
      },
      client,
      {
        mayPush: () => true,
        onAccepted: ({ id }) => {
          pusher.stop();
          resolve(id);
        },
        onRejected: (_config, message) => reject(new Error(message)),
        onOtherVersion: () => undefined,
        onSuperseded: () => reject(new Error('superseded')),
      },
    );
    pusher.push(config.value, { epoch: 0, revision: '{}', changes: '{}', isReset: false });
  });
  client.http.close();
  expect(accepted).toBe(config.value.id);
  expect(config.value.id).not.toBe(emptyConfig.id);
  expect((await ask(anna, '/status')).body).toMatchObject({ configuration_hash: accepted });
});

test('renewed files count at once, half of a pair does not', async () => {
  const otto: Caller = { ...anna, who: 'otto' };
  await check(otto, /UNKNOWN_CA|ECONNRESET|UND_ERR_SOCKET/);
  put('clients.pem', `${ours.cert}${next.cert}`);
  await check(otto, 200);

  put('tokens', 'first-token\nsecond-token\n');
  await check({ ...anna, token: 'second-token' }, 200);
  put('tokens', 'second-token\n');
  await check(anna, 401);
  put('tokens', '');
  await check({ ...anna, token: 'second-token' }, 200);

  const renewed = await issueCertificate(next, { commonName: 'admin', dnsNames: ['admin.example'] });
  put('admin.pem', renewed.cert);
  await check({ ...anna, token: 'second-token' }, 200);
  put('admin.key', renewed.key);
  await check({ ...anna, token: 'second-token' }, /UNABLE_TO_VERIFY|SELF_SIGNED/);
  await check({ ...anna, ca: 'next.pem', token: 'second-token' }, 200);
});

test('no secret is in the log', () => {
  const output = proxy.output();
  expect(output).toMatch(/the Admin API goes on with what it has/);
  for (const secret of ['first-token', 'second-token', 'PRIVATE KEY']) expect(output).not.toContain(secret);
});

test.each<[title: string, args: readonly string[], code: number, said: RegExp]>([
  [
    'a port of TLS is missing',
    ['--admin-client-ca', 'a.pem'],
    64,
    /--admin-client-ca needs --admin-tls-port/,
  ],
  ['nothing says what is served', ['--admin-port', 'off'], 64, /nothing is ever served/],
  ['a file is missing', ['--admin-token-file', '/nonexistent'], 65, /\/nonexistent: cannot be read/],
  [
    'the other port stays open to all',
    ['--admin-listen', '0.0.0.0', '--admin-tls-port', '0', '--admin-client-ca', 'a.pem'],
    64,
    /keeps nobody out while --admin-port 8001 on 0.0.0.0 asks for nothing/,
  ],
  ['a key is missing', ['--admin-tls-port', '0', '--admin-certificate', 'a.pem'], 64, /go together: 1 and 0/],
])('refused at the start: %s', async (_title, args, code, said) => {
  const child = runTidegate(['proxy', ...args]);
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(code);
  expect(output()).toMatch(said);
});
