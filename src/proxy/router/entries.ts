// A route as entries: Kong's flavour traditional_compatible, which splits a route by kind and length of its paths and
// ranks the parts by a priority word.
import { uuid5 } from '../../base/hash.ts';
import type { Protocol, Route, RouteAddress } from '../../kong/entity.ts';
import { readExpression } from '../../kong/expressions/check.ts';
import { compileRegex } from '../../kong/regex.ts';
import { type RouterFlavor, routerFlavorDefault } from '../../kong/router-flavor.ts';
import type { CompiledRoute } from '../compile/compiled.ts';
import { addressConditions } from './addresses.ts';
import { bytesOf } from './byte-text.ts';
import { compileExpression } from './compile-expression.ts';
import { placesOf } from './expression-places.ts';
import { regexLiteral } from './regex-literal.ts';
import type { Conditions, Entry, HeaderCondition, NamePattern, Rank } from './table.ts';

/** Kong's namespace for the ids of split routes. */
const splitNamespace = '7f145bf9-0dce-4f91-98eb-debbce4b9f6b';

export function parseName(configured: string): NamePattern {
  const lower = configured.toLowerCase();
  const parts = /^(.*):(\d+)$/.exec(lower);
  const name = parts === null ? lower : parts[1]!;
  const port = parts === null ? 0 : Number(parts[2]);
  if (name.startsWith('*')) return { kind: 'suffix', text: name.slice(1), port };
  if (name.endsWith('*')) return { kind: 'prefix', text: name.slice(0, -1), port };
  return { kind: 'exact', text: name, port };
}

/** Values are compared in lower case, so the pattern is; but `\S` is not `\s`, which it becomes in Kong. */
export function lowerPattern(pattern: string): string {
  return pattern.replace(/\\[\s\S]|[^\\]+/g, (part) => (part.startsWith('\\') ? part : part.toLowerCase()));
}

export function headerConditions(headers: NonNullable<Route['headers']>): readonly HeaderCondition[] {
  return Object.entries(headers).map(([name, values]) => ({
    name: name.toLowerCase().replaceAll('-', '_'),
    values: values.filter((value) => !value.startsWith('~*')).map((value) => bytesOf(value.toLowerCase())),
    patterns: values
      .filter((value) => value.startsWith('~*'))
      .map((value) => compileRegex(lowerPattern(value.slice(2)))),
  }));
}

/** Paths that share one rank. */
export interface PathGroup {
  readonly groupId: string;
  readonly isRegex: boolean;
  /** Byte length of the prefixes; 0 for regular expressions. */
  readonly length: number;
  /** Prefixes as byte strings, or regular expressions without '~'. */
  readonly paths: readonly string[];
}

export function groupPaths(id: string, paths: readonly string[]): readonly PathGroup[] {
  const byLength = new Map<number, string[]>();
  for (const path of paths) {
    const isRegex = path.startsWith('~');
    const text = isRegex ? path.slice(1) : bytesOf(path);
    const length = isRegex ? 0 : text.length;
    const group = byLength.get(length);
    if (group === undefined) byLength.set(length, [text]);
    else group.push(text);
  }
  return [...byLength].map(([length, group], i) => ({
    groupId: byLength.size === 1 ? id : uuid5(splitNamespace, `${id}#${i + 1}`),
    isRegex: length === 0,
    length,
    paths: group,
  }));
}

/** The parts of the priority word that do not depend on the path. */
export function routeRank(route: Route): number {
  const hosts = route.hosts ?? [];
  const headerNames = Object.keys(route.headers ?? {});
  const attributes =
    Number((route.methods?.length ?? 0) > 0) +
    Number(hosts.length > 0) +
    Number(headerNames.length > 0) +
    Number((route.paths?.length ?? 0) > 0) +
    Number((route.snis?.length ?? 0) > 0);
  const isPlain = hosts.length > 0 && hosts.every((host) => !host.includes('*'));
  return ((attributes * 2 + Number(isPlain)) * 256 + Math.min(headerNames.length, 255)) * 2;
}

/** As Kong does it: of alternatives only the first is bound to the beginning. */
export function anchored(pattern: string): string {
  return `^${pattern}`;
}

