// Field lines: a token, a colon, a value without control characters, CRLF. Leniency here is how fields are hidden.
import { host, normalised, passed, refused, request } from './case.ts';

const folded = 'RFC 9112 section 5.2: refused, as section 5.2 allows';
const lineEnd = 'RFC 9112 section 2.2: LF alone ends a line for some and not for others';
const bareCr = 'RFC 9112 section 2.2: invalid anywhere';
const value = 'RFC 9110 section 5.5: no character of a value';
const name = 'RFC 9110 section 5.1: a name is a token';
const colon = 'RFC 9112 section 5.1: no blank before the colon';

const badNames = ['"', '(', ')', ',', '/', ';', '<', '=', '?', '@', '[', '\\', ']', '{', '}'];
const controls = [0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1f];

export const lines = [
  refused(400, 'a blank before the colon', colon, request('X : 1\r\n')),
  refused(400, 'a tab before the colon', colon, request('X\t: 1\r\n')),
  refused(400, 'a folded line', folded, request('X: 1\r\n 2\r\n')),
  refused(400, 'a line folded with a tab', folded, request('X: 1\r\n\t2\r\n')),
  refused(400, 'a folded line of blanks', folded, request('X: 1\r\n \r\n')),
  refused(400, 'a folded first line', folded, `GET / HTTP/1.1\r\n X: 1\r\n${host}\r\n`),
  refused(400, 'a framing field in a folded line', folded, request('X: 1\r\n Content-Length: 5\r\n')),
  refused(400, 'bare LFs', lineEnd, `GET / HTTP/1.1\n${host.replace('\r', '')}\n`),
  refused(400, 'a bare LF after the request line', lineEnd, `GET / HTTP/1.1\n${host}\r\n`),
  refused(400, 'a bare LF between fields', lineEnd, request('X: 1\nY: 2\r\n')),
  refused(400, 'a bare LF as the empty line', lineEnd, `GET / HTTP/1.1\r\n${host}\n`),
  refused(400, 'LF CR', lineEnd, request('X: 1\n\rY: 2\r\n')),
  refused(400, 'a bare CR in a value', bareCr, request('X: 1\rY: 2\r\n')),
  refused(400, 'a bare CR as the empty line', bareCr, `GET / HTTP/1.1\r\n${host}\rX: 1\r\n\r\n`),
  refused(400, 'CR CR LF', bareCr, request('X: 1\r\r\n')),
  refused(400, 'a bare CR in a name', bareCr, request('X\rY: 2\r\n')),
  refused(400, 'NUL in a value', value, request('X: a\0b\r\n')),
  refused(400, 'NUL in a name', name, request('X\0: a\r\n')),
  refused(400, 'DEL in a value', value, request('X: a\x7fb\r\n')),
  refused(400, 'DEL in a name', name, request('X\x7f: a\r\n')),
  ...controls.map((byte) =>
    refused(400, `byte ${byte} in a value`, value, request(`X: a${String.fromCharCode(byte)}b\r\n`)),
  ),
  refused(400, 'an empty name', name, request(': 1\r\n')),
  refused(400, 'a line without a colon', name, request('nothing\r\n')),
  refused(400, 'a name in parentheses', name, request('X(1): 1\r\n')),
  refused(400, 'a name beyond ASCII', name, request('X\xe4: 1\r\n')),
  refused(400, 'a name with a blank inside', name, request('X Y: 1\r\n')),
  ...badNames.map((character) =>
    refused(400, `${character} in a name`, name, request(`X${character}Y: 1\r\n`)),
  ),
  passed('an empty value', 'RFC 9110 section 5.5', request('X:\r\n')),
  passed('a value of blanks', 'it is empty', request('X: \t \r\n')),
  passed('a tab in a value', 'RFC 9110 section 5.5', request('X: a\tb\r\n')),
  passed('a colon in a value', 'the first one ends the name', request('X: a:b\r\n')),
  passed('quotes in a value', 'values are not parsed', request('X: "a\\"b\r\n')),
  passed('every character of a token', 'RFC 9110 section 5.6.2', request("!#$%&'*+-.^_`|~09azAZ: 1\r\n")),
  passed('a name of 4,000 characters', 'as long as its line fits', request(`${'x'.repeat(4000)}: 1\r\n`)),
  normalised(
    'obs-text in a value',
    'passes as it is',
    request('X: \xe4\xff\r\n'),
    /\r\nX: \xe4\xff\r\n/,
    /%E4/,
  ),
  normalised(
    'obs-text in a value of an edited head',
    'the same',
    request('Connection: Y\r\nX: \xe4\xff\r\n'),
    /\r\nX: \xe4\xff\r\n/,
    /%E4/,
  ),
  normalised(
    'an underscore in a name',
    'another name than with a hyphen',
    request('X_Forwarded_For: 1.1.1.1\r\n'),
    /\r\nX_Forwarded_For: 1\.1\.1\.1\r\n/,
    /X-Forwarded-For: 1\.1/,
  ),
  normalised(
    'an empty field of a name twice',
    'lines keep their order',
    request('X:\r\nX: 1\r\n'),
    /\r\nX:\r\nX: 1\r\n/,
  ),
];
