// cors: what preflights and responses say to browsers.
import { describe, expect, test } from 'vitest';
import { corsHandler } from '../../../src/proxy/plugins/cors/handler.ts';
import { normaliseOrigin } from '../../../src/proxy/plugins/cors/origins.ts';
import { createExchange, createHost, pluginOf } from './exchange-double.ts';

type Config = Readonly<Record<string, unknown>>;

/** Headers of an answered preflight, or null when it goes on. */
function preflight(
  config: Config,
  origin: string,
  more: readonly (readonly [string, string])[] = [],
): Readonly<Record<string, string>> | null {
  const instance = corsHandler.prepare(pluginOf('cors', config), createHost());
  const recorded = createExchange({
    method: 'OPTIONS',
    headers: [['Origin', origin], ['Access-Control-Request-Method', 'PUT'], ...more],
  });
  instance.access!(recorded.context);
  if (recorded.exit === null) return null;
  expect(recorded.exit.status).toBe(200);
  expect(recorded.exit.body).toBeNull();
  return recorded.exit.headers!;
}

/** Headers that an ordinary response is given. */
function response(config: Config, origin: string | null): Record<string, string> {
  const instance = corsHandler.prepare(pluginOf('cors', config), createHost());
  const recorded = createExchange({ headers: origin === null ? [] : [['Origin', origin]] });
  instance.access!(recorded.context);
  expect(recorded.exit).toBeNull();
  instance.headerFilter!(recorded.context);
  return Object.fromEntries(recorded.responseHeaders);
}

const allowed = (origin: string) => ({ 'Access-Control-Allow-Origin': origin, Vary: 'Origin' });

const responses: Readonly<Record<string, readonly [Config, string | null, Record<string, string>]>> = {
  'everyone by default': [{}, 'https://a.example', { 'Access-Control-Allow-Origin': '*' }],
  'the star': [{ origins: ['*'] }, 'https://a.example', { 'Access-Control-Allow-Origin': '*' }],
  'the star with credentials names the origin': [
    { origins: ['*'], credentials: true },
    'https://a.example',
    { ...allowed('https://a.example'), 'Access-Control-Allow-Credentials': 'true' },
  ],
  'one plain origin is always named': [
    { origins: ['https://a.example'] },
    'https://b.example',
    allowed('https://a.example'),
  ],
  'one of several': [
    { origins: ['https://a.example', 'https://b.example'] },
    'https://b.example:443',
    allowed('https://b.example:443'),
  ],
  'none of several': [
    { origins: ['https://a.example', 'https://b.example'] },
    'https://c.example',
    { Vary: 'Origin' },
  ],
  'none of several, with credentials': [
    { origins: ['https://a.example', 'https://b.example'], credentials: true },
    'https://c.example',
    { Vary: 'Origin', 'Access-Control-Allow-Credentials': 'true' },
  ],
  'a regex is anchored': [
    { origins: ['https://.*\\.a\\.example'] },
    'https://x.a.example.evil.example',
    { Vary: 'Origin' },
  ],
  'a regex that matches': [
    { origins: ['https://.*\\.a\\.example'] },
    'https://x.a.example',
    allowed('https://x.a.example'),
  ],
  'a regex that would take for ever elsewhere': [
    { origins: ['https://(a+)+\\.example', 'https://(a|a?)+b'] },
    `https://${'a'.repeat(400)}`,
    { Vary: 'Origin' },
  ],
  'an expression without colon is about the host': [
    { origins: ['(a|c)[.]example', 'b.example'] },
    'http://a.example:8080',
    allowed('http://a.example:8080'),
  ],
  'a plain host among several is no origin': [
    { origins: ['a.example', 'b.example'] },
    'http://a.example',
    { Vary: 'Origin' },
  ],
  'the star among others': [
    { origins: ['https://b.example', '*'] },
    'https://a.example',
    { 'Access-Control-Allow-Origin': '*', Vary: 'Origin' },
  ],
  'the star among others, with credentials': [
    { origins: ['https://b.example', '*'], credentials: true },
    'https://a.example',
    { ...allowed('https://a.example'), 'Access-Control-Allow-Credentials': 'true' },
  ],
  'null is no origin': [{ origins: ['a.example', 'b.example'] }, 'null', { Vary: 'Origin' }],
  'exposed headers': [
    { exposed_headers: ['X-One', 'X-Two'] },
    'https://a.example',
    { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'X-One,X-Two' },
  ],
  'no origin at all': [{}, null, { 'Access-Control-Allow-Origin': '*' }],
};

describe('responses', () => {
  for (const [name, [config, origin, expected]] of Object.entries(responses))
    test(name, () => expect(response(config, origin)).toEqual(expected));
});

describe('preflight', () => {
  test('with the defaults', () => {
    expect(preflight({}, 'https://a.example', [['Access-Control-Request-Headers', 'x-a, x-b']])).toEqual({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'x-a, x-b',
      'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
    });
  });

  test('with everything', () => {
    const config = {
      origins: ['https://a.example'],
      headers: ['X-A', 'X-B'],
      methods: ['GET', 'PUT'],
      max_age: 600,
      credentials: true,
      private_network: true,
    };
    expect(
      preflight(config, 'https://a.example', [['Access-Control-Request-Private-Network', 'true']]),
    ).toEqual({
      ...allowed('https://a.example'),
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'X-A,X-B',
      'Access-Control-Allow-Methods': 'GET,PUT',
      'Access-Control-Max-Age': '600',
      'Access-Control-Allow-Private-Network': 'true',
    });
  });

  test('left to the upstream, whose answer stays as it is', () => {
    expect(preflight({ preflight_continue: true }, 'https://a.example')).toBeNull();
    const instance = corsHandler.prepare(pluginOf('cors', { preflight_continue: true }), createHost());
    const recorded = createExchange({
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'PUT'],
      ],
    });
    instance.access!(recorded.context);
    instance.headerFilter!(recorded.context);
    expect(recorded.responseHeaders).toEqual([]);
  });

  test('the answer is not marked twice', () => {
    const instance = corsHandler.prepare(pluginOf('cors', { origins: ['https://a.example'] }), createHost());
    const recorded = createExchange(
      {
        method: 'OPTIONS',
        headers: [
          ['Origin', 'https://a.example'],
          ['Access-Control-Request-Method', 'PUT'],
        ],
      },
      false,
    );
    instance.headerFilter!(recorded.context);
    expect(recorded.responseHeaders).toEqual([]);
  });
});

test('origins compare without default ports and case', () => {
  expect(normaliseOrigin('HTTPS://A.example:443')?.origin).toBe('https://a.example');
  expect(normaliseOrigin('http://a.example:443')?.origin).toBe('http://a.example:443');
  expect(normaliseOrigin('https://[::1]:8443')?.host).toBe('[::1]');
  expect(normaliseOrigin('null')).toBeNull();
});
