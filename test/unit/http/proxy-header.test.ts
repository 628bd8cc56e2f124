// The PROXY protocol's header, both versions: what is taken, from whom, and what is none.
import { describe, expect, it } from 'vitest';
import { parseProxyHeader } from '../../../src/proxy/http/proxy-header.ts';

const signature = '\r\n\r\n\0\r\nQUIT\n';
const rest = 'GET / HTTP/1.1\r\n';
const ipv4Ends = '\xc0\x00\x02\x01\x0a\x00\x00\x01\x04\xd2\x01\xbb';
const ipv6Ends = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01${'\0'.repeat(15)}\x01\x04\xd2\x01\xbb`;

function binary(command: number, family: number, body: string, length = body.length): string {
  return signature + String.fromCharCode(command, family, length >> 8, length & 255) + body;
}

function check(header: string, expected: string): void {
  const bytes = Buffer.from(header + rest, 'latin1');
  const found = parseProxyHeader(bytes, 0, bytes.length);
  const source = found.kind === 'taken' && found.source;
  const told = source ? `${source.address} ${source.port}` : found.kind === 'taken' ? 'nobody' : found.kind;
  expect(told).toBe(expected);
  if (found.kind === 'taken') expect(found.end).toBe(header.length);
}

const taken: readonly (readonly [name: string, header: string, client: string])[] = [
  ['TCP4', 'PROXY TCP4 192.0.2.1 10.0.0.1 1234 443\r\n', '192.0.2.1 1234'],
  ['TCP6', 'PROXY TCP6 2001:db8::1 ::1 1234 443\r\n', '2001:db8::1 1234'],
  ['TCP6 written long', 'PROXY TCP6 2001:DB8:0:0:0:0:0:1 ::1 1234 443\r\n', '2001:db8::1 1234'],
  ['TCP6 that is IPv4', 'PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n', '192.0.2.1 1'],
  ['UNKNOWN', 'PROXY UNKNOWN\r\n', 'nobody'],
  ['UNKNOWN with something', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', 'nobody'],
  ['107 bytes', `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`, 'nobody'],
  ['binary IPv4', binary(0x21, 0x11, ipv4Ends), '192.0.2.1 1234'],
  ['binary IPv6', binary(0x21, 0x21, ipv6Ends), '2001:db8::1 1234'],
  ['TLVs', binary(0x21, 0x11, `${ipv4Ends}\x01\x00\x08http/1.1\x04\x00\x02ab`), '192.0.2.1 1234'],
  ['TLVs that do not fit are skipped too', binary(0x21, 0x11, `${ipv4Ends}\x01\xff\xff`), '192.0.2.1 1234'],
  ['4096 bytes', binary(0x21, 0x11, ipv4Ends + 'x'.repeat(4096 - 28)), '192.0.2.1 1234'],
  ['LOCAL', binary(0x20, 0x00, ''), 'nobody'],
  ['LOCAL with addresses', binary(0x20, 0x11, ipv4Ends), 'nobody'],
  ['UNSPEC', binary(0x21, 0x00, 'abc'), 'nobody'],
  ['AF_UNIX', binary(0x21, 0x31, 'a'.repeat(216)), 'nobody'],
  ['UDP', binary(0x21, 0x12, ipv4Ends), 'nobody'],
];

const refused: readonly (readonly [name: string, header: string])[] = [
  ['a request', rest],
  ['a TLS hello', '\x16\x03\x01\x02\x00'],
  ['lower case', 'proxy TCP4 192.0.2.1 10.0.0.1 1 2\r\n'],
  ['another family', 'PROXY UDP4 192.0.2.1 10.0.0.1 1 2\r\n'],
  ['an address of the other family', 'PROXY TCP4 ::1 ::1 1 2\r\n'],
  ['a leading zero in an address', 'PROXY TCP4 192.0.02.1 10.0.0.1 1 2\r\n'],
  ['an octet of 256', 'PROXY TCP4 192.0.2.256 10.0.0.1 1 2\r\n'],
  ['a name', 'PROXY TCP4 localhost 10.0.0.1 1 2\r\n'],
  ['a leading zero in a port', 'PROXY TCP4 192.0.2.1 10.0.0.1 01 2\r\n'],
  ['a port of 65536', 'PROXY TCP4 192.0.2.1 10.0.0.1 65536 2\r\n'],
  ['a signed port', 'PROXY TCP4 192.0.2.1 10.0.0.1 +1 2\r\n'],
  ['two blanks', 'PROXY TCP4  192.0.2.1 10.0.0.1 1 2\r\n'],
  ['a blank behind', 'PROXY TCP4 192.0.2.1 10.0.0.1 1 2 \r\n'],
  ['a word behind', 'PROXY TCP4 192.0.2.1 10.0.0.1 1 2 3\r\n'],
  ['three words', 'PROXY TCP4 192.0.2.1 10.0.0.1 1\r\n'],
  ['a bare LF', 'PROXY TCP4 192.0.2.1 10.0.0.1 1 2\n'],
  ['108 bytes', `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`],
  ['a line that does not end', `PROXY UNKNOWN ${'x'.repeat(200)}`],
  ['a zone', 'PROXY TCP6 fe80::1%1 ::1 1 2\r\n'],
  ['a signature with another byte', `${signature.slice(0, -1)}\r`],
  ['version 1 in binary', binary(0x11, 0x11, ipv4Ends)],
  ['version 3', binary(0x31, 0x11, ipv4Ends)],
  ['an unknown command', binary(0x22, 0x11, ipv4Ends)],
  ['an unknown family', binary(0x21, 0x41, ipv4Ends)],
  ['an unknown transport', binary(0x21, 0x13, ipv4Ends)],
  ['addresses cut short', binary(0x21, 0x11, ipv4Ends.slice(1))],
  ['IPv6 addresses cut short', binary(0x21, 0x21, ipv4Ends)],
  ['4097 bytes', binary(0x21, 0x11, ipv4Ends, 4081)],
];

describe('a header that is taken', () => {
  it.each(taken)('%s', (_name, header, client) => check(header, client));
});

describe('a header that is refused', () => {
  it.each(refused)('%s', (_name, header) => check(header, 'refused'));
});
