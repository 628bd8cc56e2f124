// Trailers of a request: field lines as strict as those of the head, and none that frames, routes or authenticates.
import { chunked, normalised, post, refused, withTrailers } from './case.ts';

const merged = 'a server may merge it into the head';
const unseen = 'plugins have not seen it';
const ours = 'that is ours to say';
const line = 'it is not a field line';

function asItCame(name: string, reason: string, trailers: string) {
  const body = `1\r\nx\r\n0\r\n${trailers}\r\n`;
  return normalised(name, reason, withTrailers(trailers), /^POST /, undefined, body);
}

export const trailers = [
  refused(400, 'a trailer that frames', merged, withTrailers('Content-Length: 5\r\n')),
  refused(400, 'a trailer that encodes', merged, withTrailers('Transfer-Encoding: chunked\r\n')),
  refused(400, 'a trailer that names a type', merged, withTrailers('Content-Type: text/html\r\n')),
  refused(400, 'a trailer that names a host', 'routing was decided without it', withTrailers('HOST: b\r\n')),
  refused(400, 'a trailer for one hop', merged, withTrailers('Connection: close\r\n')),
  refused(400, 'a trailer that upgrades', merged, withTrailers('Upgrade: websocket\r\n')),
  refused(400, 'a trailer that authenticates', unseen, withTrailers('Authorization: Basic x\r\n')),
  refused(400, 'a trailer with a cookie', unseen, withTrailers('Cookie: a=b\r\n')),
  refused(400, 'a trailer with a key', unseen, withTrailers('apikey: x\r\n')),
  refused(400, 'a trailer that names a consumer', ours, withTrailers('X-Consumer-Username: root\r\n')),
  refused(400, 'a trailer that names a client', ours, withTrailers('A: 1\r\nx-Forwarded-For: 1.1.1.1\r\n')),
  refused(400, 'a trailer with an address', ours, withTrailers('X-Real-IP: 1.1.1.1\r\n')),
  refused(400, 'a trailer with our id', ours, withTrailers('X-Kong-Request-Id: x\r\n')),
  refused(400, 'a trailer without a colon', line, withTrailers('nothing\r\n')),
  refused(400, 'a trailer with a bad name', line, withTrailers('bad name: 1\r\n')),
  refused(400, 'a trailer without a name', line, withTrailers(': 1\r\n')),
  refused(400, 'a trailer with a blank before the colon', line, withTrailers('A : 1\r\n')),
  refused(400, 'a folded trailer', 'RFC 9112 section 5.2', withTrailers('A: 1\r\n b\r\n')),
  refused(400, 'a trailer ended by LF', line, withTrailers('A: 1\n')),
  refused(400, 'a trailer with a bare CR', line, withTrailers('A: 1\rB: 2\r\n')),
  refused(400, 'a trailer with NUL', line, withTrailers('A: \0\r\n')),
  refused(400, 'endless trailers', 'at most 16 KiB', chunked(`0\r\n${'A: 1\r\n'.repeat(8000)}`)),
  asItCame('trailers', 'they pass', 'X-Sum: 1\r\nX-Other: 2\r\n'),
  asItCame('an empty trailer', 'they pass', 'X-Sum:\r\n'),
  normalised(
    'an announced trailer',
    'so does its announcement',
    post('Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n', '0\r\nX-Sum: 1\r\n\r\n'),
    /\r\nTrailer: X-Sum\r\n/,
    undefined,
    '0\r\nX-Sum: 1\r\n\r\n',
  ),
];
