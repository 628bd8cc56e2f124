// The TLS that the simulator models: which certificate, which protocol, and what each side refuses, with whose words.
import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { wallOriginMs } from '../../../sim/hosts/clock.ts';
import { createHost } from '../../../sim/hosts/host.ts';
import { createNetwork } from '../../../sim/network/network.ts';
import type { AnnouncingOptions } from '../../../sim/network/tls-messages.ts';
import { createScheduler } from '../../../sim/scheduler/scheduler.ts';
import { createCertificateAuthority, issueCertificate } from '../../../src/io/certificate.ts';
import type { Preface, TcpConnection } from '../../../src/ports/tcp.ts';
import type { TlsCertificate, TlsServerOptions } from '../../../src/ports/tls.ts';
import { tellAll } from './pair.ts';

const authority = await createCertificateAuthority();
const stranger = await createCertificateAuthority('somebody-else');
const issue = async (name: string): Promise<TlsCertificate> => ({
  id: name,
  ...(await issueCertificate(authority, { commonName: name, dnsNames: [name], validDays: 10 })),
});
const certificates = new Map([
  ['a.example', await issue('a.example')],
  ['b.example', await issue('b.example')],
]);
const dayUs = 86_400_000_000;
/** Certificates are made on the real clock, so the client's clock is set to it. */
const skewUs = (Date.now() - wallOriginMs) * 1_000;

const nameIn = (pem: string): string => /CN=(.*)/.exec(new X509Certificate(pem).subject)![1]!;

interface Case {
  readonly name: string;
  readonly client?: Partial<AnnouncingOptions>;
  readonly server?: Partial<TlsServerOptions>;
  readonly skewUs?: number;
  /** Client or server without TLS. */
  readonly plain?: 'client' | 'server';
  readonly expected: readonly string[];
}

const good = ['server accepted a.example http/1.1', 'client connected http/1.1', 'server got hi'];

const trust = { id: 'ours', certificateAuthorities: [authority.cert], verifyDepth: 1 };
const asking = { askForCertificate: () => trust };
const shown = (text: string): readonly string[] => [...good, `server was shown ${text}`];
const preface: Preface = (bytes, sender) => {
  const end = bytes.indexOf('\n') + 1;
  const [word, port] = bytes.toString('latin1', 0, Math.max(0, end - 1)).split(' ');
  if (bytes.length > 20 || bytes[0] === 22) return 'refused';
  return end === 0
    ? 'more'
    : { length: end, client: port === undefined ? sender : { address: word!, port: 7 } };
};

