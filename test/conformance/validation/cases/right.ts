// Entities that are right, and what becomes of them: as Kong's own schemas fill them.

type Json = Readonly<Record<string, unknown>>;

/** [type, as submitted, some of what is then shown]. */
export type Right = readonly [type: string, entity: Json, shown: Json];

const service = (given: Json, shown: Json): Right => ['services', { name: 's', ...given }, shown];
const upstream = (given: Json, algorithm: string, hashOn: string): Right => [
  'upstreams',
  { name: 'u', ...given },
  { algorithm, hash_on: hashOn },
];
const path = (text: string): Right => ['routes', { paths: [text] }, { paths: [text] }];
const hosts = [
  '-a.example',
  `${'a'.repeat(64)}.example`,
  'a_b.example',
  'a.',
  'localhost',
  '*.1',
  '*.',
  '[::1]:80',
];

export const rightEntities: readonly Right[] = [
  service({ url: 'http://a' }, { protocol: 'http', host: 'a', port: 80, path: null }),
  service({ url: 'https://a/b/c?d=e' }, { protocol: 'https', host: 'a', port: 443, path: '/b/c' }),
  service({ url: 'https://a:8443' }, { protocol: 'https', port: 8443, path: null }),
  service({ url: 'grpc://a:9000' }, { protocol: 'grpc', port: 9000 }),
  service({ url: 'grpcs://a' }, { protocol: 'grpcs', port: 80 }),
  service({ url: 'http://[::1]:80/a' }, { host: '::1', port: 80, path: '/a' }),
  service({ url: 'http://user:pass@a/b' }, { host: 'a', path: '/b' }),
  service({ url: '//a:443' }, { protocol: 'https', host: 'a', port: 443 }),
  service({ url: '//a' }, { protocol: 'http', host: 'a', port: 80 }),
  service({ url: 'http://a/b#c?d' }, { path: '/b' }),
  service({ url: 'http://a', host: 'b', port: 1 }, { host: 'a', port: 80 }),
  service({ host: 'a', protocol: 'tls_passthrough', path: '/a' }, { path: '/a' }),
  service({ host: 'a', retries: null, tags: null }, { retries: 5, tags: null }),
  service({ host: 'a', updated_at: 'x' }, { host: 'a' }),
  ...[
    '/a b',
    '/a|b',
    '/a?b',
    '/a#b',
    '/a[b]',
    '/a\\b',
    '/a"b',
    '/é',
    '/%2F',
    '/a%25b',
    '~/%zz',
    '/a%zz b',
  ].map(path),
  ...hosts.map((host): Right => ['routes', { hosts: [host] }, { hosts: [host] }]),
  ...['*', '*a.example', 'a*', '-a.example'].map(
    (name): Right => ['routes', { protocols: ['https'], snis: [name] }, { snis: [name] }],
  ),
  ['routes', { paths: ['/'] }, { sources: null, destinations: null, strip_path: true }],
  ['routes', { paths: ['/'], protocols: ['grpc'] }, { strip_path: false }],
  upstream({}, 'round-robin', 'none'),
  upstream({ hash_on: 'ip' }, 'consistent-hashing', 'ip'),
  upstream({ algorithm: 'round-robin', hash_on: 'ip' }, 'consistent-hashing', 'ip'),
  upstream({ algorithm: 'consistent-hashing' }, 'consistent-hashing', 'none'),
  upstream({ algorithm: 'consistent-hashing', hash_on: null }, 'consistent-hashing', 'none'),
  upstream({ algorithm: 'consistent-hashing', hash_on: 'none' }, 'round-robin', 'none'),
  upstream({ algorithm: 'least-connections', hash_on: 'none' }, 'least-connections', 'none'),
  upstream({ algorithm: 'least-connections', hash_on: 'ip' }, 'least-connections', 'none'),
  upstream({ algorithm: 'latency', hash_on: 'consumer' }, 'latency', 'none'),
  upstream(
    { algorithm: 'sticky-sessions', sticky_sessions_cookie: 'c', hash_on: 'none' },
    'sticky-sessions',
    'none',
  ),
  [
    'plugins',
    { name: 'rate-limiting', config: { minute: 1, redis_host: 'a', redis: { port: 1 } } },
    { name: 'rate-limiting' },
  ],
];

/** Paths of documents before format 3.0, and what they are now. */
export const olderPaths: readonly (readonly [path: string, now: string])[] = [
  ['/a', '/a'],
  ['/foo/', '/foo/'],
  ['/%61', '/a'],
  ['/a%20b', '/a b'],
  ['/a%2fb', '/a%2Fb'],
  ['/a//b', '/a/b'],
  ['/x/../y', '/y'],
  ['/a(b|c)', '~/a(b|c)'],
  ['/a b', '~/a b'],
  ['/é', '~/é'],
  ['/$', '~/$'],
  ['/a%2eb(c)', '~/a\\.b(c)'],
  ['/(%61%7c%2d%5b%5d)', '~/(a\\|\\-%5B%5D)'],
  ['/%5e(x)', '~/\\^(x)'],
];
