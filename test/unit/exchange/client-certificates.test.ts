// Requests of clients that are asked for certificates: who may pass under which rule, on which connection, and what the
// upstream and the log are told.
import { beforeAll, describe, expect, it, test } from 'vitest';
import {
  createCertificateAuthority,
  type IssuedCertificate,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import type { ClientIdentity } from '../../../src/ports/tcp.ts';
import {
  type ClientCertificateRule,
  ClientCertificates,
  type ClientVerify,
} from '../../../src/proxy/exchange/client-certificates.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

const rule = (name: string, verify: ClientVerify): ClientCertificateRule => ({
  name,
  verify,
  trust: { id: name, certificateAuthorities: [], verifyDepth: 1 },
});
const rules = [
  rule('strict.example', 'on'),
  rule('mild.example', 'optional'),
  rule('any.example', 'optional_no_ca'),
  rule('*.deep.example', 'on'),
];

let issued: IssuedCertificate;
beforeAll(async () => {
  const authority = await createCertificateAuthority('ours');
  issued = await issueCertificate(authority, { commonName: 'anna, "7"' });
});

const identity = (problem: string | null): ClientIdentity => ({ certificate: issued.cert, problem });
const nobody: ClientIdentity = { certificate: '', problem: null };
const get = (host: string, more = ''): string => `GET / HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;

interface Case {
  readonly title: string;
  /** null: plain HTTP. */
  readonly serverName: string | null;
  readonly host: string;
  readonly shown?: 'nothing' | 'good' | string;
  readonly status: number;
  readonly reason?: string;
}

const missing = { status: 400, reason: 'client_certificate_missing' };
const refused = { status: 400, reason: 'client_certificate_refused' };
const misdirected = { status: 421, reason: 'misdirected_request' };
const self = 'DEPTH_ZERO_SELF_SIGNED_CERT';

const cases: readonly Case[] = [
  { title: 'no rule', serverName: 'free.example', host: 'free.example', status: 200 },
  { title: 'no rule, plain', serverName: null, host: 'free.example', status: 200 },
  {
    title: 'on: nothing',
    serverName: 'strict.example',
    host: 'strict.example',
    shown: 'nothing',
    ...missing,
  },
  { title: 'on: good', serverName: 'strict.example', host: 'strict.example', shown: 'good', status: 200 },
  {
    title: 'on: good, with port',
    serverName: 'strict.example',
    host: 'STRICT.example:8443',
    shown: 'good',
    status: 200,
  },
  {
    title: 'on: unknown authority',
    serverName: 'strict.example',
    host: 'strict.example',
    shown: self,
    ...refused,
  },
  { title: 'on: plain', serverName: null, host: 'strict.example', ...missing },
  { title: "on: plain, the root's dot", serverName: null, host: 'strict.example.', ...missing },
  { title: 'on: plain, capitals', serverName: null, host: 'Strict.Example', ...missing },
  {
    title: 'optional: nothing',
    serverName: 'mild.example',
    host: 'mild.example',
    shown: 'nothing',
    status: 200,
  },
  { title: 'optional: good', serverName: 'mild.example', host: 'mild.example', shown: 'good', status: 200 },
  { title: 'optional: bad', serverName: 'mild.example', host: 'mild.example', shown: self, ...refused },
  { title: 'optional: plain', serverName: null, host: 'mild.example', status: 200 },
  { title: 'no_ca: nothing', serverName: 'any.example', host: 'any.example', shown: 'nothing', status: 200 },
  {
    title: 'no_ca: unknown authority',
    serverName: 'any.example',
    host: 'any.example',
    shown: self,
    status: 200,
  },
  {
    title: 'no_ca: expired',
    serverName: 'any.example',
    host: 'any.example',
    shown: 'CERT_HAS_EXPIRED',
    ...refused,
  },
  {
    title: 'no_ca: too long',
    serverName: 'any.example',
    host: 'any.example',
    shown: 'CERT_CHAIN_TOO_LONG',
    ...refused,
  },
  {
    title: 'any depth',
    serverName: 'a.b.deep.example',
    host: 'a.b.deep.example',
    shown: 'nothing',
    ...missing,
  },
  { title: 'one name, another host', serverName: 'free.example', host: 'strict.example', ...misdirected },
  { title: 'no name, another host', serverName: '', host: 'strict.example', ...misdirected },
  {
    title: 'other rule, another host',
    serverName: 'any.example',
    host: 'strict.example',
    shown: 'good',
    ...misdirected,
  },
  {
    title: 'two names of one rule',
    serverName: 'a.deep.example',
    host: 'b.deep.example',
    shown: 'good',
    status: 200,
  },
  {
    title: 'more than asked for',
    serverName: 'strict.example',
    host: 'free.example',
    shown: 'good',
    status: 200,
  },
];

function start(given: readonly ClientCertificateRule[] = rules) {
  const rig = createRig([toPort(9000)], { clientCertificates: given });
  rig.upstream(9000, answering(okResponse));
  return rig;
}

test.each(cases)('$title', ({ serverName, host, shown, status, reason }) => {
  const rig = start();
  const client =
    shown === undefined
      ? {}
      : { client: shown === 'nothing' ? nobody : identity(shown === 'good' ? null : shown) };
  const peer =
    serverName === null
      ? rig.client(get(host))
      : rig.tlsClient({ serverName, protocol: '', ...client }, get(host));
  expect(peer.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(rig.peers).toHaveLength(status === 200 ? 1 : 0);
  rig.serving.drain(0, () => {});
  rig.world.run(1);
  const line = JSON.parse(rig.lines[0]!) as { reason?: string; request: { tls?: { client_verify: string } } };
  expect(line.reason).toBe(reason);
  const said = shown === 'nothing' ? 'NONE' : shown === 'good' ? 'SUCCESS' : `FAILED:${shown}`;
  expect(line.request.tls?.client_verify).toBe(shown === undefined ? undefined : said);
  // Whoever has a certificate shows it in the next handshake.
  if (status === 400) expect(peer.hasEnded).toBe(true);
});

it('lets a redirect to https be, and asks before it says which routes there are', () => {
  const route = { allowsHttp: false, httpsRedirectStatus: 302 };
  const rig = createRig([{ ...toPort(9000), host: 'strict.example', route }], {
    clientCertificates: [rule('', 'on')],
  });
  expect(rig.client(get('strict.example')).received).toMatch(/^HTTP\/1.1 302 /);
  const info = { serverName: 'strict.example', protocol: '', client: nobody };
  for (const host of ['strict.example', 'unknown.example'])
    expect(rig.tlsClient(info, get(host)).received).toMatch(/^HTTP\/1.1 400 /);
});

it('asks for a certificate also where a trusted proxy has had https', () => {
  const route = { allowsHttp: false, httpsRedirectStatus: 302 };
  const rig = createRig([{ ...toPort(9000), host: 'strict.example', route }], {
    clientCertificates: [rule('', 'on')],
    trustedProxies: { trusted: ['10.0.0.0/8'], realIpHeader: 'x-real-ip', isRecursive: false },
  });
  const received = rig.client(get('strict.example', 'X-Forwarded-Proto: https\r\n')).received;
  expect(received).toMatch(/^HTTP\/1.1 400 /);
});

describe('the upstream', () => {
  const forged = 'X-Client-Cert-Verify: SUCCESS\r\nX_Client_Cert_Subject_DN: CN=root\r\nx-client-cert: x\r\n';
  const headersOf = (received: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      received
        .split('\r\n')
        .filter((line) => /^x.client/i.test(line))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
  const told = (serverName: string, client: ClientIdentity | null) => {
    const rig = start();
    const info = { serverName, protocol: '', ...(client === null ? {} : { client }) };
    rig.tlsClient(info, get(serverName, forged));
    return headersOf(rig.peers[0]!.received);
  };

  it('is told who the client is, whatever that says itself', () => {
    const found = told('strict.example', identity(null));
    expect(found).toEqual({
      'X-Client-Cert-Verify': 'SUCCESS',
      'X-Client-Cert': encodeURIComponent(`${issued.cert.trim()}\n`),
      'X-Client-Cert-Serial': expect.stringMatching(/^[0-9A-F]+$/),
      'X-Client-Cert-Issuer-DN': 'CN=ours',
      'X-Client-Cert-Subject-DN': 'CN=anna\\, \\"7\\"',
      'X-Client-Cert-Fingerprint': expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  it('is told of whom nobody here believes', () => {
    expect(told('any.example', identity(self))).toMatchObject({ 'X-Client-Cert-Verify': `FAILED:${self}` });
  });

  it('is told that there is none', () => {
    expect(told('mild.example', nobody)).toEqual({ 'X-Client-Cert-Verify': 'NONE' });
  });

  it('is told nothing where nobody is asked', () => {
    expect(told('free.example', null)).toEqual({});
  });

  it('gets what clients send where no rules are', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, answering(okResponse));
    rig.client(get('a', forged));
    expect(headersOf(rig.peers[0]!.received)).toMatchObject({ 'X-Client-Cert-Verify': 'SUCCESS' });
  });
});

test('the rule of a name is the closest one', () => {
  const all = new ClientCertificates([...rules, rule('*.example', 'on'), rule('', 'optional')]);
  const nameOf = (name: string): string | undefined => all.ruleFor(name)?.name;
  expect(
    [
      'strict.example',
      'strict.example.',
      'a.strict.example',
      'x.deep.example',
      'deep.example',
      'example',
      '',
      '::1',
    ].map(nameOf),
  ).toEqual(['strict.example', 'strict.example', '*.example', '*.deep.example', '*.example', '', '', '']);
  expect(new ClientCertificates(rules).ruleFor('other')).toBeNull();
});
