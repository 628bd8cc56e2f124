// Wrong certificates, server names and CA certificates.
import { selfSigned } from '../../../../src/io/self-signed.ts';
import type { Wrong } from './wrong.ts';

const nowMs = Date.UTC(2026, 10, 27);
export const first = selfSigned('first.example', 3650, nowMs);
export const second = selfSigned('second.example', 3650, nowMs);
const pair = (wrong: Readonly<Record<string, unknown>>) => ({ cert: first.cert, key: first.key, ...wrong });
const halfAlternative = "@entity: all or none of these fields must be set: 'cert_alt', 'key_alt'";
const sameType =
  '@entity: certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided certificates were both of the same type';

export const wrongCertificates: readonly Wrong[] = [
  [{ key: first.key }, 'cert: required field missing'],
  [{ cert: first.cert }, 'key: required field missing'],
  [{}, 'cert: required field missing', 'key: required field missing'],
  [{ cert: '', key: '' }, 'cert: length must be at least 1', 'key: length must be at least 1'],
  [pair({ cert: 'x' }), 'cert: invalid certificate: …'],
  [pair({ cert: first.cert.replaceAll('M', 'N') }), 'cert: invalid certificate: …'],
  [pair({ key: 'x' }), 'key: invalid key: …'],
  [pair({ key: first.cert }), 'key: invalid key: …'],
  [pair({ cert: 7 }), 'cert: expected a string'],
  [pair({ key: 7 }), 'key: expected a string'],
  [pair({ key: second.key }), '@entity: certificate does not match key'],
  [pair({ cert_alt: second.cert }), halfAlternative, sameType],
  [pair({ key_alt: second.key }), halfAlternative],
  [pair({ cert_alt: 'x', key_alt: second.key }), 'cert_alt: invalid certificate: …'],
  [pair({ cert_alt: second.cert, key_alt: 'x' }), 'key_alt: invalid key: …', sameType],
  [pair({ cert_alt: second.cert, key_alt: second.key }), sameType],
  [
    pair({ cert_alt: second.cert, key_alt: first.key }),
    '@entity: alternative certificate does not match key',
    sameType,
  ],
  [pair({ passphrase: 'x' }), 'passphrase: unknown field'],
  [pair({ tags: 7 }), 'tags: expected a set'],
];

const sni = (wrong: Readonly<Record<string, unknown>>) => ({
  name: 'a.com',
  certificate: certificateId,
  ...wrong,
});
export const certificateId = '7fca84d6-7d37-4a74-a7b0-93e576089a41';

export const wrongServerNames: readonly Wrong[] = [
  [{ certificate: certificateId }, 'name: required field missing'],
  [sni({ name: '' }), 'name: length must be at least 1'],
  [sni({ name: 7 }), 'name: expected a string'],
  [sni({ name: '1.2.3.4' }), 'name: must not be an IP'],
  [sni({ name: 'a.com:443' }), 'name: must not have a port'],
  [sni({ name: 'a b' }), 'name: invalid value: a b'],
  [sni({ name: 'a.*.com' }), 'name: wildcard must be leftmost or rightmost character'],
  [sni({ name: '*.a.*' }), 'name: only one wildcard must be specified'],
  [{ name: 'a.com' }, 'certificate: required field missing'],
  [sni({ nope: 7 }), 'nope: unknown field'],
];

export const wrongAuthorities: readonly Wrong[] = [
  [{}, 'cert: required field missing'],
  [{ cert: '' }, 'cert: length must be at least 1'],
  [{ cert: 7 }, 'cert: expected a string'],
  [{ cert: 'x' }, 'cert: invalid certificate: …'],
  [{ cert: `${first.cert}\n${second.cert}` }, '@entity: please submit only one certificate at a time'],
  [
    { cert: first.cert },
    '@entity: certificate does not appear to be a CA because it is missing the "CA" basic constraint',
  ],
  [{ cert: 'x', key: first.key }, 'cert: invalid certificate: …', 'key: unknown field'],
  [{ cert: 'x', cert_digest: 7 }, 'cert: invalid certificate: …', 'cert_digest: expected a string'],
];
