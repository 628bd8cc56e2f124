// Chunks: hexadecimal digits, an extension perhaps, CRLF, so many bytes, CRLF. Nothing is repaired: it goes on as it came.
import { chunked, passed, refused } from './case.ts';

const digits = 'RFC 9112 section 7.1: hexadecimal digits first';
const lineEnd = 'RFC 9112 section 7.1: CRLF and nothing else';
const hello = '5\r\nhello\r\n0\r\n\r\n';

function asItCame(name: string, reason: string, body: string) {
  return passed(name, reason, chunked(body), body);
}

export const chunks = [
  refused(400, 'a chunk size that is none', digits, chunked('z\r\n')),
  refused(400, 'an empty chunk size', digits, chunked('\r\n')),
  refused(400, 'a chunk size with 0x', digits, chunked(`0x${hello}`)),
  refused(400, 'a chunk size with a plus', digits, chunked(`+${hello}`)),
  refused(400, 'a negative chunk size', digits, chunked(`-${hello}`)),
  refused(400, 'a chunk size with a blank before', digits, chunked(` ${hello}`)),
  refused(400, 'a chunk size with a tab before', digits, chunked(`\t${hello}`)),
  refused(400, 'a chunk size with a point', digits, chunked('5.0\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a chunk size with a letter behind', digits, chunked('5g\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a chunk size with an underscore', digits, chunked('0_5\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a chunk size with NUL', digits, chunked('5\0\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a quoted chunk size', digits, chunked('"5"\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'an extension without a size', digits, chunked(';a\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a huge chunk size', 'at most 12 digits', chunked('ffffffffffffffff\r\n')),
  refused(
    400,
    'a chunk size of 17 digits that wraps at 2^64',
    'at most 12 digits',
    chunked('10000000000000005\r\nhello\r\n0\r\n\r\n'),
  ),
  refused(400, 'a chunk size that wraps at 2^32', 'at most 12 digits', chunked('1000000000001\r\nx\r\n')),
  refused(400, 'a chunk size of endless zeros', 'at most 12 digits', chunked(`${'0'.repeat(40)}\r\n`)),
  refused(400, 'a chunk size ended by LF', lineEnd, chunked('5\nhello\r\n0\r\n\r\n')),
  refused(400, 'a chunk size ended by CR', lineEnd, chunked('5\rhello\r\n0\r\n\r\n')),
  refused(400, 'a chunk size ended by CR CR LF', lineEnd, chunked('5\r\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'the last size ended by LF', lineEnd, chunked('5\r\nhello\r\n0\n\r\n')),
  refused(400, 'the empty line ended by LF', lineEnd, chunked('5\r\nhello\r\n0\r\n\n')),
  refused(400, 'chunk data longer than its size', lineEnd, chunked('3\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'chunk data shorter than its size', lineEnd, chunked('6\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'chunk data ended by LF', lineEnd, chunked('5\r\nhello\n0\r\n\r\n')),
  refused(400, 'chunk data ended by two other bytes', lineEnd, chunked('5\r\nhelloXX0\r\n\r\n')),
  refused(
    400,
    'a blank after the size without an extension',
    'blanks stand before an extension only',
    chunked('5 \r\nhello\r\n0\r\n\r\n'),
  ),
  refused(
    400,
    'a control character in an extension',
    'no character of an extension',
    chunked('5;a=\x01\r\nhello\r\n0\r\n\r\n'),
  ),
  refused(
    400,
    'NUL in an extension',
    'no character of an extension',
    chunked('5;a=\0\r\nhello\r\n0\r\n\r\n'),
  ),
  refused(400, 'a bare CR in an extension', lineEnd, chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')),
  refused(400, 'a bare LF in an extension', lineEnd, chunked('5;a\nhello\r\n0\r\n\r\n')),
  refused(
    400,
    'a quoted line end in an extension',
    'quotes do not hide a line end',
    chunked('5;a="\r\n"\r\nhello\r\n0\r\n\r\n'),
  ),
  refused(400, 'an endless extension', 'at most 4 KiB', chunked(`5;${'a'.repeat(5000)}`)),
  asItCame('chunks', 'the plain case', hello),
  asItCame('an upper-case size', 'hexadecimal digits have no case', 'A\r\n0123456789\r\n0\r\n\r\n'),
  asItCame('a lower-case size', 'the same', 'a\r\n0123456789\r\n0\r\n\r\n'),
  asItCame('a size with leading zeros', 'up to 12 digits', '000000000005\r\nhello\r\n0\r\n\r\n'),
  asItCame('a last size of three zeros', 'any zero is the last size', '5\r\nhello\r\n000\r\n\r\n'),
  asItCame(
    'a chunk extension',
    'passed on: it harms nobody who frames as we do',
    '5;a="b c"\r\nhello\r\n0\r\n\r\n',
  ),
  asItCame('an empty extension', 'the same', '5;\r\nhello\r\n0\r\n\r\n'),
  asItCame('two extensions', 'the same', '5;a=b;c\r\nhello\r\n0\r\n\r\n'),
  asItCame('blanks around an extension', 'RFC 9112 section 7.1.1', '5 \t; a = b\r\nhello\r\n0\r\n\r\n'),
  asItCame('an extension of the last chunk', 'the same', '5\r\nhello\r\n0;a\r\n\r\n'),
  asItCame('obs-text in an extension', 'what a quoted string may hold', '5;a="\xe4"\r\nhello\r\n0\r\n\r\n'),
  asItCame('line ends as data', 'data is not looked at', '4\r\n\r\n\r\n\r\n0\r\n\r\n'),
];
