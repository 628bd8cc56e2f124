// The routes of a config without a gateway around them: which one a request gets, what becomes of its path and host, and why
// the others do not get it.
import type { GatewayConfig } from '../../kong/config.ts';
import type { Route, Service } from '../../kong/entity.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { CompiledRoute, MatchInput, RouteMatch } from '../../proxy/compile/compiled.ts';
import { escapePath, upstreamPath } from '../../proxy/exchange/upstream-path.ts';
import { type AskedRequest, askedRequest } from '../../proxy/router/asked.ts';
import { isStreamRoute } from '../../proxy/router/entries.ts';
import { explainRoute, type Failure } from '../../proxy/router/explain.ts';
import { createRoutesKeeper } from '../../proxy/router/routes.ts';

/** All null: no route. */
export interface Answer {
  /** Name, or the id of one without. */
  readonly route: string | null;
  readonly service: string | null;
  /** Without the query, which goes as it comes. */
  readonly upstreamPath: string | null;
  /** The Host that the upstream sees; of several targets without a header of their upstream, the upstream's name. */
  readonly upstreamHost: string | null;
}

export interface Loser {
  readonly route: string;
  /** null: it would take the request too, but the other one comes first. */
  readonly failed: Failure | null;
}

export interface Explained extends Answer {
  readonly captures: Readonly<Record<string, string>> | null;
  /** Those that come closest first. */
  readonly losers: readonly Loser[];
}

export interface OfflineRouter {
  readonly routeCount: number;
  answer(request: AskedRequest): Answer;
  explain(request: AskedRequest): Explained;
}

const nobody: Answer = { route: null, service: null, upstreamPath: null, upstreamHost: null };

/** What only a running gateway knows is left out. */
function plainRoute(route: Route, flavor: RouterFlavor): CompiledRoute {
  return {
    id: route.id,
    name: route.name ?? '',
    service: null,
    allowsHttp: true,
    allowsHttps: true,
    httpsRedirectStatus: route.https_redirect_status_code,
    stripPath: route.strip_path,
    pathHandling: flavor === 'traditional' ? route.path_handling : 'v0',
    isGrpc: false,
    preserveHost: route.preserve_host,
    requestBuffering: route.request_buffering,
    responseBuffering: route.response_buffering,
    plugins: [],
    hasPlugins: false,
    unavailableReason: '',
    lacksPlugin: false,
    row: 0,
  };
}

function upstreamHost(config: GatewayConfig, service: Service): string {
  for (const upstream of config.entities.upstreams.values())
    if (upstream.name === service.host && upstream.host_header !== null) return upstream.host_header;
  const isTls = service.protocol === 'https' || service.protocol === 'grpcs';
  return service.port === (isTls ? 443 : 80) ? service.host : `${service.host}:${service.port}`;
}

function activeRoutes(config: GatewayConfig): readonly Route[] {
  const { routes, services } = config.entities;
  return [...routes.values()].filter(
    (route) =>
      !isStreamRoute(route) && (route.service === null || services.get(route.service)?.enabled !== false),
  );
}

export function createOfflineRouter(config: GatewayConfig, flavor: RouterFlavor): OfflineRouter {
  const routes = activeRoutes(config);
  const edit = createRoutesKeeper(flavor).edit();
  for (const route of routes) edit.set(route, plainRoute(route, flavor));
  const steps = edit.finish();
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const table = step.value;
  const hostOf = new Map<string, string>();
  for (const service of config.entities.services.values())
    hostOf.set(service.id, upstreamHost(config, service));
  const nameOf = (route: Route): string => route.name ?? route.id;

  const find = (request: AskedRequest, into: RouteMatch): Answer => {
    const { input, path } = askedRequest(request);
    if (!table.match(input, path, into)) return nobody;
    const compiled = into.route!;
    const route = config.entities.routes.get(compiled.id)!;
    const service = route.service === null ? null : (config.entities.services.get(route.service) ?? null);
    if (service === null) return { ...nobody, route: nameOf(route) };
    const { stripPath, pathHandling } = compiled;
    const joined = upstreamPath(service.path, path, into.prefixLength, stripPath, pathHandling);
    return {
      route: nameOf(route),
      service: service.name ?? service.id,
      upstreamPath: escapePath(joined.startsWith('/') ? joined : `/${joined}`),
      upstreamHost: compiled.preserveHost && request.host !== '' ? request.host : hostOf.get(service.id)!,
    };
  };

  const loser = (route: Route, hasWinner: boolean, input: MatchInput, path: string): Loser => {
    const failed = explainRoute(route, flavor, input, path);
    // The flavour traditional passes over routes with server names when a plain request seems to be about others.
    const isPassedOver = failed === null && !hasWinner;
    const unseen: Failure = { predicate: 'snis', wanted: route.snis, got: input.serverName, held: 0 };
    return { route: nameOf(route), failed: isPassedOver ? unseen : failed };
  };

  const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
  return {
    routeCount: routes.length,
    answer: (request) => find(request, into),
    explain(request) {
      const answer = find(request, into);
      const winner = into.route?.id ?? '';
      const captures = into.captures;
      const { input, path } = askedRequest(request);
      const losers = routes
        .filter(({ id }) => id !== winner)
        .map((route) => loser(route, answer.route !== null, input, path))
        .sort((a, b) => closeness(b) - closeness(a));
      return { ...answer, captures, losers };
    },
  };
}

function closeness({ failed }: Loser): number {
  return failed === null ? Number.POSITIVE_INFINITY : failed.held;
}
