// Hashes and name-based ids. Pure: node:crypto digests are deterministic.
import { hash } from 'node:crypto';

/** Lower-case hex SHA-256. */
export function sha256Hex(data: string | Buffer): string {
  return hash('sha256', data);
}

/** First 128 bits of SHA-256 as an integer: the hash whose sums identify a config. */
export function hash128(data: string): bigint {
  return BigInt(`0x${hash('sha256', data).slice(0, 32)}`);
}

/** RFC 9562 UUID version 5 (SHA-1 of namespace and name). `namespace` is a UUID in text form. */
export function uuid5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const bytes = hash('sha1', Buffer.concat([space, Buffer.from(name, 'utf8')]), 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** 16 bytes in the 8-4-4-4-12 text form. */
export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** RFC 9562 UUID version 4 out of 16 random bytes (changed in place). */
export function uuid4(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** FNV-1a, 32 bit, over UTF-16 code units: for hash tables and keyed draws, not for identity. */
export function fnv1a(text: string, seed = 0x811c9dc5): number {
  let mixed = seed | 0;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  return mixed >>> 0;
}
