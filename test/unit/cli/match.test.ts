// What `tidegate match` takes for a request, and what it says of the routes that do not get it.
import { afterEach, expect, test } from 'vitest';
import { askedOfLine, readAskedLine } from '../../../src/cli/match/asked-line.ts';
import { createOfflineRouter } from '../../../src/cli/match/offline.ts';
import { formatExplained } from '../../../src/cli/match/show.ts';
import { command } from '../../../src/cli/match.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { routerFlavorOf } from '../../../src/cli/router-flavor-option.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { RouterFlavor } from '../../../src/kong/router-flavor.ts';
import type { AskedRequest } from '../../../src/proxy/router/asked.ts';

const asked = (method: string, url: string, more: object = {}): AskedRequest => {
  const read = askedOfLine({ method, url, headers: [], sni: null, clientIp: null, ...more });
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

test.each<readonly [string, string, Partial<AskedRequest>]>([
  [
    'plain',
    'http://shop.example/a?b',
    { host: 'shop.example', target: '/a?b', isTls: false, serverPort: 80 },
  ],
  ['a port', 'http://shop.example:8000', { host: 'shop.example:8000', target: '/', serverPort: 8000 }],
  ['TLS', 'https://Shop.Example/', { isTls: true, serverName: 'Shop.Example', serverPort: 443 }],
  [
    'an address has no server name',
    'https://[::1]:8443/x',
    { host: '[::1]:8443', serverName: '', serverPort: 8443 },
  ],
  ['a path alone', '/a/../b', { host: '', target: '/a/../b' }],
  ['a query right after the host', 'http://h?x', { target: '/?x' }],
  ['what is no URL any more', 'http://h/%zz//..#part', { target: '/%zz//..' }],
])('%s', (_title, url, expected) => expect(asked('GET', url)).toMatchObject(expected));

test.each([
  ['GET', 'ftp://h/', /neither an http or https URL nor a path/],
  ['GET', 'shop.example/a', /neither an http or https URL nor a path/],
  ['GET', 'http://me@h/', /names a user/],
  ['GET', 'http://h/a b', /'http:\/\/h\/a b' has a blank or a control character: encode it/],
  ['GET', 'http://h/a\r\nb', /has a blank or a control character: encode it/],
  ['GET', 'http://h h/', /has a blank or a control character: encode it/],
  ['G T', 'http://h/', /'G T' is none/],
])('%s %s is refused', (method, url, message) => expect(() => asked(method, url)).toThrow(message));

test.each<readonly [string, string]>([
  ['GET /', 'not JSON'],
  ['[]', 'expected an object'],
  ['{"url":"/"}', 'method: expected a string'],
  ['{"method":"GET"}', 'url: expected a string'],
  ['{"method":"GET","url":"/","headers":[]}', 'headers: expected an object'],
  ['{"method":"GET","url":"/","headers":{"a":1}}', 'headers.a: expected a string, or an array of strings'],
  ['{"method":"GET","url":"/","headers":{"a b":"1"}}', "headers: 'a b' is no name of a header"],
  ['{"method":"GET","url":"/","headers":{"":"1"}}', "headers: '' is no name of a header"],
  ['{"method":"GET","url":"/","headers":{"a":"1\\n"}}', 'headers.a: has a control character'],
  ['{"method":"GET","url":"/","clientIp":"10.0.0"}', "clientIp: '10.0.0' is not an address"],
  ['{"method":"GET","url":"/","sni":1}', 'sni: expected a string'],
])('the line %s', (line, error) => expect(readAskedLine(line)).toEqual({ ok: false, error }));

test('a line with everything', () => {
  const line = {
    method: 'POST',
    url: 'https://h/x',
    headers: { Host: 'shop.example', 'X-A': ['1', '2'] },
    sni: 's',
    clientIp: '10.0.0.1',
  };
  expect(readAskedLine(JSON.stringify(line))).toMatchObject({
    ok: true,
    value: {
      host: 'shop.example',
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      serverName: 's',
      clientAddress: '10.0.0.1',
    },
  });
});

function routerOf(routes: readonly object[], flavor: RouterFlavor = 'traditional_compatible') {
  const services = [{ name: 'shop', url: 'http://shop.internal/base', routes }];
  const decoded = decodeDeclarative(
    { _format_version: '3.0', services, routes: [{ name: 'alone', paths: ['/alone'] }] },
    flavor,
  );
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return createOfflineRouter(decoded.value, flavor);
}

test.each<readonly [string, object, RouterFlavor, string, string, unknown]>([
  ['hosts', { hosts: ['b.example'] }, 'traditional_compatible', 'hosts', 'a.example:80', ['b.example']],
  ['paths', { hosts: ['a.example'], paths: ['/y'] }, 'traditional_compatible', 'paths', '/x', ['/y']],
  ['methods', { methods: ['POST'] }, 'expressions', 'methods', 'GET', ['POST']],
  ['headers', { headers: { 'x-a': ['1'] } }, 'traditional', 'headers', '{"x-a":["2"]}', { 'x-a': ['1'] }],
  ['snis', { snis: ['b.example'], paths: ['/'] }, 'traditional', 'snis', 'a.example', ['b.example']],
  ['protocols', { paths: ['/x'], protocols: ['http'] }, 'expressions', 'protocols', 'https', ['http']],
  [
    'a predicate',
    { expression: 'http.path ^= "/x" && http.method == "PUT"' },
    'expressions',
    'http.method == "PUT"',
    'GET',
    null,
  ],
  [
    'alternatives',
    { expression: 'http.path == "/y" || http.path == "/z"' },
    'expressions',
    'http.path == "/y" || http.path == "/z"',
    'null',
    null,
  ],
  ['a negation', { expression: '!(http.path ^= "/x")' }, 'expressions', '!(http.path ^= "/x")', 'null', null],
])('a route loses by %s', (_title, route, flavor, predicate, got, wanted) => {
  const isTls = 'snis' in route || 'protocols' in route;
  const router = routerOf([{ name: 'r', ...route }], flavor);
  const { route: winner, losers } = router.explain(
    asked('GET', `http${isTls ? 's' : ''}://a.example/x`, { headers: [['X-A', '2']] }),
  );
  expect(winner).toBe(null);
  const failed = losers.find((loser) => loser.route === 'r')!.failed!;
  const shown = typeof failed.got === 'string' ? failed.got : JSON.stringify(failed.got);
  expect([failed.predicate, shown, failed.wanted]).toEqual([predicate, got, wanted]);
});

test('for people', () => {
  const router = routerOf([
    { name: 'cart', hosts: ['a.example'], paths: ['~/(?<what>cart)'] },
    { name: 'all', paths: ['/'] },
    ...Array.from({ length: 30 }, (_, i) => ({ name: `other-${i}`, hosts: [`b${i}.example`] })),
  ]);
  const lines = formatExplained(router.explain(asked('GET', 'http://a.example/cart/1'))).split('\n');
  expect(lines.slice(0, 9)).toEqual([
    'route          cart',
    'service        shop',
    'upstream path  /base/1',
    'upstream host  shop.internal',
    'captures       {"0":"/cart","1":"cart","what":"cart"}',
    '',
    'the others, by the first condition that fails:',
    '  all: would match too, but comes later',
    '  alone: paths ["/alone"]; the request has "/cart/1"',
  ]);
  expect(lines.at(-2)).toBe('  and 12 more (--json shows all)');
  expect(formatExplained(router.explain(asked('GET', 'http://x/alone')))).toContain(
    'none: answered with 503',
  );
});

afterEach(() => {
  delete process.env['KONG_ROUTER_FLAVOR'];
});

test.each([
  ['neither', [], undefined, 'traditional_compatible'],
  ['the variable', [], 'expressions', 'expressions'],
  ['the option', ['--flavor', 'traditional'], 'expressions', 'traditional'],
  ['a wrong variable', [], 'x', /KONG_ROUTER_FLAVOR must be one of/],
  ['a wrong option', ['--flavor', ''], undefined, /--flavor must be one of/],
] as const)('the flavour: %s', (_title, argv, variable, expected) => {
  if (variable !== undefined) process.env['KONG_ROUTER_FLAVOR'] = variable;
  const input = parseCommandLine(command, argv);
  if (input === 'help') throw new Error('not asked for');
  if (expected instanceof RegExp) expect(() => routerFlavorOf(input, 'flavor')).toThrow(expected);
  else expect(routerFlavorOf(input, 'flavor')).toBe(expected);
});
