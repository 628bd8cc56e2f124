// The law that the indexed table is held to: all ways to all routes in Kong's order, the first whose conditions hold. No
// index, and its own reading of the conditions, straight from the entity.
import { contains, parseIpAddress, parseIpNetwork } from '../../base/ip-address.ts';
import type { Route, RouteAddress } from '../../kong/entity.ts';
import { readExpression } from '../../kong/expressions/check.ts';
import { compileRegex } from '../../kong/regex.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { MatchInput } from '../compile/compiled.ts';
import { groupPaths, isStreamRoute, lowerPattern, parseName, routeEntries, routeRank } from './entries.ts';
import { evaluateNaively } from './naive-expression.ts';
import { compareRanks, type Rank } from './table.ts';
import { matchTraditionalNaively } from './traditional/naive.ts';

export interface NaiveMatch {
  readonly routeId: string;
  readonly prefixLength: number;
}

export type NaiveRouter = (input: MatchInput, path: string) => NaiveMatch | null;

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

type HeaderTest = (input: MatchInput) => boolean;

function headerTest(name: string, values: readonly string[]): HeaderTest {
  const folded = name.toLowerCase().replaceAll('-', '_');
  const tests = values.map((value) => {
    if (!value.startsWith('~*')) return (sent: string) => sent === value.toLowerCase();
    const regex = compileRegex(lowerPattern(value.slice(2)));
    return (sent: string) => regex.matcher(sent).find();
  });
  return (input) => {
    const sent = input.foldedHeaderValues(folded).map((value) => decode(value).toLowerCase());
    return sent.some((value) => tests.some((test) => test(value)));
  };
}

/** One way to a route with its rank: the length of what it takes from the path, or -1. */
interface Way extends Rank {
  readonly route: Route;
  readonly length: (input: MatchInput, path: string) => number;
}

function conditionsTest(route: Route): (input: MatchInput) => boolean {
  const headers = Object.entries(route.headers ?? {}).map(([name, values]) => headerTest(name, values));
  const names = route.snis?.map((sni) => sni.replace(/(?<=.)\.$/, '')) ?? [];
  return (input) => {
    if (route.methods?.length && !route.methods.includes(input.method)) return false;
    if (route.hosts?.length && !nameIsOneOf(input.host, input.hostPort, route.hosts)) return false;
    if (names.length > 0 && input.isTls && !nameIsOneOf(input.serverName, 0, names)) return false;
    const { sources, destinations } = route;
    if (sources?.length && !addressIsOneOf(input.clientAddress, input.clientPort, sources)) return false;
    if (destinations?.length && !addressIsOneOf(input.serverAddress, input.hostPort, destinations))
      return false;
    return headers.every((test) => test(input));
  };
}

function pathLength(text: string, isRegex: boolean): (path: string) => number {
  if (!isRegex) return (path) => (path.startsWith(text) ? text.length : -1);
  const regex = compileRegex(`^${text}`);
  return (path) => {
    const matcher = regex.matcher(decode(path));
    return matcher.find() ? Buffer.byteLength(matcher.group(0) ?? '') : -1;
  };
}

function expressionWay(route: Route, text: string): Way {
  const read = readExpression(text, isStreamRoute(route) ? 'stream' : 'http', true);
  if (!read.ok) throw new Error(read.error);
  // 0xFF in the highest byte of the word, whose highest 13 bits are `high`.
  const rank = { high: 0b1111_1111_00000, low: route.priority ?? 0, groupId: route.id, pathIndex: 0 };
  return {
    ...rank,
    route,
    length(input, path) {
      const trail = { pathLength: -1 };
      return evaluateNaively(read.value, input, path, trail) ? Math.max(0, trail.pathLength) : -1;
    },
  };
}

function attributeWays(route: Route): readonly Way[] {
  const holds = conditionsTest(route);
  const whole = (rank: { readonly high: number; readonly low: number }): readonly Way[] => [
    { ...rank, groupId: route.id, pathIndex: 0, route, length: (input) => (holds(input) ? 0 : -1) },
  ];
  if (isStreamRoute(route)) {
    const { high, low } = routeEntries(route, { id: route.id } as never)[0]!.rank;
    return whole({ high, low });
  }
  const base = routeRank(route);
  if (!route.paths?.length) return whole({ high: base, low: 0 });
  return groupPaths(route.id, route.paths).map(({ groupId, isRegex, length, paths }) => {
    const lengths = paths.map((text) => pathLength(text, isRegex));
    return {
      high: base + Number(isRegex),
      low: isRegex ? route.regex_priority : length,
      groupId,
      pathIndex: 0,
      route,
      length: (input, path) =>
        holds(input) ? (lengths.map((each) => each(path)).find((matched) => matched >= 0) ?? -1) : -1,
    };
  });
}

export function createNaiveRouter(
  routes: readonly Route[],
  flavor: RouterFlavor = 'traditional_compatible',
): NaiveRouter {
  if (flavor === 'traditional') return (input, path) => matchTraditionalNaively(routes, input, path);
  const ways = routes
    .flatMap((route) =>
      flavor === 'expressions' && route.expression
        ? [expressionWay(route, route.expression)]
        : attributeWays(route),
    )
    .sort(compareRanks);
  return (input, path) => {
    for (const { route, length } of ways) {
      if (flavor === 'expressions' && !schemeAllowed(route, input)) continue;
      const prefixLength = length(input, path);
      if (prefixLength >= 0) return { routeId: route.id, prefixLength };
    }
    return null;
  };
}
