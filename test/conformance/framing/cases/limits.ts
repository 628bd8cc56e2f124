// Limits of a head, those of Kong (4 buffers of 8 KiB): line and field 8192 bytes each, 32 KiB in all; and 1,000 fields.
import { host, normalised, passed, refused, request } from './case.ts';

const line = 'Kong: a line fits a buffer of 8 KiB';
const head = 'Kong: four buffers of 8 KiB';
const count = 'at most 1,000 fields';
/** A line of that many bytes, its end included. */
const fieldOf = (bytes: number) => `X: ${'a'.repeat(bytes - 5)}\r\n`;
/** 'GET / HTTP/1.1' with its line end has 16 bytes. */
const targetOf = (bytes: number) => `/${'a'.repeat(bytes - 16)}`;

export const limits = [
  passed('a request line of 8192 bytes', line, request('', targetOf(8192))),
  refused(414, 'a request line of 8193 bytes', line, request('', targetOf(8193))),
  refused(414, 'a target of 9 KiB', line, request('', `/${'a'.repeat(9000)}`)),
  refused(414, 'a target that does not end', line, `GET /${'a'.repeat(9000)}`),
  refused(414, 'a query of 9 KiB', line, request('', `/?${'a'.repeat(9000)}`)),
  passed('a field line of 8192 bytes', line, request(fieldOf(8192))),
  refused(400, 'a field line of 8193 bytes', line, request(fieldOf(8193))),
  refused(400, 'a cookie of 9 KiB', line, request(`Cookie: ${'a'.repeat(9000)}\r\n`)),
  refused(400, 'a Host of 9 KiB', line, `GET / HTTP/1.1\r\nHost: ${'a'.repeat(9000)}\r\n\r\n`),
  refused(400, 'a name of 9 KiB', line, request(`${'x'.repeat(9000)}: 1\r\n`)),
  passed('three fields of 8 KiB', head, request(fieldOf(8190).repeat(3))),
  refused(400, 'five fields of 7 KiB', head, request(fieldOf(7000).repeat(5))),
  refused(400, 'a head of 40 KiB', head, request(`X: ${'a'.repeat(40_000)}\r\n`)),
  refused(
    400,
    'a head of 40 KiB that does not end',
    head,
    `GET / HTTP/1.1\r\n${host}X: 1\r\nY: ${'a'.repeat(40_000)}`,
  ),
  refused(400, '1,500 fields', count, request('A: 1\r\n'.repeat(1500))),
  refused(400, '1,001 fields', count, request('A: 1\r\n'.repeat(1000))),
  normalised('999 fields', 'within the limits', request('A: 1\r\n'.repeat(998)), /(A: 1\r\n){998}/),
  normalised(
    '100 fields for one hop',
    'more than there is room to mark',
    request('TE: x\r\nA: 1\r\n'.repeat(100)),
    /(A: 1\r\n){100}/,
    /TE: /,
  ),
];
