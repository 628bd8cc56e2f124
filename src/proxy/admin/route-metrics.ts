// What /metrics says of each route that has had a request: responses by class, and Kong's histograms. Piece by piece, so
// that a page of 10,000 routes is never in memory as a whole and holds up nobody.
import type { Route } from '../../kong/entity.ts';
import type { ProxyServer } from '../server/main.ts';
import {
  type Histogram,
  latencyBucketsMs,
  type RouteFigures,
  readRouteFigures,
} from '../server/route-counters.ts';
import { MetricsText } from './metrics-text.ts';

type RouteLabels = { readonly service: string; readonly route: string };

const pieceCharacters = 32_768;
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const commonRow = 0;

/** As Kong labels them: the name of a service or its host, the name of a route or its id. */
function labelsOf(proxy: ProxyServer, route: Route): RouteLabels {
  const { services } = proxy.config().entities;
  const service = route.service === null ? undefined : services.get(route.service);
  return { service: service?.name ?? service?.host ?? '', route: route.name ?? route.id };
}

/** Prometheus wants a family in one go, so the routes are gone through once for each. */
function* figuresOfRoutes(proxy: ProxyServer): Generator<readonly [RouteLabels, RouteFigures]> {
  const { routes } = proxy.shared;
  const common = readRouteFigures(routes, commonRow);
  if (common !== null) yield [{ service: '', route: '' }, common];
  for (const route of proxy.config().entities.routes.values()) {
    const row = proxy.rows.rowOf(route.id);
    const figures = row === commonRow ? null : readRouteFigures(routes, row);
    if (figures !== null) yield [labelsOf(proxy, route), figures];
  }
}

function writeHistogram(
  out: MetricsText,
  name: string,
  { counts, sumMs }: Histogram,
  given: RouteLabels,
): void {
  const labels = { ...given, workspace: 'default' };
  let below = 0;
  for (const [index, bound] of latencyBucketsMs.entries()) {
    below += counts[index]!;
    out.sample(`${name}_bucket`, below, { ...labels, le: String(bound) });
  }
  const count = below + counts[latencyBucketsMs.length]!;
  out.sample(`${name}_bucket`, count, { ...labels, le: '+Inf' });
  out.sample(`${name}_count`, count, labels);
  out.sample(`${name}_sum`, Math.round(sumMs * 1000) / 1000, labels);
}

export function* routeMetrics(proxy: ProxyServer): Generator<string> {
  const out = new MetricsText();
  out.family('tidegate_route_responses_total', 'counter', 'Responses by route and status class.');
  for (const [labels, { responses }] of figuresOfRoutes(proxy)) {
    for (const [index, code] of classes.entries())
      out.sample('tidegate_route_responses_total', responses[index]!, { ...labels, code });
    if (out.length >= pieceCharacters) yield out.take();
  }
  const histograms = [
    ['kong_request_latency_ms', 'request', 'From the first byte of a request to the last of its response.'],
    ['kong_upstream_latency_ms', 'upstream', 'From sending a request to the head of its response.'],
  ] as const;
  for (const [name, which, help] of histograms) {
    out.family(name, 'histogram', help);
    for (const [labels, figures] of figuresOfRoutes(proxy)) {
      writeHistogram(out, name, figures[which], labels);
      if (out.length >= pieceCharacters) yield out.take();
    }
  }
  yield out.take();
}
