// TLS towards upstreams on real sockets: the name that is asked for, what is verified, who is trusted, our own certificate.
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateAuthority,
  type CertificateRequest,
  createCertificateAuthority,
  type IssuedCertificate,
  issueAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { selfSigned } from '../../../src/io/self-signed.ts';
import { defaultTlsLimits } from '../../../src/io/tls-handshakes.ts';
import type { Tls, TlsCertificate, TlsClientOptions } from '../../../src/ports/tls.ts';
import { implementations } from './serving.ts';

interface Kit {
  readonly ours: CertificateAuthority;
  readonly other: CertificateAuthority;
  readonly server: IssuedCertificate;
  readonly client: TlsCertificate;
  /** By the number of authorities between the leaf and ours. */
  readonly chains: readonly IssuedCertificate[];
  readonly alone: IssuedCertificate;
  readonly broken: IssuedCertificate;
  readonly expired: IssuedCertificate;
}

let kit: Kit;
const open: Server[] = [];

beforeAll(async () => {
  const ours = await createCertificateAuthority('ours');
  const named: CertificateRequest = {
    commonName: 'pod',
    dnsNames: ['pod.example'],
    ipAddresses: ['127.0.0.1'],
  };
  const chains: IssuedCertificate[] = [];
  let nearest = ours;
  let between = '';
  for (let i = 0; i <= 4; i++) {
    const { cert, key } = await issueCertificate(nearest, named);
    chains.push({ cert: cert + between, key });
    nearest = await issueAuthority(nearest, `between ${i}`);
    between = nearest.cert + between;
  }
  kit = {
    chains,
    alone: selfSigned('pod.example', 1, Date.now()),
    broken: await issueCertificate(nearest, named),
    expired: await issueCertificate(ours, { ...named, validDays: -1 / 48 }),
    ours,
    other: await createCertificateAuthority('other'),
    server: await issueCertificate(ours, named),
    client: { id: 'gateway', ...(await issueCertificate(ours, { commonName: 'gateway' })) },
  };
});

afterAll(() => {
  for (const server of open) server.close();
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Says who was asked for and who asked, and ends. */
function startPod(options: TlsOptions = {}): Promise<number> {
  const told = (socket: TLSSocket): void => {
    socket.on('error', () => undefined);
    socket.end(`${socket.servername || 'nobody'} for ${socket.getPeerCertificate().subject?.CN ?? 'nobody'}`);
  };
  return listening(createServer({ ...kit.server, ...options }, told));
}

/** What the upstream said, or why there is nothing. */
function asked(tls: Tls, options: TlsClientOptions): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const connection = tls.connect(options, {
      onConnect() {},
      onData: (bytes, start, end) => {
        text += bytes.toString('latin1', start, end);
      },
      onDrain() {},
      onEnd: () => connection.end(),
      onClose: (error) => resolve(error ?? text),
    });
  });
}

type Row = readonly [
  title: string,
  pod: () => Promise<number>,
  options: () => Partial<TlsClientOptions>,
  expected: string | RegExp,
];

const demanding = (): Promise<number> =>
  startPod({ requestCert: true, rejectUnauthorized: true, ca: kit.ours.cert });
const selfSignedPod = (): Promise<number> => startPod(kit.alone);
/** `sendsRoot`: the pod shows the last authority too, which the peer has anyway. */
const chainPod = (between: number, sendsRoot = false): Promise<number> => {
  const { cert, key } = kit.chains[between]!;
  return startPod({ cert: sendsRoot ? cert + kit.ours.cert : cert, key });
};
const strict = { verify: true, serverName: 'pod.example' };

