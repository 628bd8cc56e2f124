// Routes that are close to each other, and requests that are close to them: shared prefixes, wildcards on both sides, ports,
// escapes, letters outside ASCII, regular expressions that overlap, expressions of all operators.
import type { RouterFlavor } from '../../src/kong/router-flavor.ts';
import { type Draws, mutate } from './target.ts';

export interface RawRequest {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly isTls: boolean;
  readonly serverName: string;
  readonly clientAddress: string;
}

export interface RawWorld {
  readonly flavor: RouterFlavor;
  readonly routes: readonly Record<string, unknown>[];
  readonly requests: readonly RawRequest[];
}

const hosts = [
  'a.example',
  '*.example',
  'a.*',
  'x.a.example',
  'a.example:80',
  'a.example:8000',
  '*.example:8000',
  'a.*:80',
  '*.a.example',
  'b.a.example',
  'a',
  'A.Example',
  'xn--bcher-kva.example',
];
const prefixes = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/a/b/c',
  '/abc',
  '/b',
  '/ü',
  '/ü/x',
  '/a%2Fb',
  '/~a',
  '/A',
];
const regexes = [
  '~/a$',
  '~/a/\\d+',
  '~/a|/b',
  '~/(?<name>[a-z]+)/x',
  '~/a.b',
  '~/(?i)a',
  '~/[^/]+/b',
  '~/ab?c',
  '~/a/(b|c)$',
  '~/a/b$',
  '~/ü+',
  '~/(?:a|ab)(?:c|bcd)?',
  '~/',
  '~/.*/c',
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
  ':80',
  '\\',
  '$',
  '?',
  'ü',
  '\u0000',
  ' ',
  'A',
  '+',
];
const headerValues = ['1', '2', 'V7', 'v', 'Ü', '~*^v\\d$', '~*ü', '~*\\S+'];
const names = ['a.example', '*.example', 'a.*', 'b.test', 'a.example.'];
const methods = ['GET', 'POST', 'PUT'];

const predicates = [
  'http.host == "a.example"',
  'http.host == "A.Example"',
  'http.host =^ ".example"',
  'http.host ^= "a."',
  'http.host contains "a.e"',
  'http.host != "a.example"',
  'http.path == "/a"',
  'http.path ^= "/a"',
  'http.path ^= "/a/b"',
  'http.path ^= "/ü"',
  'http.path =^ "/c"',
  'http.path contains "b"',
  'http.path ~ "^/a/(b|c)"',
  'http.path ~ r#"^/[a-z]+$"#',
  'http.path ~ "b"',
  'http.path != "/a"',
  'lower(http.path) ^= "/a"',
  'lower(http.path) ~ "^/(?P<first>[a-z]+)"',
  'http.path.segments.0 == "a"',
  'http.path.segments.0_1 == "a/b"',
  'http.path.segments.len > 1',
  'http.path.segments.len <= 2',
  'http.method == "GET"',
  'http.method != "GET"',
  'http.headers.x_a == "1"',
  'any(http.headers.x_a) == "1"',
  'any(lower(http.headers.x_b)) ~ "^v\\\\d"',
  'lower(http.headers.x_a) != "v7"',
  'http.queries.q == "1"',
  'any(http.queries.q) == "ü"',
  'http.queries.q == ""',
  'net.dst.port == 8000',
  'net.port != 80',
  'net.src.ip == 10.9.8.7',
  'net.src.ip in 10.0.0.0/8',
  'net.src.ip not in 10.0.0.0/8',
  'net.src.ip in ::/0',
  'net.protocol == "https"',
  'tls.sni == "a.example"',
  'tls.sni != "a.example"',
];

function some<T>(draws: Draws, list: readonly T[], most: number): T[] {
  return [...new Set(Array.from({ length: 1 + draws.below(most) }, () => draws.pick(list)))];
}

const maybe = <T>(draws: Draws, oneIn: number, value: () => T): T | null =>
  draws.below(oneIn) === 0 ? value() : null;

function odd(draws: Draws, text: string): string {
  return draws.below(12) === 0 ? mutate(draws, text, pieces) : text;
}

export function drawExpression(draws: Draws, depth: number): string {
  const kind = depth <= 0 ? 0 : draws.below(6);
  if (kind <= 1) return draws.pick(predicates);
  if (kind === 2) return `!(${drawExpression(draws, depth - 1)})`;
  if (kind === 3) return `(${drawExpression(draws, depth - 1)})`;
  const operator = draws.pick(['&&', '||', '&&']);
  return `${drawExpression(draws, depth - 1)} ${operator} ${drawExpression(draws, depth - 1)}`;
}

