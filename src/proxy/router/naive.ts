// The law that the indexed table is held to: all groups in Kong's order, the first whose conditions hold. No index, and
// its own reading of the conditions, straight from the entity.
import { contains, parseIpAddress, parseIpNetwork } from '../../base/ip-address.ts';
import type { Route, RouteAddress } from '../../kong/entity.ts';
import { readExpression } from '../../kong/expressions/check.ts';
import { compileRegex } from '../../kong/regex.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { MatchInput } from '../compile/compiled.ts';
import { groupPaths, isStreamRoute, lowerPattern, parseName, routeEntries, routeRank } from './entries.ts';
import { evaluateNaively } from './naive-expression.ts';
import { compareRanks, type Rank } from './table.ts';

export interface NaiveMatch {
  readonly routeId: string;
  readonly prefixLength: number;
}

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

function nameIsOneOf(name: string, port: number, patterns: readonly string[]): boolean {
  return patterns.map(parseName).some((pattern) => {
    if (pattern.port !== 0 && pattern.port !== port) return false;
    if (pattern.kind === 'exact') return name === pattern.text;
    return pattern.kind === 'suffix' ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
  });
}

function addressIsOneOf(text: string, port: number, configured: readonly RouteAddress[]): boolean {
  return configured.some((each) => {
    if (each.port && each.port !== port) return false;
    const address = parseIpAddress(text);
    return !each.ip || (address !== null && contains(parseIpNetwork(each.ip)!, address));
  });
}

function schemeAllowed(route: Route, input: MatchInput): boolean {
  if (['https', 'tls', 'tls_passthrough'].includes(route.protocols.join())) return true;
  const names: Record<string, string> = { grpc: 'http', grpcs: 'https', tls_passthrough: 'tcp' };
  return route.protocols.some((protocol) => (names[protocol] ?? protocol) === input.scheme);
}

function holdsWithoutPath(route: Route, input: MatchInput): boolean {
  if (route.methods?.length && !route.methods.includes(input.method)) return false;
  if (route.hosts?.length && !nameIsOneOf(input.host, input.hostPort, route.hosts)) return false;
  const names = route.snis?.map((sni) => sni.replace(/(?<=.)\.$/, '')) ?? [];
  if (names.length > 0 && input.isTls && !nameIsOneOf(input.serverName, 0, names)) return false;
  if (route.sources?.length && !addressIsOneOf(input.clientAddress, input.clientPort, route.sources))
    return false;
  if (route.destinations?.length && !addressIsOneOf(input.serverAddress, input.hostPort, route.destinations))
    return false;
  return Object.entries(route.headers ?? {}).every(([name, values]) => {
    const folded = name.toLowerCase().replaceAll('-', '_');
    const sent = input.headerValues(folded).map((value) => decode(value).toLowerCase());
    return values.some((value) =>
      value.startsWith('~*')
        ? sent.some((each) => compileRegex(lowerPattern(value.slice(2))).matcher(each).find())
        : sent.includes(value.toLowerCase()),
    );
  });
}

/** Length of the match in bytes, or -1. */
function matchLength(path: string, text: string, isRegex: boolean): number {
  if (!isRegex) return path.startsWith(text) ? text.length : -1;
  const matcher = compileRegex(text).matcher(decode(path));
  return matcher.lookingAt() ? Buffer.byteLength(matcher.group(0) ?? '') : -1;
}

/** One way to a route with its rank: the length of what it takes from the path, or -1. */
interface Way extends Rank {
  readonly route: Route;
  readonly length: (input: MatchInput, path: string) => number;
}

function expressionWay(route: Route, text: string): Way {
  const read = readExpression(text, isStreamRoute(route) ? 'stream' : 'http', true);
  if (!read.ok) throw new Error(read.error);
  // 0xFF in the highest byte of the word, whose highest 13 bits are `high`.
  const rank = { high: 0b1111_1111_0_0000, low: route.priority ?? 0, groupId: route.id, pathIndex: 0 };
  return {
    ...rank,
    route,
    length(input, path) {
      const trail = { pathLength: -1 };
      return evaluateNaively(read.value, input, path, trail) ? Math.max(0, trail.pathLength) : -1;
    },
  };
}

function waysOf(route: Route, flavor: RouterFlavor): readonly Way[] {
  if (flavor === 'expressions' && route.expression) return [expressionWay(route, route.expression)];
  if (isStreamRoute(route)) {
    const { high, low } = routeEntries(route, { id: route.id } as never, flavor)[0]!;
    return [{ high, low, groupId: route.id, pathIndex: 0, route, length: () => 0 }];
  }
  const base = routeRank(route);
  if (!route.paths?.length)
    return [{ high: base, low: 0, groupId: route.id, pathIndex: 0, route, length: () => 0 }];
  return groupPaths(route.id, route.paths).map(({ groupId, isRegex, length, paths }) => ({
    high: base + Number(isRegex),
    low: isRegex ? route.regex_priority : length,
    groupId,
    pathIndex: 0,
    route,
    length: (_input: MatchInput, path: string) =>
      paths.map((text) => matchLength(path, text, isRegex)).find((matched) => matched >= 0) ?? -1,
  }));
}

export function matchNaively(
  routes: readonly Route[],
  input: MatchInput,
  path: string,
  flavor: RouterFlavor = 'traditional_compatible',
): NaiveMatch | null {
  const ways = routes.flatMap((route) => waysOf(route, flavor));
  for (const { route, length } of ways.sort(compareRanks)) {
    const isExpression = flavor === 'expressions' && Boolean(route.expression);
    if (!isExpression && !holdsWithoutPath(route, input)) continue;
    if (flavor === 'expressions' && !schemeAllowed(route, input)) continue;
    const prefixLength = length(input, path);
    if (prefixLength >= 0) return { routeId: route.id, prefixLength };
  }
  return null;
}