interface PathPart {
  readonly literal: string;
  readonly isExact: boolean;
  readonly regex: Entry['regex'];
}

function pathPart(text: string, isRegex: boolean): PathPart {
  if (!isRegex) return { literal: text, isExact: false, regex: null };
  const { literal, isWhole } = regexLiteral(text);
  if (isWhole) return { literal: bytesOf(literal), isExact: true, regex: null };
  // Without the whole surrogate pair a literal could end in the middle of a character.
  const safe = literal.replace(/[\ud800-\udbff]$/, '');
  return { literal: bytesOf(safe), isExact: false, regex: compileRegex(anchored(text)) };
}

/** Texts that many routes share, once: '/', '/api'. */
const sharedLiterals = new Map<string, string>();
const sharedLiteralsMax = 1024;
const sharedLiteralLengthMax = 16;

function sharedLiteral(literal: string): string {
  if (literal.length > sharedLiteralLengthMax) return literal;
  const known = sharedLiterals.get(literal);
  if (known !== undefined) return known;
  if (sharedLiterals.size < sharedLiteralsMax) sharedLiterals.set(literal, literal);
  return literal;
}

/** All entries have their fields in one order: see the interface. */
function entryOf(
  rank: Rank,
  { literal, isExact, regex }: PathPart,
  host: NamePattern | null,
  { route, hasPath, conditions }: Pick<Entry, 'route' | 'hasPath' | 'conditions'>,
): Entry {
  return {
    literal: sharedLiteral(literal),
    regex,
    port: host === null ? 0 : host.port,
    conditions,
    route,
    isExact,
    hasPath,
    rank,
    host,
  };
}

/** In the flavour expressions protocols are a condition, but for routes whose plain requests are to be redirected. */
function schemesOf(route: Route, flavor: RouterFlavor): readonly string[] | null {
  if (flavor !== 'expressions') return null;
  const schemes = new Set(route.protocols.map(schemeOfProtocol));
  const [only] = route.protocols;
  if (route.protocols.length === 1 && (only === 'https' || only === 'tls' || only === 'tls_passthrough'))
    return null;
  return schemes.has('http') && schemes.has('https') ? null : [...schemes];
}

function schemeOfProtocol(protocol: Protocol): string {
  if (protocol === 'grpc') return 'http';
  if (protocol === 'grpcs') return 'https';
  return protocol === 'tls_passthrough' ? 'tcp' : protocol;
}

const isFilled = <T>(list: readonly T[] | null | undefined): list is readonly T[] => (list?.length ?? 0) > 0;

/**
 * What many routes ask for in the same words ("GET", "x-version: 2"), once: what is looked at for every request stays where
 * the processor has it at hand.
 */
const sharedConditions = new Map<string, Conditions>();
const sharedConditionsMax = 1024;
const sharedConditionsLengthMax = 256;

/** null: there are none. */
export function conditionsOf(route: Route, flavor: RouterFlavor): Conditions | null {
  const { methods, headers, snis, sources, destinations } = route;
  const schemes = schemesOf(route, flavor);
  const attributes = [methods, headers, snis, sources, destinations, schemes];
  if (attributes.every((attribute) => attribute === null || attribute === undefined)) return null;
  const words = JSON.stringify(attributes);
  const known = sharedConditions.get(words);
  if (known !== undefined) return known;
  const conditions = makeConditions(route, schemes);
  if (
    conditions !== null &&
    words.length <= sharedConditionsLengthMax &&
    sharedConditions.size < sharedConditionsMax
  )
    sharedConditions.set(words, conditions);
  return conditions;
}

function makeConditions(route: Route, schemes: Conditions['schemes']): Conditions | null {
  const { methods, headers, snis, sources, destinations } = route;
  const conditions: Conditions = {
    methods: isFilled(methods) ? methods : null,
    headers: Object.keys(headers ?? {}).length > 0 ? headerConditions(headers!) : null,
    serverNames: isFilled(snis) ? snis.map((sni) => parseName(withoutEndDot(sni))) : null,
    schemes,
    sources: isFilled(sources) ? addressConditions(sources) : null,
    destinations: isFilled(destinations) ? addressConditions(destinations) : null,
    expression: null,
  };
  return Object.values(conditions).every((condition) => condition === null) ? null : conditions;
}