const cases: readonly Case[] = [
  { name: 'a certificate is asked for and there is none', server: asking, expected: shown('nothing') },
  {
    name: 'a certificate of an authority that is believed',
    server: asking,
    client: { clientCertificate: certificates.get('b.example')! },
    expected: shown('b.example'),
  },
  {
    name: 'a certificate of another authority',
    server: { askForCertificate: () => ({ ...trust, certificateAuthorities: [stranger.cert] }) },
    client: { clientCertificate: certificates.get('b.example')! },
    expected: shown('b.example UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  },
  {
    name: 'a certificate that nobody asks for',
    client: { clientCertificate: certificates.get('b.example')! },
    expected: good,
  },
  {
    name: 'what comes before the hello names the client',
    server: { preface },
    client: { announces: Buffer.from('9.9.9.9 7\n') },
    expected: [...good, 'server met 9.9.9.9'],
  },
  { name: 'nothing comes before the hello', server: { preface }, expected: ['client closed ECONNRESET'] },
  {
    name: 'too much comes before the hello',
    server: { preface },
    client: { announces: Buffer.from('9.9.9.9 7\nmore') },
    expected: ['client closed ECONNRESET'],
  },
  { name: 'verified by the authority', expected: good },
  {
    name: 'each name gets its certificate',
    client: { serverName: 'b.example' },
    expected: ['server accepted b.example http/1.1', 'client connected http/1.1', 'server got hi'],
  },
  { name: 'names are compared in lower case', client: { serverName: 'A.Example' }, expected: good },
  {
    name: 'no protocol in common is no protocol',
    server: { alpn: ['h2'] },
    expected: ['server accepted a.example ', 'client connected ', 'server got hi'],
  },
  {
    name: 'the server chooses by its own preference',
    server: { alpn: ['h2', 'http/1.1'] },
    expected: good,
  },
  {
    name: 'a name that the server does not know',
    client: { serverName: 'c.example' },
    expected: ['client closed TLS UNRECOGNIZED_NAME'],
  },
  {
    name: 'a certificate for another name',
    server: { selectCertificate: () => certificates.get('b.example')! },
    expected: ['client closed TLS UNTRUSTED CERT_ALTNAME_INVALID'],
  },
  {
    name: 'a certificate of an authority that the client does not trust',
    client: { certificateAuthorities: [stranger.cert] },
    expected: ['client closed TLS UNTRUSTED UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  },
  {
    name: 'no authorities at all',
    client: { certificateAuthorities: null },
    expected: ['client closed TLS UNTRUSTED UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  },
  {
    name: 'an expired certificate',
    skewUs: skewUs + 11 * dayUs,
    expected: ['client closed TLS UNTRUSTED CERT_HAS_EXPIRED'],
  },
  {
    name: 'a certificate of the future',
    skewUs: skewUs - 2 * dayUs,
    expected: ['client closed TLS UNTRUSTED CERT_NOT_YET_VALID'],
  },
  {
    name: 'without verification anything goes',
    client: { verify: false, certificateAuthorities: null },
    server: { selectCertificate: () => certificates.get('b.example')! },
    expected: good,
  },
  {
    name: 'no name, no verification',
    client: { serverName: '', verify: false },
    server: { selectCertificate: (name) => (name === '' ? certificates.get('a.example')! : null) },
    expected: ['server accepted  http/1.1', 'client connected http/1.1', 'server got hi'],
  },
  {
    name: 'a client without TLS',
    plain: 'client',
    expected: ['client connected undefined', 'client closed ECONNRESET'],
  },
  { name: 'a server without TLS', plain: 'server', expected: ['client closed TLS WRONG_VERSION_NUMBER'] },
];

it.each(cases)('$name', (row) => {
  const scheduler = createScheduler({ seed: 1 });
  const world = { scheduler, network: createNetwork(scheduler) };
  const server = createHost(world, { name: 'server', addresses: ['10.0.0.1'] }).launch();
  const client = createHost(world, {
    name: 'client',
    addresses: ['10.0.0.2'],
    clockSkewUs: row.skewUs ?? skewUs,
  }).launch();
  const story: string[] = [];
  const accept = (connection: TcpConnection) => {
    const identity = connection.tls?.client;
    if (identity !== undefined) {
      const name = identity.certificate === '' ? 'nothing' : nameIn(identity.certificate);
      story.push(`server was shown ${name}${identity.problem === null ? '' : ` ${identity.problem}`}`);
    }
    if (connection.remoteAddress !== '10.0.0.2') story.push(`server met ${connection.remoteAddress}`);
    if (row.plain !== 'server')
      story.push(`server accepted ${connection.tls?.serverName} ${connection.tls?.protocol}`);
    return {
      ...tellAll('server', () => {}),
      onData(bytes: Buffer, start: number, end: number) {
        // A server without TLS takes the hello for a bad request, and says so in plain bytes.
        if (row.plain === 'server') connection.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
        else story.push(`server got ${bytes.toString('latin1', start, end)}`);
      },
    };
  };
  const place = { host: '0.0.0.0', port: 443 };
  const byName = (name: string) => certificates.get(name) ?? null;
  if (row.plain === 'server') server.tcp.listen(place, accept, () => {});
  else
    server.tls.listen(
      { ...place, selectCertificate: byName, alpn: ['http/1.1'], ...row.server },
      accept,
      () => {},
    );
  scheduler.runUntil(1_000);
  let connection: TcpConnection | null = null;
  const handler = {
    ...tellAll('client', (text) => story.push(text)),
    onConnect() {
      story.push(`client connected ${connection!.tls?.protocol}`);
      connection!.write(Buffer.from('hi'));
    },
  };
  const options: AnnouncingOptions = {
    host: '10.0.0.1',
    port: 443,
    serverName: 'a.example',
    verify: true,
    verifyDepth: 1,
    certificateAuthorities: [authority.cert],
    clientCertificate: null,
    ...row.client,
  };
  connection =
    row.plain === 'client'
      ? client.tcp.connect('10.0.0.1', 443, handler)
      : client.tls.connect(options, handler);
  scheduler.runUntil(5_000_000);
  expect([...story].sort()).toEqual([...row.expected].sort());
});
