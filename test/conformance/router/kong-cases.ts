// Kong's recorded router cases, played on our routes: which route, and what becomes of the path and the host.
import type { Route } from '../../../src/kong/entity.ts';
import type { RouterFlavor } from '../../../src/kong/router-flavor.ts';
import type { CompiledRoute, MatchInput, RouteMatch } from '../../../src/proxy/compile/compiled.ts';
import { escapePath, upstreamPath } from '../../../src/proxy/exchange/upstream-path.ts';
import { normalisePath } from '../../../src/proxy/router/normalise.ts';
import { createRoutesKeeper, type Routes } from '../../../src/proxy/router/routes.ts';
import { splitPort } from '../../../src/proxy/router/split-port.ts';
import { type Evidence, evidenceOf } from '../../../src/proxy/router/traditional/evidence.ts';

interface SetRoute {
  readonly route: Partial<Route> & Record<string, unknown> & { readonly id?: string };
  readonly service?: Record<string, unknown> | null;
}

interface RouteSet {
  readonly subsystem: 'http' | 'stream';
  readonly incremental?: boolean;
  readonly routes: readonly SetRoute[];
}

export interface KongCase {
  readonly id: number;
  readonly kind: 'select' | 'exec' | 'split_port';
  readonly test: string;
  readonly flavors: readonly (RouterFlavor | 'all')[];
  readonly route_set: number;
  readonly request: Record<string, unknown>;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly expect_by_flavor?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly input: { readonly name: string; readonly default_port?: number };
  readonly result: readonly unknown[];
}

export interface CaseFile {
  readonly route_sets: readonly RouteSet[];
  readonly cases: readonly KongCase[];
}

/** The recorded routes have no schema behind them: what is absent is off. */
const absent = {
  protocols: ['http', 'https'],
  strip_path: false,
  preserve_host: false,
  path_handling: 'v0',
  regex_priority: 0,
  methods: null,
  hosts: null,
  paths: null,
  headers: null,
  snis: null,
};

function entities({ routes, subsystem }: RouteSet): readonly Route[] {
  return routes.map(({ route }, index) => ({
    ...absent,
    ...(subsystem === 'stream' ? { protocols: ['tcp'] } : {}),
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...route,
    ...(Array.isArray(route['paths']) && route['paths'].length === 0 ? { paths: null } : {}),
  })) as unknown as readonly Route[];
}

/** Routes of one id are one route for the ranked flavours; the index tells those of a set apart. */
function build(routes: readonly Route[], flavor: RouterFlavor, order: readonly number[]): Routes {
  const keeper = createRoutesKeeper(flavor);
  const edit = keeper.edit();
  for (const index of order) {
    const route = routes[index]!;
    const isV1 = flavor === 'traditional' && route.path_handling === 'v1';
    edit.set(route, { id: route.id, row: index, pathHandling: isV1 ? 'v1' : 'v0' } as CompiledRoute);
  }
  const steps = edit.finish();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

type Values = Readonly<Record<string, string | readonly string[] | true>>;

function textValues(values: unknown): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries((values ?? {}) as Values).map(([name, value]) => [
      name,
      value === true ? [''] : typeof value === 'string' ? [value] : value,
    ]),
  );
}

function queryOf(values: ReadonlyMap<string, readonly string[]>): string {
  return [...values].flatMap(([name, list]) => list.map((value) => `${name}=${value}`)).join('&');
}

function inputOf({ kind, request }: KongCase, subsystem: RouteSet['subsystem']): MatchInput {
  const vars = (request['vars'] ?? {}) as Record<string, string | number | undefined>;
  const sent = textValues(request['headers']);
  const headers = new Map([...sent].map(([name, list]) => [name.toLowerCase().replaceAll('-', '_'), list]));
  const rawHost = String(request['host'] ?? (kind === 'exec' ? (headers.get('host')?.[0] ?? '') : ''));
  headers.delete('host');
  const written = /^([^[\]]*|\[.*\]):(\d+)$/.exec(rawHost);
  const serverName = String(request['sni'] ?? vars['ssl_preread_server_name'] ?? '');
  const fallback = subsystem === 'stream' ? (serverName === '' ? 'tcp' : 'tls') : 'http';
  const scheme = String(request['scheme'] ?? fallback);
  const port = Number(request['dst_port'] ?? vars['server_port'] ?? 0);
  return {
    method: String(request['method'] ?? ''),
    isTls: scheme === 'https' || scheme === 'tls',
    scheme,
    rawHost,
    host: (written === null ? rawHost : written[1]!).toLowerCase(),
    hostPort: written === null ? port : Number(written[2]),
    serverName,
    query: queryOf(textValues(request['queries'])),
    clientAddress: String(request['src_ip'] ?? vars['remote_addr'] ?? ''),
    clientPort: Number(request['src_port'] ?? vars['remote_port'] ?? 0),
    serverAddress: String(request['dst_ip'] ?? vars['server_addr'] ?? ''),
    foldedHeaderValues: (name) => headers.get(name) ?? [],
  };
}

