// The indexed table finds what a walk through all routes in Kong's order finds, also after any series of changes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route } from '../../../src/kong/entity.ts';
import type { CompiledRoute, MatchInput, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { editTable } from '../../../src/proxy/router/build.ts';
import { routeEntries } from '../../../src/proxy/router/entries.ts';
import { matchRoute } from '../../../src/proxy/router/match.ts';
import { createNaiveRouter } from '../../../src/proxy/router/naive.ts';
import { type Entry, emptyRouteTable, type RouteTable } from '../../../src/proxy/router/table.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';

const host = fc.constantFrom(
  'a.example',
  'b.example',
  '*.example',
  'a.*',
  'x.a.example',
  'a.example:80',
  '*.a.example',
);
const path = fc.constantFrom(
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/a/b/c',
  '/ü',
  '~/a$',
  '~/a/\\d+',
  '~/a|/b',
  '~/(?<name>[a-z]+)/x',
  '~/ab?c',
  '~/a.b',
);
const list = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<T[] | null> =>
  fc.option(fc.uniqueArray(element, { minLength: 1, maxLength: 4 }), { nil: null });

const route: fc.Arbitrary<Route> = fc.record({
  id: fc.integer({ min: 0, max: 60 }).map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`),
  tags: fc.constant(null),
  name: fc.constant(null),
  service: fc.constant(null),
  protocols: fc.constant(['http', 'https'] as const),
  methods: list(fc.constantFrom('GET', 'POST')),
  hosts: list(host),
  paths: list(path),
  headers: fc.option(
    fc.dictionary(fc.constantFrom('x-a', 'X-B'), fc.constantFrom(['1'], ['2', 'V'], ['~*^v\\d$']), {
      maxKeys: 2,
    }),
    { nil: null },
  ),
  snis: list(fc.constantFrom('a.example', '*.example')),
  https_redirect_status_code: fc.constant(426),
  regex_priority: fc.integer({ min: 0, max: 2 }),
  strip_path: fc.constant(true),
  preserve_host: fc.constant(false),
  request_buffering: fc.constant(true),
  response_buffering: fc.constant(true),
  path_handling: fc.constant('v0' as const),
  created_at: fc.constant(null),
});

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  isTls: fc.boolean(),
  host: fc.constantFrom('a.example', 'b.example', 'x.a.example', 'a.test', 'other', ''),
  hostPort: fc.constantFrom(80, 8000),
  serverName: fc.constantFrom('', 'a.example', 'b.test'),
  headers: fc.dictionary(
    fc.constantFrom('x-a', 'x-b'),
    fc.array(fc.constantFrom('1', '2', 'V7', 'v'), { minLength: 1, maxLength: 3 }),
  ),
  path: fc.constantFrom(
    '/',
    '/a',
    '/a/',
    '/a/b',
    '/a/b/c/d',
    '/a/12',
    '/ab',
    '/abc',
    '/b',
    '/zz/x',
    '/\xc3\xbc/1',
    '/a\xc3\xbcb',
  ),
});

function inputOf({
  headers,
  ...rest
}: { headers: Record<string, string[]> } & Partial<Omit<MatchInput, 'foldedHeaderValues'>>): MatchInput {
  const folded = new Map(
    Object.entries(headers).map(([name, values]) => [name.replaceAll('-', '_'), values]),
  );
  return { ...bareInput, ...rest, foldedHeaderValues: (name) => folded.get(name) ?? [] };
}

/** As if compiled: the router only carries it. */
const payload = ({ id }: Route): CompiledRoute => ({ id }) as CompiledRoute;

function find(
  table: RouteTable,
  input: MatchInput,
  at: string,
): { routeId: string; prefixLength: number } | null {
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  return matchRoute(table, input, at, into)
    ? { routeId: into.route!.id, prefixLength: into.prefixLength }
    : null;
}

function apply(table: RouteTable, removed: readonly Entry[], added: readonly Entry[]): RouteTable {
  const edit = editTable(table);
  for (const entry of removed) edit.remove(entry);
  for (const entry of added) edit.add(entry);
  for (;;) {
    const result = edit.finish();
    if (result !== null) return result;
  }
}

test('match = naive, over tables made by changes', () => {
  const batches = fc.array(fc.array(route, { maxLength: 25 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(batches, fc.array(request, { minLength: 1, maxLength: 8 }), (changes, requests) => {
      const routes = new Map<string, Route>();
      const entries = new Map<string, readonly Entry[]>();
      let table = emptyRouteTable;
      for (const batch of changes) {
        const removed: Entry[] = [];
        const before = table;
        const expectedBefore = requests.map((each) => find(before, inputOf(each), each.path));
        for (const each of batch) {
          const old = entries.get(each.id);
          if (old !== undefined) removed.push(...old);
          // The same id again: now and then the route goes away instead of being replaced.
          if (old !== undefined && each.regex_priority === 2) {
            routes.delete(each.id);
            entries.delete(each.id);
          } else {
            routes.set(each.id, each);
            entries.set(each.id, routeEntries(each, payload(each)));
          }
        }
        table = apply(emptyRouteTable, [], [...entries.values()].flat());
        const known = new Set([...entries.values()].flat());
        const added = [...known].filter((entry) => batch.some(({ id }) => id === entry.route.id));
        const incremental = apply(before, removed, added);
        for (const each of requests) {
          const expected = createNaiveRouter([...routes.values()])(inputOf(each), each.path);
          expect(find(table, inputOf(each), each.path)).toEqual(expected);
          expect(find(incremental, inputOf(each), each.path)).toEqual(expected);
        }
        // Earlier tables do not change.
        expect(requests.map((each) => find(before, inputOf(each), each.path))).toEqual(expectedBefore);
        table = incremental;
      }
    }),
    { numRuns: 150 },
  );
});
