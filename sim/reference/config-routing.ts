// Where a config sends a request, read naively from Kong's entities by Kong's documented rules: no index, no tables. The
// other side of routing.ts: the two must agree.
import type { GatewayConfig } from '../../src/kong/config.ts';
import type { Plugin, Route } from '../../src/kong/entity.ts';

interface Candidate {
  readonly route: Route;
  readonly path: string;
}

function hostRank({ hosts }: Route, asked: string): number {
  if (hosts === null || hosts.length === 0) return 0;
  let rank = -1;
  for (const host of hosts) {
    if (host === asked) return 2;
    if (host.startsWith('*.') && asked.endsWith(host.slice(1))) rank = 1;
  }
  return rank;
}

function pathMatches(path: string, asked: string): boolean {
  if (!path.startsWith('~')) return asked.startsWith(path);
  try {
    return new RegExp(`^(?:${path.slice(1)})`, 'u').test(asked);
  } catch {
    return false;
  }
}

/** Negative: `a` goes first. The more a route asks for the earlier; regular expressions before prefixes, long before short. */
function compareCandidates(host: string, a: Candidate, b: Candidate): number {
  const isRegex = ({ path }: Candidate): boolean => path.startsWith('~');
  return (
    hostRank(b.route, host) - hostRank(a.route, host) ||
    Number(isRegex(b)) - Number(isRegex(a)) ||
    (isRegex(a) ? b.route.regex_priority - a.route.regex_priority : b.path.length - a.path.length)
  );
}

/** Routes that may answer, the ones that come first in Kong's order; several only where nothing tells them apart. */
export function routesFor(config: GatewayConfig, host: string, path: string): readonly Route[] {
  const found: Candidate[] = [];
  for (const route of config.entities.routes.values()) {
    if (hostRank(route, host) < 0) continue;
    for (const text of route.paths ?? ['/']) if (pathMatches(text, path)) found.push({ route, path: text });
  }
  found.sort((a, b) => compareCandidates(host, a, b));
  const [best] = found;
  if (best === undefined) return [];
  return found.filter((one) => compareCandidates(host, one, best) === 0).map(({ route }) => route);
}

/** 'address:port' of every target that gets requests of a route. */
export function targetsOf({ entities }: GatewayConfig, { service }: Route): readonly string[] {
  const host = service === null ? undefined : entities.services.get(service)?.host;
  const found: string[] = [];
  for (const { id, name } of entities.upstreams.values()) {
    if (name !== host) continue;
    for (const target of entities.targets.values())
      if (target.upstream === id && target.weight > 0) found.push(target.target);
  }
  return found.sort();
}

/** Plugins that act on a route for everybody. */
export function pluginsOn({ entities }: GatewayConfig, route: Route): readonly Plugin[] {
  return [...entities.plugins.values()].filter(
    (plugin) =>
      plugin.enabled &&
      plugin.consumer === null &&
      (plugin.route === null || plugin.route === route.id) &&
      (plugin.service === null || plugin.service === route.service),
  );
}
