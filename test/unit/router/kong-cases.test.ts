// Kong's own router expectations (flavour traditional_compatible), where the case file lies beside the repository.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Route } from '../../../src/kong/entity.ts';
import type { CompiledRoute, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { escapePath, upstreamPath } from '../../../src/proxy/exchange/upstream-path.ts';
import { editTable } from '../../../src/proxy/router/build.ts';
import { routeEntries } from '../../../src/proxy/router/entries.ts';
import { matchRoute } from '../../../src/proxy/router/match.ts';
import { normalisePath } from '../../../src/proxy/router/normalise.ts';
import { emptyRouteTable } from '../../../src/proxy/router/table.ts';

interface CaseFile {
  readonly route_sets: readonly {
    readonly subsystem?: string;
    readonly incremental?: boolean;
    readonly routes: readonly {
      readonly route: Partial<Route> & Record<string, unknown> & { readonly id: string };
      readonly service?: { readonly path?: string };
    }[];
  }[];
  readonly cases: readonly {
    readonly id: number;
    readonly kind: string;
    readonly test: string;
    readonly flavors: readonly string[];
    readonly route_set: number;
    readonly request: {
      readonly method: string;
      readonly uri: string;
      readonly host?: string;
      readonly scheme?: string;
      readonly sni?: string;
      readonly headers?: Record<string, string | readonly string[]>;
    } & Record<string, unknown>;
    readonly expect: {
      readonly match: boolean | null;
      readonly route?: number;
      readonly upstream_uri?: string;
    };
  }[];
}

const path = new URL('../../../../shared/cases/kong-router.json', import.meta.url);
const isPresent = existsSync(path);

const defaults = {
  protocols: ['http', 'https'],
  // The stub router of the cases has no schema behind it, so what is absent is off.
  strip_path: false,
  regex_priority: 0,
  methods: null,
  hosts: null,
  paths: null,
  headers: null,
  snis: null,
} as const;

function splitHost(raw: string): readonly [string, number] {
  const parts = /^(.*):(\d+)$/.exec(raw);
  return parts === null ? [raw.toLowerCase(), 80] : [parts[1]!.toLowerCase(), Number(parts[2])];
}

function check(file: CaseFile, each: CaseFile['cases'][number]): string {
  const set = file.route_sets[each.route_set]!;
  const edit = editTable(emptyRouteTable);
  for (const { route } of set.routes) {
    const full = { ...defaults, ...route } as unknown as Route;
    for (const entry of routeEntries(full, { id: route.id } as CompiledRoute)) edit.add(entry);
  }
  let table = edit.finish();
  while (table === null) table = edit.finish();
  const { request } = each;
  const lower = Object.entries(request.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), typeof value === 'string' ? [value] : value] as const,
  );
  const headers = new Map(lower);
  const [host, hostPort] = splitHost(request.host ?? headers.get('host')?.[0] ?? '');
  const input = {
    method: request.method,
    isTls: request.scheme === 'https' || request.sni !== undefined,
    host,
    hostPort,
    serverName: (request.sni ?? '').replace(/\.$/, ''),
    headerValues: (name: string) => headers.get(name) ?? [],
  };
  const target = each.kind === 'exec' ? normalisePath(request.uri.split('?')[0]!) : request.uri;
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  matchRoute(table, input, target, into);
  if (each.expect.match === false) return into.route === null ? '' : `matched ${into.route.id}`;
  if (each.expect.route !== undefined) {
    const expected = set.routes[each.expect.route - 1]!.route.id;
    if (into.route?.id !== expected) return `expected route ${expected}, got ${into.route?.id ?? 'none'}`;
  }
  const wanted = each.expect.upstream_uri;
  if (typeof wanted !== 'string' || into.route === null) return '';
  const source = set.routes.find(({ route }) => route.id === into.route!.id)!;
  const strip = source.route.strip_path ?? false;
  const query = request.uri.includes('?') ? request.uri.slice(request.uri.indexOf('?')) : '';
  const joined = upstreamPath(source.service?.path ?? null, target, into.prefixLength, strip);
  // The cases show the path before the escaping that Kong does last.
  if (joined + query === wanted) return '';
  const sent = escapePath(joined) + query;
  return sent === wanted ? '' : `expected upstream ${wanted}, got ${sent}`;
}

test.skipIf(!isPresent)(
  `Kong's router cases${isPresent ? '' : ': not run, ../shared/cases is absent'}`,
  () => {
    const file = JSON.parse(readFileSync(path, 'utf8')) as CaseFile;
    const failures: string[] = [];
    let passed = 0;
    let notApplicable = 0;
    for (const each of file.cases) {
      if (!each.flavors.includes('traditional_compatible')) continue;
      const set = file.route_sets[each.route_set];
      const isOurs =
        (each.kind === 'select' || each.kind === 'exec') &&
        set !== undefined &&
        set.incremental !== true &&
        (set.subsystem ?? 'http') === 'http' &&
        // MatchInput.header gives the first value of a header; Kong looks at all of them.
        !Object.values(each.request.headers ?? {}).some(
          (value) => Array.isArray(value) && value.length > 1,
        ) &&
        set.routes.every(
          ({ route }) => route['expression'] === undefined && !route['sources'] && !route['destinations'],
        );
      if (!isOurs) {
        notApplicable++;
        continue;
      }
      let problem: string;
      try {
        problem = check(file, each);
      } catch (error) {
        problem = String(error);
      }
      if (problem === '') passed++;
      else failures.push(`${each.id} ${each.test}: ${problem}`);
    }
    console.log(`router cases: ${passed} passed, ${failures.length} failed, ${notApplicable} not applicable`);
    expect(failures).toEqual([]);
  },
);
