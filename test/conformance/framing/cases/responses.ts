// What a broken or hostile upstream may send: it becomes a 502, or is cleaned, or the client sees that it was cut.
import { badGateway, cut, ok, passedBack, plainRequest, type ResponseCase } from './case.ts';

const length = 'RFC 9112 section 6.3: no length, or two';
const coding = 'only chunked is understood';
const split = 'response splitting';
const line = 'RFC 9112 section 4: no status line';
const behind = 'the rest is thrown away with its connection';
const interim = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
const empty = 'Content-Length: 0\r\n\r\n';
const last = '0\r\n\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n\r\n';
const websocket =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

function switchTo(protocol: string): string {
  return `HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
}

const toWebsocket = plainRequest.replace('\r\n\r\n', `\r\n${websocket}\r\n`);

function afterUpgrade(kase: ResponseCase): ResponseCase {
  return { ...kase, request: toWebsocket };
}

function inTwoParts(kase: ResponseCase, second: string): ResponseCase {
  return { ...kase, answer: [kase.answer[0], second] };
}

export const responses = [
  badGateway('two lengths', length, `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
  badGateway('two equal lengths', length, `${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab`),
  badGateway('a list of lengths', length, `${ok}Content-Length: 2, 2\r\n\r\nab`),
  badGateway('a length and chunks', length, `${ok}Content-Length: 3\r\n${chunked}${last}`),
  badGateway(
    'chunks and a length',
    length,
    `${ok}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n${last}`,
  ),
  badGateway('a signed length', length, `${ok}Content-Length: +2\r\n\r\nab`),
  badGateway('an empty length', length, `${ok}Content-Length:\r\n\r\n`),
  badGateway('a length that overflows', 'below 2^53', `${ok}Content-Length: 99999999999999999999\r\n\r\n`),
  badGateway('gzip, chunked', coding, `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n${last}`),
  badGateway('identity', coding, `${ok}Transfer-Encoding: identity\r\n\r\nab`, true),
  badGateway('chunked twice', coding, `${ok}Transfer-Encoding: chunked\r\n${chunked}${last}`),
  badGateway(
    'chunks in HTTP/1.0',
    'RFC 9112 section 6.1: faulty',
    `HTTP/1.0 200 OK\r\n${chunked}${last}`,
    true,
  ),
  badGateway('a blank before the colon', 'RFC 9112 section 5.1', `${ok}X : 1\r\n${empty}`),
  badGateway(
    'a length with a blank before the colon',
    'RFC 9112 section 5.1',
    `${ok}Content-Length : 2\r\n\r\nab`,
    true,
  ),
  badGateway('a bare LF', split, `${ok}X: 1\nY: 2\r\n${empty}`),
  badGateway('bare LFs only', split, `${ok}${empty}`.replaceAll('\r', '')),
  badGateway('a bare CR', split, `${ok}X: 1\rY: 2\r\n${empty}`),
  badGateway('NUL in a value', 'no character of a value', `${ok}X: \0\r\n${empty}`),
  badGateway('a control character in a value', 'no character of a value', `${ok}X: \x01\r\n${empty}`),
  badGateway('a bad character in a name', 'a name is a token', `${ok}X@: 1\r\n${empty}`),
  badGateway('a line without a colon', 'not a field line', `${ok}nothing\r\n${empty}`),
  badGateway('a folded line', 'RFC 9112 section 5.2', `${ok}X: 1\r\n 2\r\n${empty}`),
  badGateway('a head of 40 KiB', 'more than 32 KiB', `${ok}X: ${'a'.repeat(40_000)}\r\n${empty}`),
  badGateway('1,500 fields', 'more than 1,000', `${ok}${'A: 1\r\n'.repeat(1500)}${empty}`),
  badGateway('status 600', 'no class of its own', `HTTP/1.1 600 Odd\r\n${empty}`),
  badGateway('status 099', 'no class of its own', `HTTP/1.1 099 Odd\r\n${empty}`),
  badGateway('a status of two digits', line, `HTTP/1.1 20 OK\r\n${empty}`),
  badGateway('a status of four digits', line, `HTTP/1.1 2000 OK\r\n${empty}`),
  badGateway('two blanks before the status', line, `HTTP/1.1  200 OK\r\n${empty}`),
  badGateway('NUL in the reason', line, `HTTP/1.1 200 O\0K\r\n${empty}`),
  badGateway('HTTP/2.0', 'not asked for', `HTTP/2.0 200 OK\r\n${empty}`),
  badGateway('HTTP/0.9', line, '<html>hello</html>\r\n', true),
  badGateway('a greeting', line, 'SSH-2.0-x\r\n', true),
  badGateway('an empty line before the status line', line, `\r\n${ok}${empty}`),
  badGateway('nothing at all', 'no answer', '', true),
  badGateway('half a head', 'no answer', `${ok}X: 1\r\n`, true),
  badGateway('101 unasked', 'nobody has agreed to a tunnel', switchTo('websocket')),
  badGateway('a chunk size that is none', 'RFC 9112 section 7.1', `${ok}${chunked}z\r\n`),
  badGateway('a chunk size ended by LF', 'RFC 9112 section 7.1', `${ok}${chunked}2\nab\r\n${last}`),
  cut(
    'a length that is not reached',
    'the client must not take it for whole',
    `${ok}Content-Length: 5\r\n\r\nab`,
    true,
  ),
  cut('chunks that do not end', 'the same', `${ok}${chunked}2\r\nab\r\n`, true),
  inTwoParts(cut('chunks that turn bad', 'the same', `${ok}${chunked}2\r\nab\r\n`), 'zz\r\n'),
  inTwoParts(cut('endless trailers', 'at most 16 KiB', `${ok}${chunked}0\r\n`), 'A: 1\r\n'.repeat(9000)),
  afterUpgrade(badGateway('a switch to h2c', 'only what was asked for', switchTo('h2c'))),
  afterUpgrade(
    badGateway('a switch to websocket, h2c', 'only what was asked for', switchTo('websocket, h2c')),
  ),
  afterUpgrade(
    passedBack('a switch to websocket', 'that was asked for', switchTo('websocket'), /^HTTP\/1\.1 101/),
  ),
  passedBack(
    'a length with zeros',
    'clients may read it otherwise',
    `${ok}Content-Length: 002\r\n\r\nab`,
    /\r\nContent-Length: 2\r\n.*\r\n\r\nab$/s,
    /002/,
  ),
  passedBack(
    'upper-case CHUNKED',
    'clients may read it otherwise',
    `${ok}Transfer-Encoding: CHUNKED\r\n\r\n${last}`,
    /\r\nTransfer-Encoding: chunked\r\n.*\r\n\r\n0\r\n\r\n$/s,
    /CHUNKED/,
  ),
  passedBack(
    'three interim responses',
    'they pass',
    `${interim.repeat(3)}${ok}${empty}`,
    /(103 Early Hints\r\nLink: x\r\n\r\n.*){3}HTTP\/1\.1 200/s,
  ),
  passedBack(
    'endless interim responses',
    'at most 16',
    interim.repeat(100),
    /(103 Early Hints\r\nLink: x\r\n\r\n.*){16}HTTP\/1\.1 502/s,
    /(103 Early(.|\n)*){17}/,
  ),
  passedBack(
    'an interim response that frames',
    'it would frame what follows',
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nConnection: X-Hop\r\nX-Hop: 1\r\nLink: x\r\n\r\n${ok}${empty}`,
    /103 Early Hints\r\nLink: x\r\n\r\nHTTP\/1\.1 200/,
    /Content-Length: 9|X-Hop/,
  ),
  passedBack(
    '204 with a length',
    'RFC 9110 section 8.6',
    `${ok.replace('200 OK', '204 No Content')}${empty}`,
    /^HTTP\/1\.1 204/,
    /Content-Length/,
  ),
  passedBack(
    '204 with chunks',
    'RFC 9112 section 6.1',
    `${ok.replace('200 OK', '204 No Content')}${chunked}${last}`,
    /^HTTP\/1\.1 204/,
    /chunked|\r\n0\r\n/,
  ),
  passedBack(
    '304 with a length',
    'it tells of a body that is not there',
    `${ok.replace('200 OK', '304 Not Modified')}Content-Length: 5\r\n\r\n`,
    /^HTTP\/1\.1 304/,
  ),
  passedBack(
    'no length, until the end',
    'RFC 9112 section 6.3: the end is the end',
    `${ok}\r\nab`,
    /ab/,
    undefined,
    true,
  ),
  passedBack(
    'no reason phrase',
    'RFC 9112 section 4 allows it',
    `HTTP/1.1 200 \r\n${empty}`,
    /^HTTP\/1\.1 200/,
  ),
  passedBack(
    'no blank before an empty reason',
    'some servers do that',
    `HTTP/1.1 200\r\n${empty}`,
    /^HTTP\/1\.1 200/,
  ),
  passedBack('obs-text in a value', 'passes as it is', `${ok}X: \xe4\r\n${empty}`, /\r\nX: \xe4\r\n/),
  passedBack(
    'Connection: content-length',
    'framing stays',
    `${ok}Connection: Content-Length\r\nContent-Length: 2\r\n\r\nhi`,
    /\r\nContent-Length: 2\r\n(.*\r\n)*\r\nhi$/,
    /Connection: C/,
  ),
  passedBack(
    'Connection: x-a',
    'for one hop',
    `${ok}Connection: X-A\r\nX-A: secret\r\n${empty}`,
    /^HTTP\/1\.1 200/,
    /secret/,
  ),
  passedBack(
    'Upgrade on another status',
    'for one hop',
    `${ok}Upgrade: h2c\r\n${empty}`,
    /^HTTP\/1\.1 200/,
    /h2c/,
  ),
  passedBack(
    'Keep-Alive and Proxy-Connection',
    'for one hop',
    `${ok}Keep-Alive: timeout=9\r\nProxy-Connection: x\r\n${empty}`,
    /^HTTP\/1\.1 200/,
    /timeout=9|\nProxy-/,
  ),
  passedBack(
    'a length with a response behind',
    behind,
    `${ok}Content-Length: 2\r\n\r\nhiHTTP/1.1 200 Smuggled\r\n\r\n`,
    /hi$/,
    /Smuggled/,
  ),
  passedBack(
    'chunks with a response behind',
    behind,
    `${ok}${chunked}${last}HTTP/1.1 200 Smuggled\r\n\r\n`,
    /\r\n\r\n$/,
    /Smuggled/,
  ),
  passedBack(
    '204 with a response behind',
    behind,
    `${ok.replace('200 OK', '204 No Content')}\r\nHTTP/1.1 200 Smuggled\r\n\r\n`,
    /^HTTP\/1\.1 204/,
    /Smuggled/,
  ),
  passedBack('trailers', 'they pass', `${ok}${chunked}0\r\nX-Sum: 1\r\n\r\n`, /0\r\nX-Sum: 1\r\n\r\n$/),
];
