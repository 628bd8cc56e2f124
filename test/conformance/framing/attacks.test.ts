// What an attacker in front of the proxy, or a broken server behind it, may try: each with the verdict and the reason for it.
// Requests are refused, or reach the upstream without what they tried to bring along; responses are cleaned or become a 502.
import { describe, expect, it } from 'vitest';
import { createRig, okResponse, toPort } from '../../unit/exchange/rig.ts';

const host = 'Host: a\r\n';
const get = `GET / HTTP/1.1\r\n${host}\r\n`;

function request(fields: string, target = '/', method = 'GET', body = ''): string {
  return `${method} ${target} HTTP/1.1\r\n${host}${fields}\r\n${body}`;
}

function chunked(trailers: string): string {
  return request('Transfer-Encoding: chunked\r\n', '/', 'POST', `1\r\nx\r\n0\r\n${trailers}\r\n`);
}

const ok = 'HTTP/1.1 200 OK\r\nServer: t\r\nDate: d\r\n';
const interim = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';

const refused: readonly (readonly [name: string, status: number, reason: string, text: string])[] = [
  ['CONNECT to a path', 405, 'a pooled connection would become a tunnel', request('', '/', 'CONNECT')],
  ['CONNECT in absolute form', 405, 'the same', request('', 'http://a/', 'CONNECT')],
  ['TRACE', 405, 'it would show the fields that we add', request('', '/', 'TRACE')],
  [
    'an unknown expectation',
    417,
    'RFC 9110 section 10.1.1',
    request('Expect: 200-ok\r\nContent-Length: 0\r\n', '/', 'POST'),
  ],
  ['a trailer that frames', 400, 'a server may merge it into the head', chunked('Content-Length: 5\r\n')],
  ['a trailer that encodes', 400, 'the same', chunked('Transfer-Encoding: chunked\r\n')],
  ['a trailer that names a host', 400, 'routing was decided without it', chunked('HOST: b\r\n')],
  ['a trailer that authenticates', 400, 'plugins have not seen it', chunked('Authorization: Basic x\r\n')],
  ['a trailer that names a consumer', 400, 'that is ours to say', chunked('X-Consumer-Username: root\r\n')],
  [
    'a trailer that names a client',
    400,
    'that is ours to say',
    chunked('A: 1\r\nx-Forwarded-For: 1.1.1.1\r\n'),
  ],
  ['a trailer without a colon', 400, 'it is not a field line', chunked('nothing\r\n')],
  ['a folded trailer', 400, 'RFC 9112 section 5.2', chunked('A: 1\r\n b\r\n')],
  ['NUL in the target', 400, 'no character of a URI', request('', '/a\0b')],
  ['DEL in the target', 400, 'no character of a URI', request('', '/a\x7fb')],
  [
    'CL.TE',
    400,
    'RFC 9112 section 6.1',
    request('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '/', 'POST', '0\r\n\r\nG'),
  ],
  [
    'TE.CL with a hidden name',
    400,
    'a blank before the colon',
    request('Transfer-Encoding : chunked\r\nContent-Length: 4\r\n', '/', 'POST', '5c\r\n'),
  ],
  [
    'TE.TE',
    400,
    'one Transfer-Encoding',
    request('Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n', '/', 'POST', '0\r\n\r\n'),
  ],
  [
    'a tab in Transfer-Encoding',
    400,
    'chunked and nothing else',
    request('Transfer-Encoding: chun\tked\r\n', '/', 'POST', '0\r\n\r\n'),
  ],
  [
    'chunked with a comma',
    400,
    'chunked and nothing else',
    request('Transfer-Encoding: chunked,\r\n', '/', 'POST', '0\r\n\r\n'),
  ],
  ['a length with obs-text', 400, 'digits only', request('Content-Length: 5\xa0\r\n', '/', 'POST', 'hello')],
  ['a length of 16 digits', 400, 'below 2^53', request('Content-Length: 9999999999999999\r\n', '/', 'POST')],
  [
    'a chunk size that wraps at 2^32',
    400,
    'an upstream with 32 bits would read on elsewhere',
    request('Transfer-Encoding: chunked\r\n', '/', 'POST', '1000000000001\r\nx\r\n'),
  ],
  ['obs-text in Host', 400, 'no character of a name', 'GET / HTTP/1.1\r\nHost: \xe4\r\n\r\n'],
  ['a Host beside an empty Host', 400, 'more than one Host', request('Host:\r\n')],
  ['an absolute target with a bad host', 400, 'no character of a name', request('', 'http://a"b/')],
  ['an absolute target with a backslash', 400, 'browsers would read a path', request('', 'http://a\\b/')],
];

const cleaned: readonly (readonly [
  name: string,
  reason: string,
  text: string,
  has: RegExp,
  lacks: RegExp,
])[] = [
  [
    'h2c upgrade',
    'the tunnel would go past every plugin',
    request(upgrade),
    /^GET /,
    /h2c|Upgrade|HTTP2-Settings/i,
  ],
  [
    'h2c beside websocket',
    'only websocket is offered',
    request('Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n'),
    /\r\nUpgrade: websocket\r\n/,
    /h2c/,
  ],
  ['Upgrade without Connection', 'it is not an offer', request('Upgrade: websocket\r\n'), /^GET /, /Upgrade/],
  [
    'Upgrade in HTTP/1.0',
    'RFC 9110 section 7.8',
    `GET / HTTP/1.0\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    /^GET /,
    /Upgrade/,
  ],
  [
    'Connection: content-length',
    'framing is not the client’s to remove',
    request('Connection: content-length\r\nContent-Length: 5\r\n', '/', 'POST', 'hello'),
    /\r\nContent-Length: 5\r\n(.*\r\n)*\r\nhello$/,
    /GET/,
  ],
  [
    'Connection: transfer-encoding',
    'the same',
    request('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n', '/', 'POST', '0\r\n\r\n'),
    /\r\nTransfer-Encoding: chunked\r\n/,
    /GET/,
  ],
  [
    'Connection: host',
    'Host is ours to write',
    request('Connection: Host\r\n'),
    /\r\nHost: 10/,
    /\nHost: a\r/,
  ],
  [
    'Connection: x-forwarded-for, x-real-ip',
    'the client’s address is ours to say',
    request('Connection: X-Forwarded-For, X-Real-IP, X-Forwarded-Proto\r\n'),
    /\r\nX-Forwarded-For: 10\.9\.8\.7\r\n(.*\r\n)*X-Real-IP: 10\.9\.8\.7\r\n/,
    /X-Forwarded-Proto: https/,
  ],
  [
    'Connection: x-kong-request-id',
    'the id is ours to say',
    request('Connection: X-Kong-Request-Id\r\nX-Kong-Request-Id: mine\r\n'),
    /\r\nX-Kong-Request-Id: [0-9a-f]{32}\r\n/,
    /mine/,
  ],
  [
    'X-Forwarded-* of its own',
    'nobody is trusted',
    request(
      'X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Path: /p\r\nX-Forwarded-Prefix: /q\r\nX-Real-IP: 1.1.1.1\r\n',
    ),
    /\r\nX-Forwarded-Proto: http\r\n/,
    /evil|1\.1\.1\.1|\/q|X-Forwarded-P[a-z]+: (1|\/p)\r/,
  ],
  [
    'X-Forwarded-For twice',
    'a chain goes on in one line, ours last',
    request('X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n'),
    /\r\nX-Forwarded-For: 1\.1\.1\.1, 2\.2\.2\.2, 10\.9\.8\.7\r\n/,
    /X-Forwarded-For: 2/,
  ],
  ['TE: gzip', 'TE is for one hop', request('TE: gzip\r\n'), /^GET /, /TE: /],
  [
    'TE: trailers, gzip',
    'only trailers pass',
    request('TE: gzip, trailers;q=0.5\r\n'),
    /\r\nTE: trailers\r\n/,
    /gzip/,
  ],
  ['Proxy', 'httpoxy', request('Proxy: http://evil\r\n'), /^GET /, /evil/],
  [
    'Keep-Alive and Proxy-Connection',
    'for one hop',
    request('Keep-Alive: 1\r\nProxy-Connection: x\r\n'),
    /^GET /,
    /Keep-Alive: 1|Proxy-/,
  ],
  [
    'an absolute target with another Host',
    'the target wins, RFC 9112 section 3.2.2',
    request('', 'http://b/x'),
    /^GET \/x HTTP\/1\.1\r\n(.*\r\n)*X-Forwarded-Host: b\r\n/,
    /X-Forwarded-Host: a/,
  ],
  [
    '%2e%2e',
    'the path that is matched is the one that is sent',
    request('', '/a/%2e%2e/%2E%2e/b'),
    /^GET \/b HTTP/,
    /^GET .*%2e/i,
  ],
  [
    '..;',
    'no dot segment here, and none is made',
    request('', '/a/..;/b'),
    /^GET \/a\/\.\.;\/b HTTP/,
    /^GET \/b/,
  ],
  ['%2F', 'an encoded slash stays one', request('', '/a%2f..%2Fb'), /^GET \/a%2F\.\.%2Fb HTTP/, /^GET \/b/],
  ['%252e', 'decoded once', request('', '/a/%252e%252e/b'), /^GET \/a\/%252e%252e\/b HTTP/, /^GET \/b/],
  ['%00', 'encoded again', request('', '/a%00b'), /^GET \/a%00b HTTP/, /\0/],
  [
    '%0d%0a',
    'encoded again',
    request('', '/a%0d%0aX-Evil:%201'),
    /^GET \/a%0D%0AX-Evil:%201 HTTP/,
    /\nX-Evil/,
  ],
  ['a backslash', 'no slash, and encoded', request('', '/a\\..\\b'), /^GET \/a%5C\.\.%5Cb HTTP/, /^GET \/b/],
  ['obs-text in the target', 'encoded', request('', '/\xe4'), /^GET \/%E4 HTTP/, /^GET \/\xe4/],
  ['obs-text in a value', 'passes as it is', request('X: \xe4\xff\r\n'), /\r\nX: \xe4\xff\r\n/, /%E4/],
  [
    'obs-text in a value of an edited head',
    'the same',
    request('Connection: Y\r\nX: \xe4\xff\r\n'),
    /\r\nX: \xe4\xff\r\n/,
    /%E4/,
  ],
  ['999 fields', 'within the limits', request('A: 1\r\n'.repeat(998)), /(A: 1\r\n){998}/, /GET$/],
  [
    '100 fields for one hop',
    'more than there is room to mark',
    request('TE: x\r\nA: 1\r\n'.repeat(100)),
    /(A: 1\r\n){100}/,
    /TE: /,
  ],
];

const answers: readonly (readonly [
  name: string,
  reason: string,
  answer: string,
  has: RegExp,
  lacks: RegExp,
])[] = [
  [
    'two lengths',
    'RFC 9112 section 6.3',
    `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    /^HTTP\/1\.1 502/,
    /ab$/,
  ],
  [
    'a length and chunks',
    'the same',
    `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /chunked/,
  ],
  [
    'gzip, chunked',
    'only chunked is understood',
    `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /gzip/,
  ],
  [
    'a length that overflows',
    'below 2^53',
    `${ok}Content-Length: 99999999999999999999\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /9999/,
  ],
  [
    'a bare LF',
    'response splitting',
    `${ok}X: 1\nY: 2\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /Y: 2/,
  ],
  [
    'a bare CR',
    'response splitting',
    `${ok}X: 1\rY: 2\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /Y: 2/,
  ],
  [
    'NUL in a value',
    'no character of a value',
    `${ok}X: \0\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /\0/,
  ],
  [
    'a folded line',
    'RFC 9112 section 5.2',
    `${ok}X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /X: 1/,
  ],
  [
    'a head of 40 KiB',
    'more than 32 KiB',
    `${ok}X: ${'a'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /aaa/,
  ],
  [
    '1,500 fields',
    'more than 1,000',
    `${ok}${'A: 1\r\n'.repeat(1500)}Content-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 502/,
    /A: 1/,
  ],
  [
    'status 600',
    'no class of its own',
    'HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n',
    /^HTTP\/1\.1 502/,
    /600/,
  ],
  ['HTTP/2.0', 'not asked for', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', /^HTTP\/1\.1 502/, /2\.0/],
  [
    '101 unasked',
    'nobody has agreed to a tunnel',
    'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    /^HTTP\/1\.1 502/,
    /101/,
  ],
  [
    'three interim responses',
    'they pass',
    `${interim.repeat(3)}${ok}Content-Length: 0\r\n\r\n`,
    /(103 Early Hints\r\nLink: x\r\n\r\n.*){3}HTTP\/1\.1 200/s,
    /502/,
  ],
  [
    'endless interim responses',
    'at most 16',
    interim.repeat(100),
    /(103 Early Hints\r\nLink: x\r\n\r\n.*){16}HTTP\/1\.1 502/s,
    /(103 Early(.|\n)*){17}/,
  ],
  [
    'an interim response that frames',
    'it would frame what follows',
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nConnection: X-Hop\r\nX-Hop: 1\r\nLink: x\r\n\r\n${okResponse}`,
    /103 Early Hints\r\nLink: x\r\n\r\nHTTP\/1\.1 200/,
    /Content-Length: 9|X-Hop/,
  ],
  [
    '204 with a length',
    'RFC 9110 section 8.6',
    'HTTP/1.1 204 No Content\r\nServer: t\r\nDate: d\r\nContent-Length: 0\r\n\r\n',
    /^HTTP\/1\.1 204/,
    /Content-Length/,
  ],
  [
    '204 with chunks',
    'RFC 9112 section 6.1',
    'HTTP/1.1 204 No Content\r\nServer: t\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 204/,
    /chunked|\r\n0\r\n/,
  ],
  [
    'Connection: content-length',
    'framing stays',
    `${ok}Connection: Content-Length\r\nContent-Length: 2\r\n\r\nhi`,
    /\r\nContent-Length: 2\r\n(.*\r\n)*\r\nhi$/,
    /Connection/,
  ],
  [
    'Upgrade on another status',
    'for one hop',
    `${ok}Upgrade: h2c\r\nContent-Length: 0\r\n\r\n`,
    /^HTTP\/1\.1 200/,
    /h2c/,
  ],
  [
    'more than the length says',
    'the rest is thrown away with its connection',
    `${ok}Content-Length: 2\r\n\r\nhiHTTP/1.1 200 Smuggled\r\n\r\n`,
    /hi$/,
    /Smuggled/,
  ],
  [
    'more than the last chunk',
    'the same',
    `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 Smuggled\r\n\r\n`,
    /0\r\n\r\n$/,
    /Smuggled/,
  ],
];

describe('requests that are refused', () => {
  it.each(refused)('%s: %d, %s', (_name, status, _reason, text) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => peer.send(okResponse));
    const client = rig.client(text + get);
    expect(client.received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(client.received.split('HTTP/1.1 200').length - 1).toBe(status === 400 ? 0 : 1);
    expect(rig.peers.map((peer) => peer.received).join('')).not.toMatch(
      /Content-Length: 5|CONNECT|TRACE|root/,
    );
  });
});

describe('requests that are cleaned', () => {
  it.each(cleaned)('%s: %s', (_name, _reason, text, has, lacks) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => peer.send(okResponse));
    const client = rig.client(text);
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
    expect(rig.peers[0]!.received).toMatch(has);
    expect(rig.peers[0]!.received).not.toMatch(lacks);
    expect(rig.peers.length).toBe(1);
  });

  it('a stripped prefix cannot carry a line end', () => {
    const rig = createRig([{ ...toPort(9000), prefix: '/a\r\nX-Evil: 1', route: { stripPath: true } }]);
    rig.upstream(9000, (peer) => peer.send(okResponse));
    rig.client(request('', '/a%0d%0aX-Evil:%201/b'));
    const sent = rig.peers.map((peer) => peer.received).join('');
    expect(sent).toContain('X-Forwarded-Prefix: /a%0D%0AX-Evil:%201\r\n');
    expect(sent).not.toMatch(/\nX-Evil/);
  });
});

describe('responses', () => {
  it.each(answers)('%s: %s', (_name, _reason, answer, has, lacks) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => peer.send(answer));
    const client = rig.client(get);
    rig.world.run();
    expect(client.received).toMatch(has);
    expect(client.received).not.toMatch(lacks);
  });

  it('endless trailers cut the response', () => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) => {
      peer.send(`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`);
      rig.world.after(1, () => peer.send('A: 1\r\n'.repeat(9000)));
    });
    const client = rig.client(get);
    rig.world.run(20);
    expect(client.lostWith).toBe('ECONNRESET');
  });

  it.each([
    ['websocket', /^HTTP\/1\.1 101/],
    ['h2c', /^HTTP\/1\.1 502/],
    ['websocket, h2c', /^HTTP\/1\.1 502/],
  ])('a switch to %s', (protocol, expected) => {
    const rig = createRig([toPort(9000)]);
    rig.upstream(9000, (peer) =>
      peer.send(`HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`),
    );
    expect(rig.client(request('Connection: Upgrade\r\nUpgrade: websocket\r\n')).received).toMatch(expected);
  });
});
