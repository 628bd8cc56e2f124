// Transfer-Encoding: chunked, once, or the request is refused: whoever knows fewer or more codings sees another end.
import { host, normalised, passed, post, refused, request } from './case.ts';

const only = 'chunked and nothing else is understood';
const once = 'one Transfer-Encoding';
const name = 'RFC 9112 section 5.1: no blank before the colon';
const blanks =
  'RFC 9112 section 5.1: blanks are not part of the value; whoever is behind us may think otherwise';
const last = '0\r\n\r\n';

export const transferEncodings = [
  refused(400, 'identity', only, post('Transfer-Encoding: identity\r\n')),
  refused(400, 'gzip', only, post('Transfer-Encoding: gzip\r\n')),
  refused(400, 'gzip, chunked', only, post('Transfer-Encoding: gzip, chunked\r\n', last)),
  refused(400, 'identity, chunked', only, post('Transfer-Encoding: identity, chunked\r\n', last)),
  refused(400, 'chunked, identity', only, post('Transfer-Encoding: chunked, identity\r\n', last)),
  refused(400, 'chunked, chunked', once, post('Transfer-Encoding: chunked, chunked\r\n', last)),
  refused(
    400,
    'chunked twice',
    once,
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', last),
  ),
  refused(
    400,
    'chunked, then an unknown coding',
    once,
    post('Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n', last),
  ),
  refused(
    400,
    'an unknown coding, then chunked',
    once,
    post('Transfer-Encoding: cow\r\nTransfer-encoding: chunked\r\n', last),
  ),
  refused(
    400,
    'chunked, then an empty line of it',
    once,
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n', last),
  ),
  refused(400, 'chunked with a parameter', only, post('Transfer-Encoding: chunked;q=1\r\n', last)),
  refused(400, 'chunked with a comma', only, post('Transfer-Encoding: chunked,\r\n', last)),
  refused(400, 'a comma before chunked', only, post('Transfer-Encoding: ,chunked\r\n', last)),
  refused(400, 'xchunked', only, post('Transfer-Encoding: xchunked\r\n', last)),
  refused(400, 'chunkedx', only, post('Transfer-Encoding: chunkedx\r\n', last)),
  refused(400, 'quoted chunked', only, post('Transfer-Encoding: "chunked"\r\n', last)),
  refused(
    400,
    'chunked with a vertical tab',
    'no character of a value',
    post('Transfer-Encoding: \x0bchunked\r\n', last),
  ),
  refused(
    400,
    'chunked with a form feed',
    'no character of a value',
    post('Transfer-Encoding: \x0cchunked\r\n', last),
  ),
  refused(400, 'chunked with NUL', 'no character of a value', post('Transfer-Encoding: chunked\0\r\n', last)),
  refused(400, 'chunked with obs-text', only, post('Transfer-Encoding: \xa0chunked\r\n', last)),
  refused(400, 'a tab in chunked', only, post('Transfer-Encoding: chun\tked\r\n', last)),
  refused(400, 'an empty coding', only, post('Transfer-Encoding:\r\n')),
  refused(400, 'a folded coding', 'RFC 9112 section 5.2', post('Transfer-Encoding:\r\n chunked\r\n', last)),
  refused(
    400,
    'a coding with a folded rest',
    'RFC 9112 section 5.2',
    post('Transfer-Encoding: chunked\r\n , identity\r\n', last),
  ),
  refused(
    400,
    'TE.CL with a blank before the colon',
    name,
    post('Transfer-Encoding : chunked\r\nContent-Length: 4\r\n', '5c\r\n'),
  ),
  refused(
    400,
    'TE.CL with a tab before the colon',
    name,
    post('Transfer-Encoding\t: chunked\r\nContent-Length: 4\r\n', '5c\r\n'),
  ),
  refused(
    400,
    'TE.CL behind a bare LF',
    'no character of a value',
    post('X: 1\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n'),
  ),
  refused(
    400,
    'TE.CL behind a bare CR',
    'no character of a value',
    post('X: 1\rTransfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n'),
  ),
  refused(
    400,
    'TE.CL with a control character before the name',
    'no character of a name',
    post('\x01Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n'),
  ),
  refused(
    400,
    'Transfer-Encoding in HTTP/1.0',
    'RFC 9112 section 6.1: faulty',
    `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n${last}`,
  ),
  refused(
    400,
    'Transfer-Encoding in a kept HTTP/1.0 connection',
    'the same',
    `POST / HTTP/1.0\r\n${host}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${last}`,
  ),
  normalised(
    'upper-case Chunked',
    'codings have no case, but not everybody knows',
    post('Transfer-Encoding: Chunked\r\n', last),
    /\r\nTransfer-Encoding: chunked\r\n/,
    /Chunked/,
    last,
  ),
  normalised(
    'chunked and blanks behind it',
    blanks,
    post('Transfer-Encoding: chunked \r\n', last),
    /\r\nTransfer-Encoding: chunked\r\n/,
    /chunked /,
    last,
  ),
  normalised(
    'chunked behind a tab',
    blanks,
    post('Transfer-Encoding:\tchunked\r\n', last),
    /\r\nTransfer-Encoding: chunked\r\n/,
    /\t/,
    last,
  ),
  normalised(
    'chunked behind two blanks',
    blanks,
    post('Transfer-Encoding:  chunked\r\n', last),
    /\r\nTransfer-Encoding: chunked\r\n/,
    / {2}/,
    last,
  ),
  passed('chunked without a blank', 'the same', post('transfer-encoding:chunked\r\n', last), last),
  passed(
    'chunks with GET',
    'framing does not depend on the method',
    request('Transfer-Encoding: chunked\r\n', '/', 'GET', last),
    last,
  ),
  normalised(
    'Transfer_Encoding',
    'another name: it frames nothing',
    request('Transfer_Encoding: chunked\r\n'),
    /\r\nTransfer_Encoding: chunked\r\n/,
  ),
  normalised(
    'TE: chunked',
    'TE is for one hop and frames nothing',
    request('TE: chunked\r\n'),
    /^GET /,
    /TE: /,
  ),
];
