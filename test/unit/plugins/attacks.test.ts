// Attacks through plugins, with the real plugins between real heads: by a client on what plugins decide, and by somebody who
// may write a plugin's settings on the clients and upstreams of others.
import { expect, test } from 'vitest';
import { emptyConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { pluginHandlers } from '../../../src/proxy/plugins/index.ts';
import { CounterTable } from '../../../src/proxy/plugins/rate-limiting/counter-table.ts';
import { answering, createRig, okResponse, type Rig } from '../exchange/rig.ts';

interface Given {
  readonly plugins: readonly Record<string, unknown>[];
  readonly route?: Readonly<Record<string, unknown>>;
  readonly consumers?: readonly Record<string, unknown>[];
}

/** One service at port 9000, one route for everything. */
function rigOf({ plugins, route = {}, consumers = [] }: Given, response = okResponse): Rig {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: [
      {
        name: 's',
        url: 'http://10.0.0.1:9000',
        routes: [{ name: 'r', paths: ['/'], strip_path: false, ...route, plugins }],
      },
    ],
    consumers,
  });
  if (!decoded.ok)
    throw new Error(JSON.stringify(decoded.error.map(({ field, message }) => [field, message])));
  const rig = createRig((endpoints) => {
    const clock = { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) };
    const shared = {
      health: new Int32Array(8),
      shares: new Int32Array(64),
      counters: new Int32Array(6400),
      statistics: new Float64Array(4),
      routes: [],
    };
    const compiler = createCompiler({ env: { clock }, endpoints, shared, handlers: pluginHandlers });
    const job = compiler.begin(diffConfigs(emptyConfig, decoded.value));
    while (!job.step(1_000_000));
    return job.result;
  });
  rig.upstream(9000, answering(response));
  return rig;
}

const ana = { username: 'ana', keyauth_credentials: [{ key: 'secret' }] };
const strict = { ...ana, plugins: [{ name: 'rate-limiting', config: { minute: 1 } }] };
const anyKey = { name: 'key-auth', config: { key_in_body: true } };

