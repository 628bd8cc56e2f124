// Routes and requests of odd hosts and paths: the indexed table finds what a walk through all routes finds.
import { decodeDeclarative } from '../../src/kong/decode.ts';
import type { CompiledRoute, RouteMatch } from '../../src/proxy/compile/compiled.ts';
import { editTable } from '../../src/proxy/router/build.ts';
import { routeEntries } from '../../src/proxy/router/entries.ts';
import { matchRoute } from '../../src/proxy/router/match.ts';
import { matchNaively } from '../../src/proxy/router/naive.ts';
import { normalisePath } from '../../src/proxy/router/normalise.ts';
import { emptyRouteTable } from '../../src/proxy/router/table.ts';
import { type Draws, type Input, mutate, type Target } from './target.ts';

const hosts = [
  'a.example',
  '*.example',
  'a.*',
  'x.a.example',
  'a.example:80',
  '*.a.example',
  'a',
  '*',
  'xn--bcher-kva.example',
];
const paths = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/%7e',
  '/ü',
  '/a%2Fb',
  '~/a$',
  '~/a/\\d+',
  '~/a|/b',
  '~/(?<name>[a-z]+)/x',
  '~/a.b',
  '~/(?i)a',
  '~/[^/]+/b',
];
const pieces = [
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%2F',
  '%',
  '~',
  '*',
  ':80',
  '\\',
  '(',
  ')',
  '[',
  ']',
  '$',
  '|',
  '?',
  'ü',
  '\u0000',
  ' ',
  'A',
];

/** The first text is the request, each other one a route. */
function make(draws: Draws): Input {
  const odd = (list: readonly string[]): string => {
    const text = draws.pick(list);
    return draws.below(3) === 0 ? mutate(draws, text, pieces) : text;
  };
  const some = (list: readonly string[]) =>
    draws.below(3) === 0 ? null : Array.from({ length: 1 + draws.below(3) }, () => odd(list));
  const route = (): string =>
    JSON.stringify({
      hosts: some(hosts),
      paths: some(paths),
      methods: draws.below(3) === 0 ? ['GET'] : null,
      headers: draws.below(4) === 0 ? { 'x-a': [draws.pick(['1', '~*^v\\d$'])] } : null,
      regex_priority: draws.below(3),
    });
  const path = odd(paths).replace(/^~/, '');
  const request = {
    method: draws.pick(['GET', 'POST']),
    host: odd(hosts).replace('*', 'b').toLowerCase(),
    path,
    value: draws.pick(['1', 'V7', '']),
  };
  return [JSON.stringify(request), ...Array.from({ length: 1 + draws.below(8) }, route)];
}

function judge(input: Input): string | null {
  const [first, ...given] = input;
  const request = JSON.parse(first ?? 'null') as {
    method: string;
    host: string;
    path: string;
    value: string;
  } | null;
  if (request === null) return null;
  const raw = given.map((text, i) => ({ name: `r${i}`, ...(JSON.parse(text) as object) }));
  // What the schema refuses never gets here; one at a time, so that a bad one costs no other.
  const routes = raw.flatMap((route) => {
    const decoded = decodeDeclarative({ _format_version: '3.0', routes: [route] });
    return decoded.ok ? [...decoded.value.entities.routes.values()] : [];
  });
  const edit = editTable(emptyRouteTable);
  for (const route of routes)
    for (const entry of routeEntries(route, { id: route.id } as CompiledRoute)) edit.add(entry);
  let table = edit.finish();
  while (table === null) table = edit.finish();
  const sent = Buffer.from(request.path, 'utf8').toString('latin1');
  const path = normalisePath(sent.startsWith('/') ? sent : `/${sent}`);
  if (normalisePath(path) !== path && !path.includes('%'))
    return `the normal form of ${JSON.stringify(path)} is another`;
  const [host = '', port = '80'] = request.host.split(':');
  const matchInput = {
    method: request.method,
    isTls: false,
    host,
    hostPort: Number(port) || 80,
    serverName: '',
    headerValues: () => (request.value === '' ? [] : [request.value]),
  };
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  const found = matchRoute(table, matchInput, path, into)
    ? { routeId: into.route!.id, prefixLength: into.prefixLength }
    : null;
  const expected = matchNaively(routes, matchInput, path);
  return JSON.stringify(found) === JSON.stringify(expected)
    ? null
    : `found ${JSON.stringify(found)}, by the walk ${JSON.stringify(expected)}`;
}

export const routerTarget: Target = {
  name: 'router',
  isText: false,
  make,
  judge: async (input) => judge(input),
  close() {},
};