const rows: readonly Row[] = [
  ['a name, unverified', startPod, () => ({ serverName: 'any.example' }), 'any.example for nobody'],
  ['no name', startPod, () => ({}), 'nobody for nobody'],
  ['an address is no name', startPod, () => ({ serverName: '127.0.0.1' }), 'nobody for nobody'],
  [
    'verified',
    startPod,
    () => ({ ...strict, certificateAuthorities: [kit.ours.cert] }),
    'pod.example for nobody',
  ],
  [
    'verified by one of several',
    startPod,
    () => ({ ...strict, certificateAuthorities: [kit.other.cert, kit.ours.cert] }),
    'pod.example for nobody',
  ],
  [
    'verified by its address',
    startPod,
    () => ({ verify: true, certificateAuthorities: [kit.ours.cert] }),
    'nobody for nobody',
  ],
  [
    'another authority',
    startPod,
    () => ({ ...strict, certificateAuthorities: [kit.other.cert] }),
    /^TLS UNTRUSTED (UNABLE_TO_|SELF_SIGNED)/,
  ],
  ["the system's authorities", startPod, () => strict, /^TLS UNTRUSTED (UNABLE_TO_|SELF_SIGNED)/],
  [
    'a leaf that is trusted itself',
    selfSignedPod,
    () => ({ ...strict, certificateAuthorities: [kit.alone.cert] }),
    'pod.example for nobody',
  ],
  ...[0, 1, 2, 3].flatMap((between): readonly Row[] => [
    [
      `${between} authorities in between, so many allowed`,
      () => chainPod(between),
      () => ({ ...strict, verifyDepth: between, certificateAuthorities: [kit.ours.cert] }),
      'pod.example for nobody',
    ],
    [
      `${between} authorities in between and the first one too, one fewer allowed`,
      () => chainPod(between + 1, true),
      () => ({ ...strict, verifyDepth: between, certificateAuthorities: [kit.ours.cert] }),
      'TLS UNTRUSTED CERT_CHAIN_TOO_LONG',
    ],
  ]),
  [
    'a chain with a piece missing',
    () => startPod(kit.broken),
    () => ({ ...strict, verifyDepth: 9, certificateAuthorities: [kit.ours.cert] }),
    /^TLS UNTRUSTED UNABLE_TO_/,
  ],
  [
    'expired',
    () => startPod(kit.expired),
    () => ({ ...strict, certificateAuthorities: [kit.ours.cert] }),
    'TLS UNTRUSTED CERT_HAS_EXPIRED',
  ],
  [
    'another name',
    startPod,
    () => ({ verify: true, serverName: 'other.example', certificateAuthorities: [kit.ours.cert] }),
    'TLS UNTRUSTED ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  [
    'our certificate',
    demanding,
    () => ({ ...strict, certificateAuthorities: [kit.ours.cert], clientCertificate: kit.client }),
    'pod.example for gateway',
  ],
  [
    'our certificate is missing',
    demanding,
    () => ({ serverName: 'pod.example' }),
    /^(TLS )?(ERR_SSL|ECONNRESET)/,
  ],
  [
    'TLS 1.2',
    () => startPod({ maxVersion: 'TLSv1.2' }),
    () => ({ serverName: 'pod.example' }),
    'pod.example for nobody',
  ],
  [
    'no TLS at all',
    () => listening(createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    () => ({}),
    /^TLS ERR_SSL_/,
  ],
  [
    'gone before the handshake',
    () => listening(createTcpServer((socket) => socket.destroy())),
    () => ({}),
    'ECONNRESET',
  ],
];

describe.each(implementations)('%s', (_, create) => {
  test.each(rows)('%s', async (_title, pod, options, expected) => {
    const tls = create(defaultTlsLimits);
    const port = await pod();
    // Twice: what is kept for the next connection says the same.
    for (let i = 0; i < 2; i++) {
      const found = await asked(tls, {
        host: '127.0.0.1',
        port,
        serverName: '',
        verify: false,
        verifyDepth: 1,
        certificateAuthorities: null,
        clientCertificate: null,
        ...options(),
      });
      if (typeof expected === 'string') expect(found).toBe(expected);
      else expect(found).toMatch(expected);
    }
  });
});
