// How often each route was asked, from two looks at the gateways' metrics.
import type { RouteRate } from './format.ts';

const sample = /^tidegate_route_responses_total\{([^}]*)\} (\d+(?:\.\d+)?)$/;
const routeLabel = /(?:^|,)route="((?:[^"\\]|\\.)*)"/;

/** Responses so far by name of the route; requests that met none are under ''. */
function responsesByRoute(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    const match = sample.exec(line);
    if (match === null) continue;
    const route = (routeLabel.exec(match[1]!)?.[1] ?? '').replace(/\\(.)/g, '$1');
    counts.set(route, (counts.get(route) ?? 0) + Number(match[2]));
  }
  return counts;
}

/** Of all gateways together, the busiest first. A gateway that has started anew meanwhile counts from nothing. */
export function ratesOf(
  looks: readonly (readonly [before: string, after: string])[],
  seconds: number,
): readonly RouteRate[] {
  const sums = new Map<string, number>();
  for (const [before, after] of looks) {
    const earlier = responsesByRoute(before);
    for (const [route, count] of responsesByRoute(after)) {
      if (route === '') continue;
      const had = earlier.get(route) ?? 0;
      sums.set(route, (sums.get(route) ?? 0) + (count >= had ? count - had : count));
    }
  }
  return [...sums]
    .filter(([, count]) => count > 0)
    .map(([route, count]) => ({ route, perSecond: Math.round((count / seconds) * 100) / 100 }))
    .sort((a, b) => b.perSecond - a.perSecond || (a.route < b.route ? -1 : 1));
}
