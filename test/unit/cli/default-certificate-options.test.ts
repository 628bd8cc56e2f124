// --default-certificate and its key: pairs that belong together, and errors that show no key.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultCertificateOf } from '../../../src/cli/default-certificate-options.ts';
import { selfSigned } from '../../../src/io/self-signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'default-certificate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const one = selfSigned('one.example', 1, Date.now());
const other = selfSigned('other.example', 1, Date.now());
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const certFile = join(folder, 'one.crt');
const keyFile = join(folder, 'one.key');
writeFileSync(certFile, one.cert);
writeFileSync(keyFile, one.key);
const base64 = (text: string) => Buffer.from(text).toString('base64');

const optionsOf = (certificates: readonly string[], keys: readonly string[]) =>
  defaultCertificateOf({
    options: { 'default-certificate': certificates, 'default-certificate-key': keys },
    positionals: [],
  });

test.each<[string, readonly string[], readonly string[]]>([
  ['files', [certFile], [keyFile]],
  ['PEM', [one.cert], [one.key]],
  ['base64 of PEM', [base64(one.cert)], [base64(one.key)]],
])('%s', (_name, certificates, keys) =>
  expect(optionsOf(certificates, keys).defaultCertificate).toMatchObject({ cert: one.cert, key: one.key }),
);

test('none', () => expect(optionsOf([], [])).toEqual({}));

test.each<[string, readonly string[], readonly string[], RegExp]>([
  ['no key', [certFile], [], /go together: 1 and 0 are given/],
  ['no certificate', [], [keyFile], /go together: 0 and 1 are given/],
  ['too many', [certFile, certFile, certFile], [keyFile, keyFile, keyFile], /at most one certificate with/],
  [
    'no file',
    [join(folder, 'none')],
    [keyFile],
    /certificate is neither PEM nor a file that can be read \(ENOENT\)/,
  ],
  ['no certificate in it', [keyFile], [keyFile], /has no certificate that can be read/],
  ['no key in it', [certFile], [certFile], /key has no private key that can be read/],
  ["another's key", [certFile], [other.key], /does not belong to its certificate/],
  ['a key of another type', [certFile], [rsaKey], /does not belong to its certificate/],
  ['twice the same type', [certFile, other.cert], [keyFile, other.key], /both keys are of the type ec/],
  ['a key that is cut', [certFile], [one.key.slice(0, 90)], /number|no private key/],
])('refused: %s', (_name, certificates, keys, message) => {
  expect(() => optionsOf(certificates, keys)).toThrow(message);
  try {
    optionsOf(certificates, keys);
  } catch (error) {
    for (const secret of [one.key, other.key, rsaKey])
      expect((error as Error).message).not.toContain(secret.slice(40, 80));
  }
});
