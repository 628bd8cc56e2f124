// A route of the flavour traditional_compatible as the expressions that Kong makes of it, with the word that each is ranked by:
// what a route becomes when its gateway moves to expressions, and a second reading of what it means.
import type { Route, RouteAddress } from '../../kong/entity.ts';
import { textOf } from './byte-text.ts';
import { anchored, groupPaths, lowerPattern, parseName, routeRank, withoutEndDot } from './entries.ts';

export interface RouteExpression {
  /** The route's, or made from it where the route is split by kind and length of its paths. */
  readonly id: string;
  /** 64 bits; higher is tried first, then the larger id. */
  readonly priority: bigint;
  readonly text: string;
}

function quoted(text: string): string {
  if (!text.includes('"#')) return `r#"${text}"#`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const anyOf = (predicates: readonly string[]): string => `(${predicates.join(' || ')})`;

function hostPredicate(host: string): string {
  const { kind, text, port } = parseName(host);
  const operator = kind === 'exact' ? '==' : kind === 'suffix' ? '=^' : '^=';
  const name = `http.host ${operator} ${quoted(text)}`;
  return port === 0 ? name : `(${name} && net.dst.port == ${port})`;
}

function serverNamePredicate(name: string): string {
  const { kind, text } = parseName(withoutEndDot(name));
  return `tls.sni ${kind === 'exact' ? '==' : kind === 'suffix' ? '=^' : '^='} ${quoted(text)}`;
}

function headerPredicate(name: string, value: string): string {
  const field = `any(lower(http.headers.${name.toLowerCase().replaceAll('-', '_')}))`;
  return value.startsWith('~*')
    ? `${field} ~ ${quoted(lowerPattern(value.slice(2)))}`
    : `${field} == ${quoted(value.toLowerCase())}`;
}

function addressPredicate(side: 'src' | 'dst', { ip, port }: RouteAddress): string {
  const address = ip ? `net.${side}.ip ${ip.includes('/') ? 'in' : '=='} ${ip}` : '';
  const place = port ? `net.${side}.port == ${port}` : '';
  return address !== '' && place !== '' ? `(${address} && ${place})` : address + place;
}

/** Everything but the path. */
function sharedConditions(route: Route): string[] {
  const { methods, hosts, headers, snis, sources, destinations } = route;
  const conditions: string[] = [];
  if (snis?.length) {
    const scheme = route.protocols.some((protocol) => /^(http|https|grpc|grpcs)$/.test(protocol))
      ? 'https'
      : 'tls';
    conditions.push(anyOf([`net.protocol != ${quoted(scheme)}`, anyOf(snis.map(serverNamePredicate))]));
  }
  if (sources?.length) conditions.push(anyOf(sources.map((each) => addressPredicate('src', each))));
  if (destinations?.length) conditions.push(anyOf(destinations.map((each) => addressPredicate('dst', each))));
  if (methods?.length) conditions.push(anyOf(methods.map((method) => `http.method == ${quoted(method)}`)));
  if (hosts?.length) conditions.push(anyOf(hosts.map(hostPredicate)));
  for (const [name, values] of Object.entries(headers ?? {}))
    conditions.push(anyOf(values.map((value) => headerPredicate(name, value))));
  return conditions;
}

const lowBits = 51n;
const regexPriorityShift = 19n;

/** Of routes of HTTP that have an attribute. */
export function expressionsOf(route: Route): readonly RouteExpression[] {
  const shared = sharedConditions(route);
  const base = BigInt(routeRank(route)) << lowBits;
  if (!route.paths?.length) return [{ id: route.id, priority: base, text: shared.join(' && ') }];
  return groupPaths(route.id, route.paths).map(({ groupId, isRegex, length, paths }) => {
    const predicates = paths.map((path) =>
      isRegex ? `http.path ~ ${quoted(anchored(path))}` : `http.path ^= ${quoted(textOf(path))}`,
    );
    const low = isRegex
      ? (1n << lowBits) | (BigInt(route.regex_priority) << regexPriorityShift)
      : BigInt(length);
    return { id: groupId, priority: base | low, text: [...shared, anyOf(predicates)].join(' && ') };
  });
}
