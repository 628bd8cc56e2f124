// One bad annotation or host costs its own piece, and never lets a route match more than was asked for.
import { expect, test } from 'vitest';
import type { Route } from '../../../src/kong/entity.ts';
import { app, type IngressShape, plugin, translateYaml } from './rig.ts';

/** The route of Ingress 'one' beside an Ingress without mistakes for the same host; null: left out. */
function check(shape: IngressShape, expected: Partial<Route> | null, problems: number): void {
  const translation = translateYaml(
    app('one', shape) + app('two', { host: 'one.example', path: '/two' }) + app('three'),
  );
  const routes = [...translation.config.entities.routes.values()];
  const own = routes.filter((route) => route.name?.startsWith('default.one.'));
  expect(routes.length - own.length).toBe(2);
  for (const route of routes) if (!own.includes(route)) expect(route.service).not.toBe(null);
  if (expected === null) expect(own).toEqual([]);
  else expect(own[0]).toMatchObject(expected);
  expect(translation.problems.length).toBe(problems);
}

const annotations = (name: string, value: string): IngressShape => ({
  annotations: { [`konghq.com/${name}`]: value },
});

test('conditions keep their good values; with none left there is no route', () => {
  check(annotations('headers.x-a', 'one,two'), { headers: { 'x-a': ['one', 'two'] } }, 0);
  check(annotations('headers.x-a', 'one,~*('), { headers: { 'x-a': ['one'] } }, 1);
  check(annotations('headers.x-a', '~*('), null, 1);
  check(annotations('headers.x-a', ''), null, 1);
  check(annotations('headers.a b', 'x'), null, 1);
  check(annotations('methods', 'get,p0st'), { methods: ['GET'] }, 1);
  check(annotations('methods', 'p0st'), null, 1);
  check(annotations('snis', 'a.example,*.b'), { snis: ['a.example'] }, 1);
  check(annotations('snis', '*.b'), null, 1);
  check(annotations('protocols', 'https,gopher'), { protocols: ['https'] }, 1);
  check(annotations('protocols', 'https,grpcs'), { protocols: ['https'] }, 1);
  check(annotations('protocols', 'gopher'), null, 1);
});

test('a bad host alias is left out, a bad host costs its own route', () => {
  check(annotations('host-aliases', 'b.example,a b'), { hosts: ['one.example', 'b.example'] }, 1);
  check(annotations('host-aliases', 'a-.example'), { hosts: ['one.example'] }, 1);
  check({ host: 'not a host' }, null, 1);
});

test('annotations that change no match are ignored', () => {
  check(annotations('strip-path', 'perhaps'), { strip_path: false }, 1);
  check(annotations('regex-priority', 'high'), { regex_priority: 0 }, 1);
});

/** The path that the route's request-transformer asks for; null: the route answers 503. */
function checkRewrite(written: string, expected: string | null, path = '/', more = ''): void {
  const shape: IngressShape = {
    annotations: { 'konghq.com/rewrite': written, 'konghq.com/plugins': more === '' ? '' : 'p' },
    path,
    pathType: 'ImplementationSpecific',
  };
  const { config, problems } = translateYaml(app('one', shape) + more);
  const route = [...config.entities.routes.values()][0]!;
  expect(route.service === null).toBe(expected === null);
  expect(problems.length).toBe(expected === null ? 1 : 0);
  const uris = [...config.entities.plugins.values()]
    .filter((entity) => entity.name === 'request-transformer' && entity.route === route.id)
    .map((entity) => (entity.config as { replace: { uri: string | null } }).replace.uri);
  if (expected !== null) expect(uris).toEqual([expected]);
}

test('a rewrite is a request-transformer of the route', () => {
  checkRewrite('/new', '/new');
  checkRewrite('', '/');
  checkRewrite('/a/$2/b$1', '/a/$(uri_captures[2])/b$(uri_captures[1])', '/~/(\\w+)/(\\w+)');
  checkRewrite('/price\\$9', '/price$9');
  checkRewrite('/x/$12y', '/x/$(uri_captures[12])y');
  checkRewrite('/new', '/new', '/', plugin('p', 'key-auth'));
  for (const bad of ['$', '/$x', '/$0', '/a\\b', '/\\', '/\\$(x)', 'new']) checkRewrite(bad, null);
  checkRewrite('/new', null, '/', plugin('p', 'request-transformer'));
});
