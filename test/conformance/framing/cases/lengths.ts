// Content-Length: one line of digits, or the request is refused. Two readers of anything else may see different ends.
import { normalised, passed, post, refused, request } from './case.ts';

const digits = 'RFC 9112 section 6.3: digits and nothing else';
const once = 'RFC 9112 section 6.3: one length; equal ones are a sign of two writers';
const both = 'RFC 9112 section 6.1: a sign of smuggling';

export const lengths = [
  refused(
    400,
    'Content-Length and Transfer-Encoding',
    both,
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  ),
  refused(
    400,
    'Transfer-Encoding and Content-Length',
    both,
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  ),
  refused(
    400,
    'CL.TE with a request behind',
    both,
    post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG'),
  ),
  refused(
    400,
    'length 0 and Transfer-Encoding',
    both,
    post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  ),
  refused(
    400,
    'lengths around Transfer-Encoding',
    both,
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  ),
  refused(400, 'two different lengths', once, post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!')),
  refused(400, 'two equal lengths', once, post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')),
  refused(
    400,
    'two lengths in two spellings',
    once,
    post('Content-Length: 5\r\ncontent-length: 0\r\n', 'hello'),
  ),
  refused(
    400,
    'a length and an empty length',
    once,
    post('Content-Length: 5\r\nContent-Length:\r\n', 'hello'),
  ),
  refused(400, 'a list of lengths', once, post('Content-Length: 5, 5\r\n', 'hello')),
  refused(400, 'a list of different lengths', once, post('Content-Length: 5, 6\r\n', 'hello')),
  refused(400, 'a length with a comma', digits, post('Content-Length: 5,\r\n', 'hello')),
  refused(400, 'a signed length', digits, post('Content-Length: +5\r\n', 'hello')),
  refused(400, 'a negative length', digits, post('Content-Length: -1\r\n')),
  refused(400, 'minus zero', digits, post('Content-Length: -0\r\n')),
  refused(400, 'an empty length', digits, post('Content-Length:\r\n')),
  refused(400, 'a hexadecimal length', digits, post('Content-Length: 0x5\r\n', 'hello')),
  refused(400, 'a length in hexadecimal digits', digits, post('Content-Length: a\r\n', '0123456789')),
  refused(400, 'a fractional length', digits, post('Content-Length: 5.0\r\n', 'hello')),
  refused(400, 'a length with an exponent', digits, post('Content-Length: 1e1\r\n', '0123456789')),
  refused(400, 'a quoted length', digits, post('Content-Length: "5"\r\n', 'hello')),
  refused(400, 'a length with a parameter', digits, post('Content-Length: 5;q=1\r\n', 'hello')),
  refused(400, 'a length with a blank inside', digits, post('Content-Length: 1 0\r\n', 'hellohello')),
  refused(400, 'a length with a vertical tab', digits, post('Content-Length: \x0b5\r\n', 'hello')),
  refused(400, 'a length with obs-text', digits, post('Content-Length: 5\xa0\r\n', 'hello')),
  refused(400, 'a folded length', 'RFC 9112 section 5.2', post('Content-Length:\r\n 5\r\n', 'hello')),
  refused(400, 'a length beyond 2^53', 'at most 15 digits', post('Content-Length: 99999999999999999999\r\n')),
  refused(400, 'a length of 16 digits', 'at most 15 digits', post('Content-Length: 9999999999999999\r\n')),
  refused(400, 'a length of 16 zeros', 'at most 15 digits', post('Content-Length: 0000000000000000\r\n')),
  passed('no body', 'no length, no coding: no body', request('')),
  passed('length 0', 'an empty body', post('Content-Length: 0\r\n')),
  passed(
    'a length with leading zeros',
    'decimal digits, whatever the number of zeros',
    post('Content-Length: 005\r\n', 'hello'),
    'hello',
  ),
  passed(
    'blanks around a length',
    'RFC 9112 section 5.1: they are not part of the value',
    post('Content-Length: \t5 \r\n', 'hello'),
    'hello',
  ),
  passed('an upper-case length', 'names have no case', post('CONTENT-LENGTH: 5\r\n', 'hello'), 'hello'),
  passed(
    'a body with GET',
    'framing does not depend on the method',
    request('Content-Length: 5\r\n', '/', 'GET', 'hello'),
    'hello',
  ),
  passed('a body with DELETE', 'the same', request('Content-Length: 5\r\n', '/', 'DELETE', 'hello'), 'hello'),
  normalised(
    'Content_Length',
    'another name: it frames nothing',
    request('Content_Length: 5\r\n'),
    /\r\nContent_Length: 5\r\n/,
  ),
];
