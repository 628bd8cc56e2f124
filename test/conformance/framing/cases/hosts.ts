// Host: exactly one in HTTP/1.1, an authority without user information. It decides the route, so nothing is guessed.
import { host, normalised, passed, refused, request } from './case.ts';

const one = 'RFC 9112 section 3.2: exactly one';
const name = 'RFC 3986 section 3.2.2: no host';
const port = 'RFC 3986 section 3.2.3: no port';

function withHost(value: string, version = '1.1'): string {
  return `GET / HTTP/${version}\r\nHost: ${value}\r\n\r\n`;
}

export const hosts = [
  refused(400, 'no Host', one, 'GET / HTTP/1.1\r\n\r\n'),
  refused(400, 'two Hosts', one, request(host)),
  refused(400, 'two different Hosts', one, request('Host: b\r\n')),
  refused(400, 'two Hosts in HTTP/1.0', one, `GET / HTTP/1.0\r\n${host}Host: b\r\n\r\n`),
  refused(400, 'a Host beside an empty Host', one, request('Host:\r\n')),
  refused(400, 'an absolute target without Host', one, 'GET http://a/ HTTP/1.1\r\n\r\n'),
  refused(
    400,
    'a blank before the colon of Host',
    'RFC 9112 section 5.1',
    'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
  ),
  refused(400, 'a folded Host', 'RFC 9112 section 5.2', 'GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n'),
  refused(400, 'a Host with a blank', name, withHost('a b')),
  refused(400, 'a Host with a tab', name, withHost('a\tb')),
  refused(400, 'a Host with a path', name, withHost('a/b')),
  refused(400, 'a Host with a query', name, withHost('a?b')),
  refused(400, 'a Host with a fragment', name, withHost('a#b')),
  refused(400, 'a Host with a backslash', name, withHost('a\\b')),
  refused(400, 'a Host with a scheme', name, withHost('http://a')),
  refused(400, 'a Host with user information', name, withHost('u@a')),
  refused(400, 'a Host with a password', name, withHost('u:p@a')),
  refused(400, 'a Host list', 'RFC 9112 section 3.2: exactly one', withHost('a, b')),
  refused(400, 'a quoted Host', name, withHost('"a"')),
  refused(400, 'a Host in angle brackets', name, withHost('<a>')),
  refused(400, 'a Host with a caret', name, withHost('a^b')),
  refused(400, 'a Host with a bar', name, withHost('a|b')),
  refused(400, 'a Host with braces', name, withHost('{a}')),
  refused(400, 'a Host with NUL', name, withHost('a\0b')),
  refused(400, 'obs-text in Host', name, withHost('\xe4')),
  refused(400, 'a Host with a named port', port, withHost('a:http')),
  refused(400, 'a Host with a negative port', port, withHost('a:-1')),
  refused(400, 'a Host with a port beyond 65535', port, withHost('a:65536')),
  refused(400, 'a Host with a port of six digits', port, withHost('a:000080')),
  refused(400, 'a Host with two ports', port, withHost('a:80:81')),
  refused(400, 'a port without a Host', 'RFC 9110 section 4.2.1: a host is not empty', withHost(':80')),
  refused(400, 'an IPv6 Host without brackets', port, withHost('::1')),
  refused(400, 'an IPv6 Host that does not end', name, withHost('[::1')),
  refused(400, 'an IPv6 Host with a tail', name, withHost('[::1]a')),
  refused(400, 'empty brackets', name, withHost('[]')),
  refused(400, 'an IPv6 Host with a zone', 'RFC 6874: for one machine only', withHost('[fe80::1%25eth0]')),
  refused(400, 'letters in brackets', name, withHost('[example]')),
  passed('an empty Host', 'RFC 9112 section 3.2: of a target without an authority', withHost('')),
  passed('HTTP/1.0 without Host', 'it is not required there', 'GET / HTTP/1.0\r\n\r\n'),
  passed('an IPv6 Host', 'RFC 3986 section 3.2.2', withHost('[::1]:80')),
  passed('a Host of 255 characters', 'as long as a name may be', withHost('a'.repeat(255))),
  passed('a Host with an underscore', 'RFC 3986 section 3.2.2', withHost('a_b')),
  normalised(
    'a Host with a port',
    'the port is no part of the name',
    withHost('a:8080'),
    /\r\nX-Forwarded-Host: a\r\n/,
  ),
  normalised(
    'a Host with an empty port',
    'RFC 3986 section 3.2.3: the same as none',
    withHost('a:'),
    /\r\nX-Forwarded-Host: a\r\n/,
  ),
  normalised(
    'an upper-case Host',
    'names have no case',
    withHost('EXAMPLE.org'),
    /\r\nX-Forwarded-Host: example\.org\r\n/,
  ),
  normalised(
    'blanks around a Host',
    'they are not part of the value',
    withHost('\t a \t'),
    /\r\nX-Forwarded-Host: a\r\n/,
  ),
];