/** The last dot of a fully qualified name is not used for routing. */
export function withoutEndDot(name: string): string {
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}

const streamProtocols = new Set(['tcp', 'udp', 'tls', 'tls_passthrough']);

export function isStreamRoute(route: Route): boolean {
  return route.protocols.some((protocol) => streamProtocols.has(protocol));
}

/** Above every rank of attributes: 0xFF in the highest eight bits of the word. */
const expressionHigh = 0xff << 5;

/** Every way to reach a route by its expression; the ways say where it is looked for, the expression whether it holds. */
function expressionEntries(route: Route, text: string, compiled: CompiledRoute): readonly Entry[] {
  const read = readExpression(text, isStreamRoute(route) ? 'stream' : 'http', true);
  if (!read.ok) throw new Error(read.error);
  const conditions: Conditions = {
    methods: null,
    headers: null,
    serverNames: null,
    schemes: schemesOf(route, 'expressions'),
    sources: null,
    destinations: null,
    expression: compileExpression(read.value),
  };
  const rank = { high: expressionHigh, low: route.priority ?? 0, groupId: route.id };
  return placesOf(read.value).map(({ host, literal }, pathIndex) =>
    entryOf({ ...rank, pathIndex }, { literal, isExact: false, regex: null }, host, {
      route: compiled,
      hasPath: false,
      conditions,
    }),
  );
}

/** Kong's word for streams: server names, or sources with destinations, before the rest; addresses before ports before networks. */
function streamRank({ snis, sources, destinations }: Route): { readonly high: number; readonly low: number } {
  const weight = (list: readonly RouteAddress[] | null | undefined): number => {
    let bits = 0;
    for (const { ip, port } of list ?? []) {
      if (ip !== null && ip !== undefined) bits |= ip.includes('/') ? 1 : 8;
      if (port !== null && port !== undefined) bits |= 4;
    }
    return bits;
  };
  const isFirst = isFilled(snis) || (isFilled(sources) && isFilled(destinations));
  return { high: Number(isFirst), low: weight(sources) * 16 + weight(destinations) };
}

function streamEntries(route: Route, compiled: CompiledRoute, flavor: RouterFlavor): readonly Entry[] {
  const conditions = conditionsOf(route, flavor);
  const rank = { ...streamRank(route), groupId: route.id, pathIndex: 0 };
  const part = { literal: '', isExact: false, regex: null };
  return [entryOf(rank, part, null, { route: compiled, hasPath: false, conditions })];
}

/** Every way to reach the route. Throws when a pattern does not compile (the schema has refused such routes). */
export function routeEntries(
  route: Route,
  compiled: CompiledRoute,
  flavor: RouterFlavor = routerFlavorDefault,
): readonly Entry[] {
  const { expression } = route;
  if (flavor === 'expressions' && expression !== null && expression !== undefined)
    return expressionEntries(route, expression, compiled);
  if (isStreamRoute(route)) return streamEntries(route, compiled, flavor);
  const conditions = conditionsOf(route, flavor);
  const base = routeRank(route);
  const hosts = isFilled(route.hosts) ? route.hosts.map(parseName) : [null];
  const hasPath = isFilled(route.paths);
  const groups: readonly PathGroup[] = hasPath
    ? groupPaths(route.id, route.paths!)
    : [{ groupId: route.id, isRegex: false, length: 0, paths: [''] }];
  const entries: Entry[] = [];
  for (const { groupId, isRegex, length, paths } of groups) {
    const isRegexGroup = hasPath && isRegex;
    paths.forEach((text, pathIndex) => {
      const part = pathPart(text, isRegexGroup);
      const low = isRegexGroup ? route.regex_priority : length;
      const rank = { high: base + Number(isRegexGroup), low, groupId, pathIndex };
      for (const host of hosts)
        entries.push(entryOf(rank, part, host, { route: compiled, hasPath, conditions }));
    });
  }
  return entries;
}
