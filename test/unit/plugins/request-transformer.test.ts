// request-transformer: the request that the upstream gets, rule by rule, and the templates that values may hold.
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '../../../src/kong/template.ts';
import { requestTransformerHandler } from '../../../src/proxy/plugins/request-transformer/handler.ts';
import { createExchange, createHost, pluginOf, type RequestDescription } from './exchange-double.ts';

interface Expected {
  readonly headers?: readonly (readonly [string, string])[];
  readonly query?: string;
  readonly body?: string;
  readonly path?: string;
  readonly method?: string;
}

function check(
  config: Readonly<Record<string, unknown>>,
  request: RequestDescription,
  expected: Expected,
): void {
  const instance = requestTransformerHandler.prepare(pluginOf('request-transformer', config), createHost());
  const recorded = createExchange(request);
  expect(instance.access!(recorded.context)).toBe(0);
  if (expected.headers !== undefined) expect(recorded.headers).toEqual(expected.headers);
  if (expected.query !== undefined) expect(recorded.query).toBe(expected.query);
  if (expected.body !== undefined) expect(recorded.body).toBe(expected.body);
  if (expected.path !== undefined) expect(recorded.upstreamPath).toBe(expected.path);
  if (expected.method !== undefined) expect(recorded.method).toBe(expected.method);
}

const json = (body: string): RequestDescription => ({
  method: 'POST',
  headers: [['content-type', 'application/json']],
  body,
});
const form = (body: string): RequestDescription => ({
  method: 'POST',
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body,
});

const cases: Readonly<
  Record<string, readonly [Readonly<Record<string, unknown>>, RequestDescription, Expected]>
