// Requests and responses of broken and ambiguous framing: parts that mean something, some of them changed.
import { type Draws, type Input, mutate } from './target.ts';

const statusLines = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 204',
  'HTTP/1.0 404 Not Found',
  'HTTP/1.1 103 Early Hints',
  'HTTP/1.1 304 ',
  'HTTP/1.1 600 Odd',
  'HTTP/2 200',
];
const startLines = [
  'GET / HTTP/1.1',
  'POST /a?b=c HTTP/1.1',
  'PUT http://a/x HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'HEAD / HTTP/1.0',
  'GET /%2e%2e/ HTTP/1.1',
  'POST https://a:8/ HTTP/1.1',
  'GET http://a?b HTTP/1.1',
  'CONNECT a:80 HTTP/1.1',
  'GET / HTTP/1.2',
  'GET / HTTP/2.0',
  'GET /',
];
const fields = [
  'Host: a',
  'Host: a:80',
  'Content-Length: 3',
  'Content-Length: 0',
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding : chunked',
  'Connection: close',
  'Connection: keep-alive, x-a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'TE: trailers',
  'Trailer: x',
  'X-A: b',
  'X-A:',
  ' folded',
  '\tfolded',
  'X-B: \x80\xff',
  'Content-Length',
  ': x',
  'X_A: c',
  'Host: a, b',
  'Host: u@a',
  'Host: [::1]:80',
  'Host: a:',
  'Content-Length: 03',
  'Content-Length: 3 ',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding:\tchunked ',
  'Connection: close, TE',
  'Connection:,,upgrade ,',
  'TE: gzip, trailers ;q=1',
  'Expect: x',
  'Via: 1.1 x',
  'X-Forwarded-For: 1.1.1.1',
  'X-Real-IP: 1.1.1.1',
  'X-Kong-Request-Id: x',
  'Keep-Alive: 5',
  'Proxy-Connection: x',
  'Proxy: x',
];
const bodies = [
  '3 ; a\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\nZ:\r\n\r\n',
  'A\r\n0123456789\r\n00\r\n\r\n',
  '3\r\nabc\r\n0\r\nHost: y\r\n\r\n',
  'fffffffffffff\r\nabc',
  '',
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n',
  '03\r\nabc\r\n0\r\n\r\n',
  'GET /b HTTP/1.1\r\nHost: b\r\n\r\n',
];
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '+',
  '-',
  '0x',
  '\x0b',
  '\x7f',
  '\xff',
  'chunked',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\r\n\r\n',
  'HTTP/1.1',
];

const chunks = ['3\r\nabc\r\n', 'A\r\n0123456789\r\n', '1;a=b\r\nx\r\n', '0002 ; a\r\nde\r\n'];
const trailers = ['', '', 'X: y\r\n', 'X:\r\nZ: 1\r\n', 'Via: y\r\n'];
const plainFields = fields.filter((field) => !/^(content-length|transfer-encoding|host|[ \t:])/i.test(field));

/** Start line, fields, the empty line and a body, a third of them changed: mostly far from any message. */
function makeWild(draws: Draws, startLine: string, isRequest: boolean): Input {
  const lines = [startLine, ...(isRequest ? ['Host: a'] : []), ...someOf(draws, fields, 5)];
  if (isRequest && draws.below(8) === 0) lines.splice(1, 1);
  const input = [...lines.map((line) => `${line}\r\n`), '\r\n', draws.pick(bodies)];
  return input.map((part) => (draws.below(3) === 0 ? mutate(draws, part, pieces) : part));
}

/** A message that is right but for one part of it, perhaps: where small mistakes of a reader show. */
function makeNear(draws: Draws, startLine: string, isRequest: boolean): Input {
  const isChunked = draws.below(3) > 0;
  const lines = [
    startLine,
    ...(isRequest ? ['Host: a'] : []),
    ...someOf(draws, plainFields, 3),
    isChunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 3',
  ];
  const body = isChunked ? [...someOf(draws, chunks, 3), '0\r\n', draws.pick(trailers), '\r\n'] : ['abc'];
  const input = [...lines.map((line) => `${line}\r\n`), '\r\n', ...body];
  const changed = draws.below(input.length);
  return input.map((part, i) => (i === changed ? mutate(draws, part, pieces) : part));
}

function someOf<T>(draws: Draws, list: readonly T[], bound: number): T[] {
  return Array.from({ length: draws.below(bound) }, () => draws.pick(list));
}

function makeMessage(draws: Draws, startLine: string, isRequest: boolean): Input {
  return draws.below(2) === 0 ? makeWild(draws, startLine, isRequest) : makeNear(draws, startLine, isRequest);
}

export function makeRequest(draws: Draws): Input {
  return makeMessage(draws, draws.pick(startLines), true);
}

export function makeResponse(draws: Draws): Input {
  return makeMessage(draws, draws.pick(statusLines), false);
}
