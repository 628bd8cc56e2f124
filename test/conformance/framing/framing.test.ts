// Ambiguous and malformed requests (RFC 9112): each is refused with its status, the connection closes, nothing reaches the
// upstream. Beside them what must be accepted, with the body that the upstream gets.
import { describe, expect, it } from 'vitest';
import { createRig, okResponse, toPort } from '../../unit/exchange/rig.ts';

const host = 'Host: a\r\n';

function exchange(text: string): {
  readonly status: number;
  readonly upstream: string;
  readonly closes: boolean;
} {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(text);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(client.received);
  return {
    status: status === null ? 0 : Number(status[1]),
    upstream: rig.peers.map((peer) => peer.received).join(''),
    closes: client.hasEnded,
  };
}

function post(fields: string, body = ''): string {
  return `POST / HTTP/1.1\r\n${host}${fields}\r\n${body}`;
}

function get(fields: string): string {
  return `GET / HTTP/1.1\r\n${host}${fields}\r\n`;
}

function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body);
}

const refused: readonly (readonly [name: string, status: number, text: string])[] = [
  // Message length
  [
    'Content-Length and Transfer-Encoding',
    400,
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  ],
  [
    'Transfer-Encoding and Content-Length',
    400,
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  ],
  ['two different lengths', 400, post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!')],
  ['two equal lengths', 400, post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')],
  ['a list of lengths', 400, post('Content-Length: 5, 5\r\n', 'hello')],
  ['a signed length', 400, post('Content-Length: +5\r\n', 'hello')],
  ['a negative length', 400, post('Content-Length: -1\r\n')],
  ['an empty length', 400, post('Content-Length:\r\n')],
  ['a hexadecimal length', 400, post('Content-Length: 0x5\r\n', 'hello')],
  ['a fractional length', 400, post('Content-Length: 5.0\r\n', 'hello')],
  ['a length with a blank inside', 400, post('Content-Length: 1 0\r\n', 'hellohello')],
  ['a length beyond 2^53', 400, post('Content-Length: 99999999999999999999\r\n')],
  ['identity', 400, post('Transfer-Encoding: identity\r\n')],
  ['gzip, chunked', 400, post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  ['chunked, chunked', 400, post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n')],
  ['chunked twice', 400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['chunked with a parameter', 400, post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
  ['xchunked', 400, post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
  ['quoted chunked', 400, post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n')],
  ['chunked with a vertical tab', 400, post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
  ['empty Transfer-Encoding', 400, post('Transfer-Encoding:\r\n')],
  [
    'Transfer-Encoding in HTTP/1.0',
    400,
    `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  // Chunks
  ['a chunk size that is none', 400, chunked('z\r\n')],
  ['an empty chunk size', 400, chunked('\r\n')],
  ['a chunk size with 0x', 400, chunked('0x5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with a sign', 400, chunked('+5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with a blank before', 400, chunked(' 5\r\nhello\r\n0\r\n\r\n')],
  ['a huge chunk size', 400, chunked('ffffffffffffffff\r\n')],
  ['a chunk size of endless zeros', 400, chunked(`${'0'.repeat(40)}\r\n`)],
  ['a chunk size ended by LF', 400, chunked('5\nhello\r\n0\r\n\r\n')],
  ['chunk data longer than its size', 400, chunked('3\r\nhello\r\n0\r\n\r\n')],
  ['chunk data ended by LF', 400, chunked('5\r\nhello\n0\r\n\r\n')],
  ['a control character in an extension', 400, chunked('5;a=\x01\r\nhello\r\n0\r\n\r\n')],
  ['a bare CR in an extension', 400, chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')],
  ['an endless extension', 400, chunked(`5;${'a'.repeat(5000)}`)],
  ['a blank after the size without an extension', 400, chunked('5 \r\nhello\r\n0\r\n\r\n')],
  ['a trailer with a bad name', 400, chunked('0\r\nbad name: 1\r\n\r\n')],
  ['endless trailers', 400, chunked(`0\r\n${'A: 1\r\n'.repeat(8000)}`)],
  // Field lines
  ['a blank before the colon', 400, get('X : 1\r\n')],
  ['a tab before the colon', 400, get('X\t: 1\r\n')],
  ['a folded line', 400, get('X: 1\r\n 2\r\n')],
  ['a folded first line', 400, `GET / HTTP/1.1\r\n X: 1\r\n${host}\r\n`],
  ['a bare LF', 400, `GET / HTTP/1.1\n${host}\n`],
  ['a bare LF between fields', 400, get('X: 1\nY: 2\r\n')],
  ['a bare CR in a value', 400, get('X: 1\rY: 2\r\n')],
  ['NUL in a value', 400, get('X: a\0b\r\n')],
  ['NUL in a name', 400, get('X\0: a\r\n')],
  ['DEL in a value', 400, get('X: a\x7fb\r\n')],
  ['an empty name', 400, get(': 1\r\n')],
  ['a line without a colon', 400, get('nothing\r\n')],
  ['a name in parentheses', 400, get('X(1): 1\r\n')],
  ['a name beyond ASCII', 400, get('X\xe4: 1\r\n')],
  // Host
  ['no Host', 400, 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 400, get(host)],
  ['two different Hosts', 400, get('Host: b\r\n')],
  ['a Host with a blank', 400, 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['a Host with a path', 400, 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['a Host with user information', 400, 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n'],
  ['a Host list', 400, 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
  // Request line
  ['HTTP/0.9', 400, 'GET /\r\n'],
  ['no target', 400, `GET HTTP/1.1\r\n${host}\r\n`],
  ['two blanks', 400, `GET  / HTTP/1.1\r\n${host}\r\n`],
  ['a tab between', 400, `GET\t/ HTTP/1.1\r\n${host}\r\n`],
  ['a blank in the target', 400, `GET /a b HTTP/1.1\r\n${host}\r\n`],
  ['a blank after the version', 400, `GET / HTTP/1.1 \r\n${host}\r\n`],
  ['a lower-case version', 400, `GET / http/1.1\r\n${host}\r\n`],
  ['HTTP/2.0', 505, `GET / HTTP/2.0\r\n${host}\r\n`],
  ['HTTP/1.10', 400, `GET / HTTP/1.10\r\n${host}\r\n`],
  ['a method with a bad character', 400, `G@T / HTTP/1.1\r\n${host}\r\n`],
  ['a target without a slash', 400, `GET a HTTP/1.1\r\n${host}\r\n`],
  ['* for GET', 400, `GET * HTTP/1.1\r\n${host}\r\n`],
  ['CONNECT', 400, `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`],
  ['a fragment', 400, `GET /a#b HTTP/1.1\r\n${host}\r\n`],
  ['absolute-form with user information', 400, `GET http://u@a/ HTTP/1.1\r\n${host}\r\n`],
  ['absolute-form without an authority', 400, `GET http:/// HTTP/1.1\r\n${host}\r\n`],
  ['another scheme', 400, `GET ftp://a/ HTTP/1.1\r\n${host}\r\n`],
  ['a TLS hello on the plain port', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n'],
  ['the HTTP/2 preface', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  // Limits
  ['a target of 9 KiB', 414, `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${host}\r\n`],
  ['a target that does not end', 414, `GET /${'a'.repeat(9000)}`],
  ['a head of 40 KiB', 400, get(`X: ${'a'.repeat(40_000)}\r\n`)],
  ['a head of 40 KiB that does not end', 400, get(`X: 1\r\nY: ${'a'.repeat(40_000)}`).slice(0, -2)],
  ['1,500 fields', 400, get('A: 1\r\n'.repeat(1500))],
];

const accepted: readonly (readonly [name: string, text: string, body: string])[] = [
  ['no body', get(''), ''],
  ['length 0', post('Content-Length: 0\r\n'), ''],
  ['a length with leading zeros', post('Content-Length: 005\r\n', 'hello'), 'hello'],
  ['blanks around a length', post('Content-Length: \t5 \r\n', 'hello'), 'hello'],
  ['chunks', chunked('5\r\nhello\r\n0\r\n\r\n'), '5\r\nhello\r\n0\r\n\r\n'],
  ['upper-case Chunked', post('Transfer-Encoding: Chunked \r\n', '0\r\n\r\n'), '0\r\n\r\n'],
  ['a chunk extension', chunked('5;a="b c"\r\nhello\r\n0\r\n\r\n'), '5;a="b c"\r\nhello\r\n0\r\n\r\n'],
  ['an upper-case size', chunked('A\r\n0123456789\r\n0\r\n\r\n'), 'A\r\n0123456789\r\n0\r\n\r\n'],
  ['trailers', chunked('0\r\nX-Sum: 1\r\n\r\n'), '0\r\nX-Sum: 1\r\n\r\n'],
  ['an empty line before the request', `\r\n${get('')}`, ''],
  ['an empty value', get('X:\r\n'), ''],
  ['obs-text in a value', get('X: \xe4\r\n'), ''],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, ''],
  ['absolute-form', `GET http://a/ HTTP/1.1\r\n${host}\r\n`, ''],
  ['absolute-form without a path', `GET http://a HTTP/1.1\r\n${host}\r\n`, ''],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', ''],
  ['a Host with a port', 'GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n', ''],
  ['an IPv6 Host', 'GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n', ''],
  ['an unknown method', `BREW / HTTP/1.1\r\n${host}\r\n`, ''],
];

describe('refused', () => {
  it.each(refused)('%s', (_name, status, text) => {
    expect(exchange(text)).toEqual({ status, upstream: '', closes: true });
  });
});

describe('accepted', () => {
  it.each(accepted)('%s', (_name, text, body) => {
    const { status, upstream } = exchange(text);
    expect(status).toBe(200);
    expect(upstream.slice(upstream.indexOf('\r\n\r\n') + 4)).toBe(body);
  });
});

it('keeps what the upstream got of a bad chunked body from ever looking complete', () => {
  const rig = createRig([toPort(9000)]);
  rig.upstream(9000, () => {});
  const client = rig.client(chunked('5\r\nhello\r\n'));
  client.send('zz\r\n');
  rig.world.run();
  expect(client.received).toMatch(/^HTTP\/1\.1 400/);
  expect(rig.peers[0]!.isLost).toBe(true);
});
