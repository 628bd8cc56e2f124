// The gateway's own certificate, read back by OpenSSL.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSigned } from '../../../src/io/self-signed.ts';

test('is a certificate for its name, signed by its own key', () => {
  const nowMs = Date.UTC(2026, 10, 27);
  const { cert, key } = selfSigned('localhost', 365, nowMs);
  const read = new X509Certificate(cert);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkHost('localhost')).toBe('localhost');
  expect(read.checkHost('elsewhere')).toBe(undefined);
  expect(read.subject).toBe('CN=localhost');
  expect([read.validFromDate, read.validToDate].map((date) => date.toISOString().slice(0, 10))).toEqual([
    '2026-11-26',
    '2027-11-27',
  ]);
});