> = {
  'remove a header': [
    { remove: { headers: ['x-a'] } },
    {
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
      ],
    },
    { headers: [['x-b', '2']] },
  ],
  'rename keeps every value': [
    { rename: { headers: ['x-a:x-b'] } },
    {
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
    },
    {
      headers: [
        ['x-b', '1'],
        ['x-b', '2'],
      ],
    },
  ],
  'rename of what is not there': [{ rename: { headers: ['x-a:x-b'] } }, {}, { headers: [] }],
  'replace only what is there': [
    { replace: { headers: ['x-a:new', 'x-b:new'] } },
    { headers: [['X-A', 'old']] },
    { headers: [['x-a', 'new']] },
  ],
  'replace the host': [
    { replace: { headers: ['host:b.example'] } },
    {},
    { headers: [['host', 'b.example']] },
  ],
  'add only what is not there': [
    { add: { headers: ['x-a:new', 'x-b:new:with:colons'] } },
    { headers: [['X-A', 'old']] },
    {
      headers: [
        ['x-a', 'old'],
        ['x-b', 'new:with:colons'],
      ],
    },
  ],
  'append a line': [
    { append: { headers: ['x-a:2'] } },
    { headers: [['X-A', '1']] },
    {
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
    },
  ],
  'the verbs run in order': [
    { remove: { headers: ['x-a'] }, add: { headers: ['x-a:1'] }, append: { headers: ['x-a:2'] } },
    { headers: [['X-A', '0']] },
    {
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
    },
  ],
  'query untouched where no rule is': [
    { add: { querystring: ['b:2'] } },
    { query: 'a=%7e' },
    { query: 'a=%7e&b=2' },
  ],
  'query verbs': [
    {
      remove: { querystring: ['a'] },
      rename: { querystring: ['b:c'] },
      replace: { querystring: ['d:4', 'missing:1'] },
      append: { querystring: ['e:5'] },
    },
    { query: 'a=1&b=2&d=3&d=3&e=4' },
    { query: 'c=2&d=4&e=4&e=5' },
  ],
  'query values are encoded': [{ add: { querystring: ['a:x y&z'] } }, {}, { query: 'a=x%20y%26z' }],
  'JSON verbs': [
    {
      remove: { body: ['a'] },
      rename: { body: ['b:c'] },
      replace: { body: ['d:new', 'missing:1'] },
      add: { body: ['e:5'] },
      append: { body: ['f:2', 'g:1'] },
    },
    json('{"a":1,"b":{"n":2},"d":3,"f":"1"}'),
    { body: '{"d":"new","f":["1","2"],"c":{"n":2},"e":"5","g":["1"]}' },
  ],
  'JSON that is an array stays': [{ add: { body: ['a:1'] } }, json('[1,2]'), { body: '[1,2]' }],
  'broken JSON stays': [{ add: { body: ['a:1'] } }, json('{'), { body: '{' }],
  'an empty JSON body': [{ add: { body: ['a:1'] } }, json(''), { body: '{"a":"1"}' }],
  '__proto__ is a name like others': [
    { add: { body: ['__proto__:x'] } },
    json('{}'),
    { body: '{"__proto__":"x"}' },
  ],
  'form verbs': [{ remove: { body: ['a'] }, add: { body: ['b:2'] } }, form('a=1&c=3'), { body: 'c=3&b=2' }],
  'another content type stays': [
    { add: { body: ['a:1'] } },
    { method: 'POST', headers: [['content-type', 'text/plain']], body: 'hello' },
    { body: 'hello' },
  ],
  'a compressed body stays': [
    { add: { body: ['a:1'] } },
    {
      headers: [
        ['content-type', 'application/json'],
        ['content-encoding', 'gzip'],
      ],
      body: '{}',
    },
    { body: '{}' },
  ],
  method: [{ http_method: 'PUT' }, {}, { method: 'PUT' }],
  'a form moves to the query with GET': [
    { http_method: 'GET' },
    { ...form('a=1&b=2'), query: 'c=3' },
    { method: 'GET', body: '', query: 'c=3&a=1&b=2', headers: [] },
  ],
  'path with captures': [
    { replace: { uri: '/v2/$(uri_captures.id)/$(uri_captures[1])' } },
    { uriCaptures: { id: '7', '1': 'seven' } },
    { path: '/v2/7/seven' },
  ],
  'a path cannot smuggle a query or a line': [
    { replace: { uri: '/$(query_params.p)' } },
    { query: 'p=a%3Fb%23c%20d%0D%0Ae' },
    { path: '/a%3Fb%23c%20d%0D%0Ae' },
  ],
  'templates in headers': [
    { add: { headers: ["x-user:$(headers['x-name'])-$(query_params.q)", 'x-none:$(headers.absent)'] } },
    { headers: [['X-Name', 'anna']], query: 'q=a%20b' },
    {
      headers: [
        ['x-name', 'anna'],
        ['x-user', 'anna-a b'],
        ['x-none', ''],
      ],
    },
  ],
  'a header value cannot smuggle a line': [
    { add: { headers: ['x-a:$(query_params.q)'] } },
    { query: 'q=1%0d%0aX-Evil:%202' },
    { headers: [['x-a', '1X-Evil: 2']] },
  ],
};

describe('request-transformer', () => {
  for (const [name, [config, request, expected]] of Object.entries(cases))
    test(name, () => check(config, request, expected));
});

describe('templates', () => {
  const good: Readonly<Record<string, unknown>> = {
    '': [''],
    plain: ['plain'],
    '$(headers.x_user)': [{ source: 'headers', key: 'x-user' }],
    "a$(headers['X-User'])b": ['a', { source: 'headers', key: 'x-user' }, 'b'],
    '$( query_params["a b"] )': [{ source: 'query_params', key: 'a b' }],
    '$(uri_captures[1])': [{ source: 'uri_captures', key: '1' }],
    'costs 5$': ['costs 5$'],
  };
  for (const [text, parts] of Object.entries(good))
    test(`'${text}'`, () => expect(parseTemplate(text)).toEqual({ ok: true, value: parts }));

  const bad: Readonly<Record<string, RegExp>> = {
    '$(headers.a': /never closed/,
    '$(headers.a or "x")': /Lua expressions cannot run here/,
    '$((function() return 1 end)())': /Lua expressions cannot run here/,
    '$(headers[1])': /only uri_captures can be read by number/,
    '$(shared.x)': /not supported/,
  };
  for (const [text, reason] of Object.entries(bad)) {
    test(`'${text}' is refused`, () => {
      const parsed = parseTemplate(text);
      expect(parsed.ok ? '' : parsed.error).toMatch(reason);
    });
  }
});
