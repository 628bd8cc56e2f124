// What is spoken: RSA and ECDSA of one name side by side, Mozilla's intermediate suites and groups and nothing below, HTTP/1.1.
import type { ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TlsSpoken } from '../../../src/ports/tls.ts';
import { issueRsaCertificate } from '../../unit/io/rsa-certificate.ts';
import { authority, client, implementations, issued, names, serve } from './serving.ts';

beforeAll(async () => {
  const pair = await issueRsaCertificate(authority, 'both');
  const { cert, key: ecdsaKey } = issued.get('exact')!;
  issued.set('rsa first', { id: 'rsa first', ...pair, alternative: { cert, key: ecdsaKey } });
  issued.set('ecdsa first', { id: 'ecdsa first', cert, key: ecdsaKey, alternative: pair });
});

/** Kind of key, suite and protocol, or 'refused'. */
async function spoken(port: number, serverName: string, options: ConnectionOptions): Promise<string> {
  try {
    const socket = await client(port, serverName, options);
    const kind = socket.getPeerCertificate().asn1Curve === undefined ? 'RSA' : 'ECDSA';
    const text = [kind, socket.getCipher().name, String(socket.alpnProtocol)].join(' ');
    socket.destroy();
    return text;
  } catch {
    return 'refused';
  }
}

const old = (ciphers: string): ConnectionOptions => ({ maxVersion: 'TLSv1.2', ciphers });
const weak = (ciphers: string): ConnectionOptions => old(`${ciphers}:@SECLEVEL=0`);
const only13 = { minVersion: 'TLSv1.3' } as const;

const table: readonly (readonly [string, ConnectionOptions, string | RegExp])[] = [
  ['TLS 1.2 with RSA', old('ECDHE-RSA-AES128-GCM-SHA256'), /^RSA ECDHE-RSA-AES128-GCM/],
  ['TLS 1.2 with ECDSA', old('ECDHE-ECDSA-AES128-GCM-SHA256'), /^ECDSA ECDHE-ECDSA-AES128-GCM/],
  ['TLS 1.2, 256 bits', old('ECDHE-RSA-AES256-GCM-SHA384'), /^RSA ECDHE-RSA-AES256-GCM/],
  ['TLS 1.2, ChaCha20', old('ECDHE-ECDSA-CHACHA20-POLY1305'), /^ECDSA ECDHE-ECDSA-CHACHA20/],
  ['TLS 1.3 with RSA', { ...only13, sigalgs: 'rsa_pss_rsae_sha256' }, /^RSA TLS_/],
  ['TLS 1.3 with ECDSA', { ...only13, sigalgs: 'ecdsa_secp256r1_sha256' }, /^ECDSA TLS_/],
  // The client's order counts.
  [
    'TLS 1.3, ChaCha20 first',
    { ...only13, ciphers: 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256' },
    /CHACHA20/,
  ],
  ['TLS 1.3, P-256', { ...only13, ecdhCurve: 'prime256v1' }, /TLS_/],
  ['TLS 1.3, P-521 only', { ...only13, ecdhCurve: 'secp521r1' }, 'refused'],
  ['no forward secrecy', weak('AES128-GCM-SHA256'), 'refused'],
  ['CBC', weak('ECDHE-RSA-AES128-SHA256'), 'refused'],
  ['SHA-1', weak('ECDHE-ECDSA-AES256-SHA'), 'refused'],
  ['HTTP/1.1', { ALPNProtocols: ['http/1.1'] }, / http\/1\.1$/],
  ['HTTP/2 or 1.1', { ALPNProtocols: ['h2', 'http/1.1'] }, / http\/1\.1$/],
  ['HTTP/2 only', { ALPNProtocols: ['h2'] }, 'refused'],
  ['no ALPN', {}, / false$/],
];

describe.each(implementations)('%s', (_, create) => {
  describe.each(['rsa first', 'ecdsa first'])('%s', (certificate) => {
    test.each(table)('%s', async (_title, options, expected) => {
      const { port } = await serve(create, { ...names, 'a.example': certificate, '*': certificate });
      for (const serverName of ['a.example', '']) {
        const found = await spoken(port, serverName, options);
        if (typeof expected === 'string') expect(found).toBe(expected);
        else expect(found).toMatch(expected);
      }
    });
  });

  test.each<[title: string, spoken: TlsSpoken, on12: string | RegExp, on13: string | RegExp]>([
    ['both versions', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', hasTickets: true }, /^ECDSA/, /^ECDSA/],
    [
      'TLS 1.3 alone',
      { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', hasTickets: true },
      'refused',
      /^ECDSA/,
    ],
    [
      'TLS 1.2 alone',
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', hasTickets: true },
      /^ECDSA/,
      'refused',
    ],
  ])('%s', async (_title, wanted, on12, on13) => {
    const { port } = await serve(create, { '*': 'exact' }, null, {}, undefined, {}, wanted);
    for (const [options, expected] of [
      [{ maxVersion: 'TLSv1.2' }, on12],
      [only13, on13],
    ] as const) {
      const found = await spoken(port, 'a.example', options);
      if (typeof expected === 'string') expect(found).toBe(expected);
      else expect(found).toMatch(expected);
    }
  });

  test('a name with one kind of certificate never shows another name its other kind', async () => {
    const { port } = await serve(create, { 'a.example': 'exact', '*': 'rsa first' });
    const options = old('ECDHE-RSA-AES128-GCM-SHA256');
    expect(await spoken(port, 'a.example', options)).toBe('refused');
    expect(await spoken(port, 'other.test', options)).toMatch(/^RSA/);
  });
});
