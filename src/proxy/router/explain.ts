// Why a route does not take a request: the first of its conditions that does not hold, in the order in which Kong's expressions
// have them. Asked for on demand: matching itself keeps no notes.
import type { Route } from '../../kong/entity.ts';
import { readExpression } from '../../kong/expressions/check.ts';
import { type Expression, predicatesOf } from '../../kong/expressions/expression.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { CompiledRoute, MatchInput } from '../compile/compiled.ts';
import { compileExpression } from './compile-expression.ts';
import { conditionsHold, nameMatches, pathMatches } from './conditions.ts';
import { conditionsOf, parseName, routeEntries } from './entries.ts';
import { stringReader } from './fields.ts';
import type { Conditions } from './table.ts';
import { type TraditionalEntry, traditionalEntries } from './traditional/entry.ts';
import { askedOf, entryMatches } from './traditional/rules.ts';

export interface Failure {
  /** The route's field, or the predicate of its expression. */
  readonly predicate: string;
  /** What it wants; null: the predicate says it. */
  readonly wanted: unknown;
  /** What the request has. */
  readonly got: unknown;
  /** How many conditions held before it. */
  readonly held: number;
}

interface Check {
  readonly predicate: string;
  readonly wanted: unknown;
  readonly got: unknown;
  readonly holds: boolean;
}

function firstFailure(checks: readonly Check[]): Failure | null {
  const held = checks.findIndex(({ holds }) => !holds);
  if (held < 0) return null;
  const { predicate, wanted, got } = checks[held]!;
  return { predicate, wanted, got, held };
}

const stub = (route: Route): CompiledRoute => ({ id: route.id }) as CompiledRoute;

function headersOf(route: Route, input: MatchInput): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.keys(route.headers ?? {}).map((name) => [
      name,
      input.foldedHeaderValues(name.toLowerCase().replaceAll('-', '_')),
    ]),
  );
}

/** The conditions one at a time, by the same functions that match. */
function rankedChecks(route: Route, flavor: RouterFlavor, input: MatchInput, path: string): readonly Check[] {
  const conditions = conditionsOf(route, flavor);
  const none: Conditions = {
    methods: null,
    headers: null,
    serverNames: null,
    schemes: null,
    sources: null,
    destinations: null,
    expression: null,
  };
  const only = (part: Partial<Conditions>): boolean => conditionsHold({ ...none, ...part }, input, path);
  const part = <Key extends keyof Conditions>(key: Key) => only({ [key]: conditions?.[key] ?? null });
  const hosts = (route.hosts ?? []).map(parseName);
  const hostHolds = hosts.some(
    (host) => nameMatches(host, input.host) && (host.port === 0 || host.port === input.hostPort),
  );
  const pathHolds = routeEntries({ ...route, hosts: null }, stub(route), flavor).some((entry) =>
    pathMatches(entry, path),
  );
  const { serverName, method, clientAddress, serverAddress, hostPort, scheme } = input;
  return [
    { predicate: 'snis', wanted: route.snis, got: serverName, holds: part('serverNames') },
    { predicate: 'sources', wanted: route.sources, got: clientAddress, holds: part('sources') },
    {
      predicate: 'destinations',
      wanted: route.destinations,
      got: serverAddress,
      holds: part('destinations'),
    },
    { predicate: 'methods', wanted: route.methods, got: method, holds: part('methods') },
    {
      predicate: 'hosts',
      wanted: route.hosts,
      got: input.rawHost === '' ? '' : `${input.host}:${hostPort}`,
      holds: hosts.length === 0 || hostHolds,
    },
    { predicate: 'paths', wanted: route.paths, got: path, holds: pathHolds },
    { predicate: 'headers', wanted: route.headers, got: headersOf(route, input), holds: part('headers') },
    { predicate: 'protocols', wanted: route.protocols, got: scheme, holds: part('schemes') },
  ];
}

function traditionalChecks(route: Route, input: MatchInput, path: string): readonly Check[] {
  const asked = askedOf(input, path);
  const entries = traditionalEntries(route, stub(route));
  const bare: Partial<TraditionalEntry> = {
    plainHosts: new Set(),
    wildcardHosts: [],
    headers: [],
    uri: null,
    methods: new Set(),
    serverNames: new Set(),
    source: null,
    destination: null,
  };
  const holds = (...keys: readonly (keyof TraditionalEntry)[]): boolean =>
    entries.some((entry) => {
      const kept = Object.fromEntries(keys.map((key) => [key, entry[key]]));
      return entryMatches({ ...entry, ...bare, ...kept }, asked);
    });
  return [
    { predicate: 'snis', wanted: route.snis, got: input.serverName, holds: holds('serverNames') },
    { predicate: 'methods', wanted: route.methods, got: input.method, holds: holds('methods') },
    {
      predicate: 'hosts',
      wanted: route.hosts,
      got: input.rawHost,
      holds: holds('plainHosts', 'wildcardHosts'),
    },
    { predicate: 'paths', wanted: route.paths, got: path, holds: holds('uri') },
    { predicate: 'headers', wanted: route.headers, got: headersOf(route, input), holds: holds('headers') },
  ];
}

function textOfPart(expression: Expression, text: string): string {
  const parts = [...predicatesOf(expression)];
  const start = Math.min(...parts.map((part) => part.start));
  return text.slice(start, Math.max(...parts.map((part) => part.end)));
}

/** Down to the predicate that decides; of alternatives all of which fail, all of them. */
function expressionChecks(
  expression: Expression,
  text: string,
  input: MatchInput,
  path: string,
): readonly Check[] {
  if (expression.kind === 'and')
    return [
      ...expressionChecks(expression.left, text, input, path),
      ...expressionChecks(expression.right, text, input, path),
    ];
  const holds = compileExpression(expression)(input, path, null);
  const part = textOfPart(expression, text);
  const predicate = expression.kind === 'not' ? `!(${part})` : part;
  const got =
    expression.kind === 'predicate' ? (stringReader(expression.field)?.(input, path) ?? null) : null;
  return [{ predicate, wanted: null, got, holds }];
}

/** null: it would take the request, if no other came before it. */
export function explainRoute(
  route: Route,
  flavor: RouterFlavor,
  input: MatchInput,
  path: string,
): Failure | null {
  if (flavor === 'traditional') return firstFailure(traditionalChecks(route, input, path));
  const { expression } = route;
  if (flavor !== 'expressions' || expression === null || expression === undefined)
    return firstFailure(rankedChecks(route, flavor, input, path));
  const read = readExpression(expression, 'http', true);
  if (!read.ok) return { predicate: expression, wanted: null, got: read.error, held: 0 };
  const schemes =
    conditionsOf({ ...route, headers: null, methods: null, snis: null }, flavor)?.schemes ?? null;
  const protocolCheck: Check = {
    predicate: 'protocols',
    wanted: route.protocols,
    got: input.scheme,
    holds: schemes === null || schemes.includes(input.scheme),
  };
  return firstFailure([...expressionChecks(read.value, expression, input, path), protocolCheck]);
}