function form(text: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

const ways: Readonly<Record<string, string>> = {
  header: 'GET / HTTP/1.1\r\nHost: a\r\napikey: secret\r\n\r\n',
  query: 'GET /?apikey=secret HTTP/1.1\r\nHost: a\r\n\r\n',
  form: form('apikey=secret'),
  JSON: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{"apikey":"secret"}',
  chunks:
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
    'a\r\n{"apikey":\r\n9\r\n"secret"}\r\n0\r\n\r\n',
};

test.each(Object.entries(ways))("a key in the %s counts against its consumer's own limit", (_where, text) => {
  const rig = rigOf({
    plugins: [anyKey, { name: 'rate-limiting', config: { minute: 100 } }],
    consumers: [strict],
  });
  const client = rig.client(text);
  client.send(text);
  rig.world.run();
  const statuses = client.received.match(/HTTP\/1\.1 \d+/g);
  expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 429']);
  expect(rig.peers[0]!.requests.length).toBe(1);
  expect(rig.peers[0]!.received).toContain('X-Consumer-Username: ana\r\n');
});

test.each<[title: string, text: string]>([
  ['no body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'],
  ['a prototype in a form', form('__proto__=secret')],
  [
    'a prototype in JSON',
    ways['JSON']!.replace('{"apikey":"secret"}', '{"__proto__":"aaaa"}').replace('19', '20'),
  ],
  ['a wrong key', form('apikey=constructor')],
  ['an inherited key', form('apikey=__proto__')],
  ['two keys', form('apikey=secret&apikey=secret')],
  [
    'a key in a list',
    ways['JSON']!.replace('{"apikey":"secret"}', '{"apikey":["secret"]}').replace('19', '21'),
  ],
  [
    'identity of its own',
    'GET / HTTP/1.1\r\nHost: a\r\nX-Consumer-ID: root\r\nX-Credential-Identifier: x\r\n\r\n',
  ],
])('%s is nobody', (_title, text) => {
  const rig = rigOf({ plugins: [anyKey], consumers: [ana] });
  expect(rig.client(text).received).toMatch(/^HTTP\/1\.1 401/);
  expect(rig.peers.length).toBe(0);
});

const transformer = (config: Record<string, unknown>) => ({ name: 'request-transformer', config });

test.each<[title: string, config: Record<string, unknown>, text: string, has: RegExp, lacks: RegExp]>([
  [
    'a header that would frame the body',
    { add: { headers: ['Content-Length:3', 'Transfer-Encoding:chunked'] } },
    form('a=1&b=2'),
    /\r\nContent-Length: 7\r\n/,
    /chunked|Length: 3/,
  ],
  [
    'a header renamed to one that would',
    { rename: { headers: ['X-A:Transfer-Encoding', 'X-B:Content-Length'] } },
    form('a=1').replace('Host: a', 'Host: a\r\nX-A: chunked\r\nX-B: 1'),
    /\r\nContent-Length: 3\r\n/,
    /chunked|Length: 1\r/,
  ],
  [
    'framing removed',
    { remove: { headers: ['Content-Length', 'Transfer-Encoding', 'Host'] } },
    form('a=1'),
    /\r\nHost: [^\r]*\r\n(.*\r\n)*Content-Length: 3\r\n/,
    /chunked/,
  ],
  [
    'Connection',
    {
      add: {
        headers: [
          'Connection:X-Real-IP, close',
          'Keep-Alive:timeout=1',
          'Upgrade:h2c',
          'Expect:100-continue',
          'TE:gzip',
        ],
      },
    },
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    /\r\nX-Real-IP: 10\.9\.8\.7\r\n/,
    /close|timeout|h2c|100-continue|gzip/,
  ],
  [
    'a line end from the query in a header',
    { add: { headers: ['X-A:$(query_params.a)'] } },
    'GET /?a=x%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: a\r\n\r\n',
    /\r\nX-A: xX-Evil: 1\r\n/,
    /\r\nX-Evil/,
  ],
  [
    'a wide line end from the query in a header',
    { add: { headers: ['X-A:$(query_params.a)'] } },
    `GET /?a=${encodeURIComponent('x\u010d\u010aX-Evil: 1')} HTTP/1.1\r\nHost: a\r\n\r\n`,
    /\r\nX-A: x/,
    /\r\nX-Evil/,
  ],
  [
    'a line end from the query in the path',
    { replace: { uri: '/b$(query_params.a)' } },
    'GET /?a=%20HTTP/1.1%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: a\r\n\r\n',
    /^GET \/b%20HTTP\/1\.1/,
    /\r\nX-Evil/,
  ],
  [
    'a line end from the query in the query',
    { add: { querystring: ['b:$(query_params.a)'] } },
    'GET /?a=%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: a\r\n\r\n',
    /^GET \/\?a=[^ ]+ HTTP\/1\.1\r\n/,
    /\r\nX-Evil/,
  ],
  [
    'a host with a line end',
    { replace: { headers: ['Host:$(query_params.a)'] } },
    'GET /?a=h%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: a\r\n\r\n',
    /^GET /,
    /\r\nX-Evil/,
  ],
])('request-transformer: %s', (_title, config, text, has, lacks) => {
  const rig = rigOf({ plugins: [transformer(config)] });
  rig.client(text);
  const sent = rig.peers[0]!.received;
  expect(sent).toMatch(has);
  expect(sent.slice(0, sent.indexOf('\r\n\r\n') + 2)).not.toMatch(lacks);
  // One request in, one out.
  expect(sent.split(' HTTP/1.1\r\n').length - 1).toBe(1);
});

test.each(['constructor', '__proto__', 'toString', '1', 'id'])(
  'a capture %s is what the path has, nothing inherited',
  (name) => {
    const template = /^\d/.test(name) ? `[${name}]` : `.${name}`;
    const rig = rigOf({
      plugins: [transformer({ replace: { uri: `/b/$(uri_captures${template})` } })],
      route: { paths: ['~/(?<id>[a-z]+)'] },
    });
    rig.client('GET /shop HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(rig.peers[0]!.received.split(' ')[1]).toBe(['1', 'id'].includes(name) ? '/b/shop' : '/b/');
  },
);

test.each<[plugin: string, config: Record<string, unknown>, field: string]>([
  ['request-transformer', { http_method: 'CONNECT' }, 'config.http_method'],
  ['request-transformer', { http_method: 'TRACE' }, 'config.http_method'],
  ['request-transformer', { http_method: 'GET / HTTP/1.1\r\nX: ' }, 'config.http_method'],
  ['request-transformer', { add: { headers: ['X-A\r\nX-Evil: 1'] } }, 'config.add.headers[1]'],
  ['request-transformer', { rename: { headers: ['X-A:b c'] } }, 'config.rename.headers[1]'],
  ['request-transformer', { rename: { headers: ['X-A:b\r\nX-Evil: 1'] } }, 'config.rename.headers[1]'],
  ['request-transformer', { rename: { headers: ['X-A:'] } }, 'config.rename.headers[1]'],
  ['rate-limiting', { minute: 1, error_code: 100 }, 'config.error_code'],
  ['rate-limiting', { minute: 1, error_code: 101 }, 'config.error_code'],
  ['rate-limiting', { minute: 1, error_code: 429.5 }, 'config.error_code'],
  ['rate-limiting', { minute: 1, error_code: 1000 }, 'config.error_code'],
  ['rate-limiting', { minute: 1, header_name: 'a\r\nb', limit_by: 'header' }, 'config.header_name'],
  ['key-auth', { key_names: ['a\r\nb'] }, 'config.key_names[1]'],
  ['cors', { origins: ['((a{1000}){1000}){1000}'] }, 'config.origins[1]'],
  ['cors', { origins: ['.{1000}'.repeat(1000)] }, 'config.origins[1]'],
])('%s refuses %j', (name, config, field) => {
  const decoded = decodeDeclarative({ _format_version: '3.0', plugins: [{ name, config }] });
  expect(decoded.ok ? [] : decoded.error.map((error) => error.field)).toContain(field);
});

test.each<[plugin: string, config: Record<string, unknown>, text: string]>([
  [
    'cors',
    { exposed_headers: ['X-A\r\nX-Evil: 1'], headers: ['X-B\r\nX-Evil: 1'] },
    'OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://o\r\nAccess-Control-Request-Method: GET\r\n\r\n',
  ],
  [
    'cors',
    { exposed_headers: ['X-A\u010d\u010aX-Evil: 1'] },
    'GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://o\r\n\r\n',
  ],
  ['key-auth', { realm: 'a"\r\nX-Evil: 1' }, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  [
    'rate-limiting',
    { minute: 0.5, error_message: 'a\r\nX-Evil: 1' },
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n\r\n',
  ],
])('settings of %s do not become header lines: %j', (name, config, text) => {
  const { received } = rigOf({ plugins: [{ name, config }] }).client(text);
  expect(received).toMatch(/^HTTP\/1\.1 \d{3} /);
  expect(received.slice(0, received.indexOf('\r\n\r\n') + 2)).not.toMatch(/\r\nX-Evil/);
});

test('a client with ever new names pushes out its own counters, not the busy ones of others', () => {
  const moment = 1_000_000;
  const table = new CounterTable(new Int32Array(64));
  const end = moment + 60_000;
  for (let i = 0; i < 5; i++) table.take(7, 7, moment, end, 5);
  for (let name = 100; name < 10_000; name++) table.take(name, name, moment, end + 60_000, 5);
  expect(table.take(7, 7, moment, end, 5)).toBe(5);
});
