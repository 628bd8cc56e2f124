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
  '\x0b',
  '\x7f',
  '\xff',
  'chunked',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\r\n\r\n',
  'HTTP/1.1',
];

/** Start line, fields, the empty line and a body, a third of them changed. */
function makeMessage(draws: Draws, lines: readonly string[]): Input {
  const input = [...lines.map((line) => `${line}\r\n`), '\r\n', draws.pick(bodies)];
  return input.map((part) => (draws.below(3) === 0 ? mutate(draws, part, pieces) : part));
}

function someFields(draws: Draws): string[] {
  return Array.from({ length: draws.below(5) }, () => draws.pick(fields));
}

export function makeRequest(draws: Draws): Input {
  const lines = [draws.pick(startLines), 'Host: a', ...someFields(draws)];
  if (draws.below(8) === 0) lines.splice(1, 1);
  return makeMessage(draws, lines);
}

export function makeResponse(draws: Draws): Input {
  return makeMessage(draws, [draws.pick(statusLines), ...someFields(draws)]);
}