interface Played {
  readonly index: number;
  readonly facts: ReadonlyMap<string, unknown>;
}

function serviceFacts(service: Record<string, unknown>, add: (name: string, value: unknown) => void): void {
  const protocol = String(service['protocol'] ?? '');
  const defaults: Readonly<Record<string, number>> = { http: 80, https: 443 };
  add('service', service);
  add('service.protocol', protocol);
  add('upstream_url_t.scheme', protocol);
  add('upstream_url_t.host', service['host']);
  add('upstream_url_t.port', service['port'] ?? defaults[protocol]);
  add('upstream_url_t.path', service['path'] ?? '/');
}

function evidenceFacts(evidence: Evidence, add: (name: string, value: unknown) => void): void {
  add('matches.host', evidence.host);
  add('matches.uri', evidence.uri);
  add('matches.method', evidence.method);
  add('matches.headers', evidence.headers);
  for (const [name, value] of Object.entries(evidence.headers ?? {})) add(`matches.headers.${name}`, value);
  add('matches.sni', evidence.sni);
  add('matches.src_ip', evidence.sourceAddress);
  add('matches.src_port', evidence.sourcePort);
  add('matches.dst_ip', evidence.destinationAddress);
  add('matches.dst_port', evidence.destinationPort);
}

function play(each: KongCase, set: RouteSet, flavor: RouterFlavor, order: readonly number[]): Played | null {
  const routes = entities(set);
  const input = inputOf(each, set.subsystem);
  const target = String(each.request['uri'] ?? '');
  const mark = target.indexOf('?', 1);
  const sentPath = mark < 0 ? target : target.slice(0, mark);
  const path = each.kind === 'exec' ? normalisePath(sentPath) : sentPath;
  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  if (!build(routes, flavor, order).match(input, path, into)) return null;
  const index = into.route!.row;
  const route = routes[index]!;
  const service = set.routes[index]!.service ?? null;
  const facts = new Map<string, unknown>();
  const add = (name: string, value: unknown): void => {
    if (value !== undefined && value !== null) facts.set(name, value);
  };
  const base = (service?.['path'] as string | undefined) ?? null;
  const query = mark < 0 ? '' : target.slice(mark);
  const upstream = upstreamPath(base, path, into.prefixLength, route.strip_path, into.route!.pathHandling);
  // The cases show the path before the escaping that comes last.
  add('upstream_uri', upstream + query);
  add('sent_uri', escapePath(upstream) + query);
  if (route.preserve_host) add('upstream_host', input.rawHost);
  if (route.strip_path && into.prefixLength > 0) add('prefix', path.slice(0, into.prefixLength));
  if (into.captures !== null) {
    add('matches.uri_captures', into.captures);
    for (const name in into.captures) add(`matches.uri_captures.${name}`, into.captures[name]);
  }
  if (service !== null) serviceFacts(service, add);
  if (flavor === 'traditional') evidenceFacts(evidenceOf(route, input, path), add);
  return { index, facts };
}

function compare(facts: ReadonlyMap<string, unknown>, name: string, wanted: unknown): string {
  const found = facts.get(name);
  if (wanted === null) return found === undefined ? '' : `${name} is ${JSON.stringify(found)}, not absent`;
  if (JSON.stringify(found) === JSON.stringify(wanted)) return '';
  if (name === 'upstream_uri' && facts.get('sent_uri') === wanted) return '';
  return `${name} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`;
}

/** '' = as recorded. */
export function judge(each: KongCase, file: CaseFile, flavor: RouterFlavor): string {
  if (each.kind === 'split_port') {
    const { host, withPort, hasPort } = splitPort(each.input.name, each.input.default_port ?? null);
    const found = JSON.stringify([host, withPort, hasPort]);
    return found === JSON.stringify(each.result) ? '' : `${found}, not ${JSON.stringify(each.result)}`;
  }
  const set = file.route_sets[each.route_set]!;
  const order = set.routes.map((_, index) => index);
  const played = play(each, set, flavor, order);
  const ids = new Set(set.routes.map(({ route }) => route.id ?? route));
  // The order in which routes arrive must not show, but in the one set where two have the same id.
  if (ids.size === set.routes.length) {
    const turned = play(each, set, flavor, [...order].reverse());
    if (played?.index !== turned?.index) return 'another route where they arrive in another order';
  }
  const wanted = { ...each.expect, ...each.expect_by_flavor?.[flavor] };
  if (wanted['match'] === false) return played === null ? '' : `route ${played.index + 1}, not none`;
  if (played === null) return 'no route';
  if (wanted['route'] !== undefined && wanted['route'] !== played.index + 1)
    return `route ${played.index + 1}, not ${String(wanted['route'])}`;
  return Object.entries(wanted)
    .filter(([name]) => name !== 'match' && name !== 'route')
    .map(([name, value]) => compare(played.facts, name, value))
    .filter((problem) => problem !== '')
    .join('; ');
}