/** With attributes alone; `null` attributes are absent. */
export function drawRoute(draws: Draws, index: number): Record<string, unknown> {
  const isTls = draws.below(4) > 0;
  return {
    name: `r${index}`,
    protocols: draws.pick([['http', 'https'], ['https'], isTls ? ['https'] : ['http']]),
    hosts: draws.below(3) === 0 ? null : some(draws, hosts, 3).map((host) => odd(draws, host)),
    paths:
      draws.below(5) === 0
        ? null
        : some(draws, draws.below(2) === 0 ? prefixes : [...prefixes, ...regexes], 4).map((path) =>
            odd(draws, path),
          ),
    methods: maybe(draws, 3, () => some(draws, methods, 2)),
    headers: maybe(draws, 4, () => ({
      [draws.pick(['x-a', 'X_A', 'x-b'])]: some(draws, headerValues, 2),
      ...(draws.below(3) === 0 ? { 'x-c': ['1'] } : {}),
    })),
    snis: maybe(draws, 6, () => some(draws, names, 2)),
    regex_priority: draws.below(3),
    created_at: draws.below(3),
  };
}

/** One of many of one host that differ in their headers alone, more or less. */
function drawHeaderRoute(draws: Draws, index: number): Record<string, unknown> {
  return {
    ...drawRoute(draws, index),
    hosts: ['a.example'],
    paths: draws.below(4) === 0 ? some(draws, ['/', '/a', '/a/b'], 2) : ['/'],
    methods: null,
    snis: null,
    headers:
      draws.below(8) === 0
        ? null
        : {
            'x-a': some(draws, headerValues, 2),
            ...(draws.below(2) === 0 ? { 'x-b': some(draws, headerValues, 2) } : {}),
          },
  };
}

function drawExpressionRoute(draws: Draws, index: number): Record<string, unknown> {
  return {
    name: `r${index}`,
    protocols: draws.pick([['http', 'https'], ['http'], ['https'], ['grpc']]),
    expression: drawExpression(draws, 3),
    priority: draws.below(4),
  };
}

/** A host that the pattern may be about. */
function hostLike(draws: Draws, pattern: string): string {
  const name = pattern
    .replace(/^\*/, draws.pick(['a', 'x.a', 'b']))
    .replace(/\*(?=$|:)/, draws.pick(['example', 'test']));
  if (draws.below(4) === 0) return `${name.replace(/:\d+$/, '')}:${draws.pick(['80', '8000', '443', ''])}`;
  return draws.below(3) === 0 ? name.replace(/:\d+$/, '') : name;
}

function pathLike(draws: Draws, pattern: string): string {
  if (!pattern.startsWith('~')) return pattern;
  return draws.pick([
    '/a',
    '/a/12',
    '/ab',
    '/abc',
    '/b',
    '/zz/x',
    '/a/b',
    '/a/c',
    '/üü',
    '/A',
    '/x/b',
    '/abbcd/c',
  ]);
}

export function drawRequest(draws: Draws, routes: readonly Record<string, unknown>[]): RawRequest {
  const near = routes.length === 0 ? {} : draws.pick(routes);
  const nearHosts = (near['hosts'] as readonly string[] | null | undefined) ?? hosts;
  const nearPaths = (near['paths'] as readonly string[] | null | undefined) ?? [...prefixes, ...regexes];
  const tail = draws.pick([
    '',
    '',
    '',
    '/',
    '/x',
    'b',
    '/b/c',
    '//c',
    '/../a',
    '%2e',
    '?q=1',
    '?q=1&q=%C3%BC',
    '?q',
    '?',
  ]);
  const isTls = draws.below(3) === 0;
  return {
    method: draws.pick(methods),
    host: hostLike(draws, draws.below(5) === 0 ? draws.pick(hosts) : draws.pick(nearHosts)),
    target: odd(
      draws,
      pathLike(draws, draws.below(6) === 0 ? draws.pick(prefixes) : draws.pick(nearPaths)) + tail,
    ),
    headers:
      draws.below(2) === 0
        ? []
        : some(draws, ['x-a', 'X_A', 'x-b', 'x-c'], 3).map((name) => [
            name,
            draws.pick(['1', '2', 'V7', 'v', 'Ü']),
          ]),
    isTls,
    serverName: isTls ? draws.pick(['', 'a.example', 'b.test', 'x.example']) : '',
    clientAddress: draws.pick(['10.9.8.7', '192.0.2.1', '2001:db8::1']),
  };
}

export function drawWorld(draws: Draws, requestCount: number): RawWorld {
  const flavor = draws.pick([
    'traditional_compatible',
    'traditional_compatible',
    'expressions',
    'traditional',
  ] as const);
  const isByHeader = draws.below(5) === 0;
  const routes = Array.from({ length: 1 + draws.below(draws.pick([4, 12, 40])) }, (_, index) => {
    if (flavor === 'expressions' && draws.below(3) > 0) return drawExpressionRoute(draws, index);
    return isByHeader ? drawHeaderRoute(draws, index) : drawRoute(draws, index);
  });
  return { flavor, routes, requests: Array.from({ length: requestCount }, () => drawRequest(draws, routes)) };
}
