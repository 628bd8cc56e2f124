// Wrong upstreams and targets.
import { conditional, type Wrong } from './wrong.ts';

const upstream = (wrong: Readonly<Record<string, unknown>>) => ({ name: 'u', ...wrong });
const active = (wrong: Readonly<Record<string, unknown>>) => upstream({ healthchecks: { active: wrong } });
const passive = (wrong: Readonly<Record<string, unknown>>) => upstream({ healthchecks: { passive: wrong } });
const inputs = 'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture';
const checkTypes = 'expected one of: tcp, http, https, grpc, grpcs';
const badHeader = (name: string) =>
  `bad header name '${name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
const badCookie =
  'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\"/?={}[] are not allowed.';
const byte = 'value should be between 0 and 255';
const seconds = 'value should be between 0 and 65535';
const status = 'value should be between 100 and 999';
const distinct = (first: string, second: string) =>
  `@entity: values of these fields must be distinct: '${first}', '${second}'`;

export const wrongUpstreams: readonly Wrong[] = [
  [{}, 'name: required field missing'],
  [{ name: '' }, 'name: length must be at least 1'],
  [{ name: 7 }, 'name: expected a string'],
  [{ name: '10.0.0.1' }, "name: Invalid name ('10.0.0.1'); no ip addresses allowed"],
  [{ name: '10.0.0.1:80' }, "name: Invalid name ('10.0.0.1:80'); no ip addresses allowed"],
  [{ name: '::1' }, "name: Invalid name ('::1'); no ip addresses allowed"],
  [{ name: '[::1]:80' }, "name: Invalid name ('[::1]:80'); no ip addresses allowed"],
  [{ name: 'a:80' }, "name: Invalid name ('a:80'); no port allowed"],
  [{ name: 'a:70000' }, "name: Invalid name ('a:70000'); must be a valid hostname"],
  [{ name: 'a b' }, "name: Invalid name ('a b'); must be a valid hostname"],
  [{ name: 'a..b' }, "name: Invalid name ('a..b'); must be a valid hostname"],
  [{ name: '1.2.3' }, "name: Invalid name ('1.2.3'); must be a valid hostname"],
  [
    upstream({ algorithm: 'random' }),
    'algorithm: expected one of: consistent-hashing, least-connections, round-robin, latency…',
  ],
  [upstream({ algorithm: 7 }), 'algorithm: expected a string'],
  [upstream({ hash_on: 'x' }), `hash_on: ${inputs}`],
  [upstream({ hash_on: 'header' }), 'hash_on_header: required field missing', conditional('hash_on')],
  [upstream({ hash_on: 'cookie' }), 'hash_on_cookie: required field missing', conditional('hash_on')],
  [upstream({ hash_on: 'query_arg' }), 'hash_on_query_arg: required field missing', conditional('hash_on')],
  [
    upstream({ hash_on: 'uri_capture' }),
    'hash_on_uri_capture: required field missing',
    conditional('hash_on'),
  ],
  [
    upstream({ hash_on: 'ip', hash_fallback: 'header' }),
    'hash_fallback_header: required field missing',
    conditional('hash_fallback'),
  ],
  [
    upstream({ hash_on: 'ip', hash_fallback: 'cookie' }),
    'hash_on_cookie: required field missing',
    conditional('hash_fallback'),
  ],
  [
    upstream({ hash_on: 'ip', hash_fallback: 'query_arg' }),
    'hash_fallback_query_arg: required field missing',
    conditional('hash_fallback'),
  ],
  [
    upstream({ hash_on: 'ip', hash_fallback: 'uri_capture' }),
    'hash_fallback_uri_capture: required field missing',
    conditional('hash_fallback'),
  ],
  [upstream({ hash_fallback: 'ip' }), 'hash_fallback: expected one of: none', conditional('hash_on')],
  [
    upstream({ hash_on: 'cookie', hash_on_cookie: 'c', hash_fallback: 'ip' }),
    'hash_fallback: expected one of: none',
    conditional('hash_on'),
  ],
  [
    upstream({ hash_on: 'consumer', hash_fallback: 'consumer' }),
    'hash_fallback: expected one of: none, ip, header, cookie, path, query_arg, uri_capture',
    conditional('hash_on'),
  ],
  [
    upstream({ hash_on: 'ip', hash_fallback: 'ip' }),
    'hash_fallback: expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
    conditional('hash_on'),
  ],
  [
    upstream({ hash_on: 'path', hash_fallback: 'path' }),
    'hash_fallback: expected one of: none, consumer, header, cookie, query_arg, ip, uri_capture',
    conditional('hash_on'),
  ],
  [
    upstream({ hash_on: 'header', hash_on_header: 'a', hash_fallback: 'header', hash_fallback_header: 'a' }),
    distinct('hash_on_header', 'hash_fallback_header'),
  ],
  [
    upstream({
      hash_on: 'query_arg',
      hash_on_query_arg: 'a',
      hash_fallback: 'query_arg',
      hash_fallback_query_arg: 'a',
    }),
    distinct('hash_on_query_arg', 'hash_fallback_query_arg'),
  ],
  [
    upstream({
      hash_on: 'uri_capture',
      hash_on_uri_capture: 'a',
      hash_fallback: 'uri_capture',
      hash_fallback_uri_capture: 'a',
    }),
    distinct('hash_on_uri_capture', 'hash_fallback_uri_capture'),
  ],
  [upstream({ hash_on_header: 'a b' }), `hash_on_header: ${badHeader('a b')}`],
  [upstream({ hash_fallback_header: 'a:b' }), `hash_fallback_header: ${badHeader('a:b')}`],
  [upstream({ hash_on_cookie: 'a;b' }), `hash_on_cookie: ${badCookie}`],
  [upstream({ hash_on_cookie: 'a b' }), `hash_on_cookie: ${badCookie}`],
  [upstream({ hash_on_cookie_path: 'x' }), 'hash_on_cookie_path: should start with: /'],
  [upstream({ hash_on_cookie_path: '//' }), 'hash_on_cookie_path: must not have empty segments'],
  [upstream({ hash_on_query_arg: '' }), 'hash_on_query_arg: length must be at least 1'],
  [upstream({ hash_on_uri_capture: 7 }), 'hash_on_uri_capture: expected a string'],
  [upstream({ slots: 9 }), 'slots: value should be between 10 and 65536'],
  [upstream({ slots: 65_537 }), 'slots: value should be between 10 and 65536'],
  [upstream({ slots: 'x' }), 'slots: expected an integer'],
  [upstream({ slots: 10.5 }), 'slots: expected an integer'],
  [upstream({ host_header: 'a b' }), 'host_header: invalid hostname: a b'],
  [upstream({ host_header: 'a:99999' }), 'host_header: invalid port number'],
  [upstream({ host_header: '1.2.3.4.5' }), 'host_header: invalid ipv4 address: 1.2.3.4.5'],
  [upstream({ use_srv_name: 'x' }), 'use_srv_name: expected a boolean'],
  [upstream({ nope: 1 }), 'nope: unknown field'],
  [upstream({ tags: 'x' }), 'tags: expected a set'],
  [upstream({ healthchecks: 7 }), 'healthchecks: expected a record'],
  [upstream({ healthchecks: { nope: 1 } }), 'healthchecks.nope: unknown field'],
  [
    upstream({ healthchecks: { threshold: -1 } }),
    'healthchecks.threshold: value should be between 0 and 100',
  ],
  [
    upstream({ healthchecks: { threshold: 100.5 } }),
    'healthchecks.threshold: value should be between 0 and 100',
  ],
  [upstream({ healthchecks: { threshold: 'x' } }), 'healthchecks.threshold: expected a number'],
  [active({ type: 'x' }), `healthchecks.active.type: ${checkTypes}`],
  [active({ timeout: -1 }), `healthchecks.active.timeout: ${seconds}`],
  [active({ timeout: 65_536 }), `healthchecks.active.timeout: ${seconds}`],
  [active({ timeout: '1' }), 'healthchecks.active.timeout: expected a number'],
  [active({ concurrency: 0 }), 'healthchecks.active.concurrency: value should be between 1 and 2147483648'],
  [active({ concurrency: 'x' }), 'healthchecks.active.concurrency: expected an integer'],
  [active({ http_path: 'x' }), 'healthchecks.active.http_path: should start with: /'],
  [active({ https_sni: '1.2.3.4' }), 'healthchecks.active.https_sni: must not be an IP'],
  [active({ https_sni: 'a:443' }), 'healthchecks.active.https_sni: must not have a port'],
  [active({ https_sni: 'a b' }), 'healthchecks.active.https_sni: invalid value: a b'],
  [
    active({ https_verify_certificate: 'x' }),
    'healthchecks.active.https_verify_certificate: expected a boolean',
  ],
  [active({ headers: { 'a b': ['x'] } }), `healthchecks.active.headers: ${badHeader('a b')}`],
  [active({ headers: { a: 'x' } }), 'healthchecks.active.headers: expected an array'],
  [active({ nope: 1 }), 'healthchecks.active.nope: unknown field'],
  [active({ healthy: 7 }), 'healthchecks.active.healthy: expected a record'],
  [active({ healthy: { interval: -1 } }), `healthchecks.active.healthy.interval: ${seconds}`],
  [active({ healthy: { http_statuses: [99] } }), `healthchecks.active.healthy.http_statuses.1: ${status}`],
  [
    active({ healthy: { http_statuses: [200, 1000] } }),
    `healthchecks.active.healthy.http_statuses.2: ${status}`,
  ],
  [
    active({ healthy: { http_statuses: ['200'] } }),
    'healthchecks.active.healthy.http_statuses.1: expected an integer',
  ],
  [
    active({ healthy: { http_statuses: 'x' } }),
    'healthchecks.active.healthy.http_statuses: expected an array',
  ],
  [active({ healthy: { successes: 256 } }), `healthchecks.active.healthy.successes: ${byte}`],
  [active({ unhealthy: { interval: 'x' } }), 'healthchecks.active.unhealthy.interval: expected a number'],
  [active({ unhealthy: { tcp_failures: 256 } }), `healthchecks.active.unhealthy.tcp_failures: ${byte}`],
  [active({ unhealthy: { timeouts: -1 } }), `healthchecks.active.unhealthy.timeouts: ${byte}`],
  [
    active({ unhealthy: { http_failures: 1.5 } }),
    'healthchecks.active.unhealthy.http_failures: expected an integer',
  ],
  [passive({ type: 'x' }), `healthchecks.passive.type: ${checkTypes}`],
  [passive({ healthy: { successes: -1 } }), `healthchecks.passive.healthy.successes: ${byte}`],
  [passive({ healthy: { interval: 1 } }), 'healthchecks.passive.healthy.interval: unknown field'],
  [passive({ unhealthy: { http_failures: 256 } }), `healthchecks.passive.unhealthy.http_failures: ${byte}`],
  [
    passive({ unhealthy: { tcp_failures: 'x' } }),
    'healthchecks.passive.unhealthy.tcp_failures: expected an integer',
  ],
  [passive({ unhealthy: { timeouts: 256 } }), `healthchecks.passive.unhealthy.timeouts: ${byte}`],
  [passive({ timeout: 1 }), 'healthchecks.passive.timeout: unknown field'],
];

const target = (wrong: Readonly<Record<string, unknown>>) => ({ upstream: 'u', target: 'a:80', ...wrong });
const badTarget = (text: string) => `target: Invalid target ('${text}'); not a valid hostname or ip address`;

export const wrongTargets: readonly Wrong[] = [
  [{ upstream: 'u' }, 'target: required field missing'],
  [target({ target: '' }), 'target: length must be at least 1'],
  [target({ target: 7 }), 'target: expected a string'],
  [target({ target: 'a b' }), badTarget('a b')],
  [target({ target: 'hostname:1.0' }), badTarget('hostname:1.0')],
  [target({ target: 'a:99999' }), badTarget('a:99999')],
  [target({ target: '1.2.3' }), badTarget('1.2.3')],
  [target({ target: '1.2.3.4.5:80' }), badTarget('1.2.3.4.5:80')],
  [target({ target: '[::1' }), badTarget('[::1')],
  [target({ target: 'http://a' }), badTarget('http://a')],
  [target({ weight: -1 }), 'weight: value should be between 0 and 65535'],
  [target({ weight: 65_536 }), 'weight: value should be between 0 and 65535'],
  [target({ weight: 'x' }), 'weight: expected an integer'],
  [target({ weight: 1.5 }), 'weight: expected an integer'],
  [{ target: 'a:80' }, 'upstream: required field missing'],
  [target({ created_at: 'x' }), 'created_at: expected a number'],
  [target({ port: 80 }), 'port: unknown field'],
  [
    target({ tags: ['a/b'] }),
    "tags.1: invalid tag 'a/b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
];
