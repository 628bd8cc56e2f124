// Clients that are asked for a certificate: whom the server believes, what it is told of the others, and that no session lets
// anybody in who has not shown one.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  issueAuthority,
  issueCertificate,
} from '../../../src/io/certificate.ts';
import { selfSigned } from '../../../src/io/self-signed.ts';
import type { ClientIdentity } from '../../../src/ports/tcp.ts';
import type { ClientTrust } from '../../../src/ports/tls.ts';
import { client, echo, implementations, names, serve } from './serving.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

let ours: CertificateAuthority;
let other: CertificateAuthority;
const shown = new Map<string, IssuedCertificate>();

beforeAll(async () => {
  [ours, other] = await Promise.all([
    createCertificateAuthority('ours'),
    createCertificateAuthority('other'),
  ]);
  const between = await issueAuthority(ours, 'between');
  const lower = await issueAuthority(between, 'lower');
  const add = async (commonName: string, above: CertificateAuthority, chain = '', validDays = 1) => {
    const { cert, key } = await issueCertificate(above, { commonName, validDays });
    shown.set(commonName, { cert: cert + chain, key });
  };
  await add('anna', ours);
  await add('one between', between, between.cert);
  await add('two between', lower, lower.cert + between.cert);
  await add('a piece missing', lower, lower.cert);
  await add('stranger', other, other.cert);
  await add('expired', ours, '', -1 / 48);
  shown.set('own', selfSigned('own', 1, Date.now()));
});

const trusting = (certificateAuthorities: readonly string[], verifyDepth = 1): ClientTrust => ({
  id: `${certificateAuthorities.length} ${certificateAuthorities[0]!.slice(60, 120)} ${verifyDepth}`,
  certificateAuthorities,
  verifyDepth,
});

/** What is told of a client: 'nobody', or its common name and what is wrong with it. */
function told(identity: ClientIdentity | undefined): string {
  if (identity === undefined) return 'not asked';
  if (identity.certificate === '') return `nobody${identity.problem === null ? '' : ` ${identity.problem}`}`;
  const commonName = /CN=(.*)/.exec(new X509Certificate(identity.certificate).subject)![1];
  return identity.problem === null ? commonName! : `${commonName} ${identity.problem}`;
}

type Row = readonly [name: string, trust: () => ClientTrust | null, expected: string | RegExp];

const rows: readonly Row[] = [
  ['anna', () => null, 'not asked'],
  ['', () => trusting([ours.cert]), 'nobody'],
  ['anna', () => trusting([ours.cert]), 'anna'],
  ['anna', () => trusting([other.cert, ours.cert]), 'anna'],
  ['anna', () => trusting([ours.cert], 0), 'anna'],
  ['one between', () => trusting([ours.cert], 1), 'one between'],
  ['one between', () => trusting([ours.cert], 0), 'one between CERT_CHAIN_TOO_LONG'],
  ['two between', () => trusting([ours.cert], 1), 'two between CERT_CHAIN_TOO_LONG'],
  ['two between', () => trusting([ours.cert], 2), 'two between'],
  ['a piece missing', () => trusting([ours.cert], 9), /^a piece missing UNABLE_TO_/],
  ['stranger', () => trusting([ours.cert]), /^stranger (UNABLE_TO_|SELF_SIGNED_)/],
  ['own', () => trusting([ours.cert]), 'own DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['expired', () => trusting([ours.cert]), 'expired CERT_HAS_EXPIRED'],
];

describe.each(implementations)('%s', (_, create) => {
  describe.each(versions)('%s', (version) => {
    const only: ConnectionOptions = { minVersion: version, maxVersion: version };

    test.each(rows)('%s', async (name, trust, expected) => {
      const met: string[] = [];
      const asking = {
        trustOf: trust,
        met: (info: { client?: ClientIdentity }) => met.push(told(info.client)),
      };
      const { port } = await serve(create, names, null, {}, undefined, asking);
      // Twice: what is kept for the next handshake says the same.
      for (let i = 0; i < 2; i++) {
        const socket = await client(port, 'a.example', { ...only, ...shown.get(name) });
        expect(await echo(socket, 'hello')).toBe('hello');
        socket.destroy();
      }
      for (const found of met) {
        if (typeof expected === 'string') expect(found).toBe(expected);
        else expect(found).toMatch(expected);
      }
      expect(met).toHaveLength(2);
    });

    test('which clients are asked goes by the name that they ask for', async () => {
      const met: string[] = [];
      const { port } = await serve(create, names, null, {}, undefined, {
        trustOf: (name) =>
          name === 'a.example' ? trusting([ours.cert]) : name === '' ? trusting([other.cert]) : null,
        met: ({ client: identity }) => void met.push(told(identity)),
      });
      for (const name of ['a.example', 'b.example', ''])
        await echo(await client(port, name, { ...only, ...shown.get('anna') }), 'hello');
      expect(met).toEqual(['anna', 'not asked', expect.stringMatching(/^anna UNABLE_TO_/)]);
    });

    /** Begins a session in one way, tries to take it up in another. */
    const ways: readonly (readonly [
      string,
      () => ClientTrust | null,
      string,
      () => ClientTrust | null,
      string,
    ])[] = [
      ['one without a certificate', () => null, '', () => trusting([ours.cert]), 'nobody'],
      [
        'one that was asked and had none',
        () => trusting([ours.cert]),
        '',
        () => trusting([ours.cert]),
        'nobody',
      ],
      [
        'one of other authorities',
        () => trusting([other.cert]),
        'stranger',
        () => trusting([ours.cert]),
        'nobody',
      ],
      ['one that was believed', () => trusting([ours.cert]), 'anna', () => trusting([ours.cert]), 'nobody'],
      [
        'one of a longer chain',
        () => trusting([ours.cert], 2),
        'two between',
        () => trusting([ours.cert]),
        'nobody',
      ],
    ];
    test.each(ways)('a session is not taken up: %s', async (_title, before, name, after, expected) => {
      let trust = before();
      const met: string[] = [];
      const keys = new Uint8Array(48).fill(5);
      const { port } = await serve(create, names, null, {}, () => keys, {
        trustOf: () => trust,
        met: ({ client: identity }) => void met.push(told(identity)),
      });
      const first = await client(port, 'a.example', { ...only, ...shown.get(name) });
      const comesLater = version === 'TLSv1.3' && trust === null ? once(first, 'session') : null;
      await echo(first, 'hello');
      const session = comesLater === null ? first.getSession() : ((await comesLater) as [Buffer])[0];
      first.destroy();
      trust = after();
      const again = await client(port, 'a.example', {
        ...only,
        ...(session === undefined ? {} : { session }),
      });
      await echo(again, 'hello');
      expect([again.isSessionReused(), met.at(-1)]).toEqual([false, expected]);
    });
  });
});
