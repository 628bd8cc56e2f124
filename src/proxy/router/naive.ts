// The law that the indexed table is held to: all groups in Kong's order, the first whose conditions hold. No index, and
// its own reading of the conditions, straight from the entity.
import type { Route } from '../../kong/entity.ts';
import { compileRegex } from '../../kong/regex.ts';
import type { MatchInput } from '../compile/compiled.ts';
import { groupPaths, parseName, routeRank } from './entries.ts';
import { compareRanks, type Rank } from './table.ts';

export interface NaiveMatch {
  readonly routeId: string;
  readonly prefixLength: number;
}

function nameIsOneOf(name: string, port: number, patterns: readonly string[]): boolean {
  return patterns.map(parseName).some((pattern) => {
    if (pattern.port !== 0 && pattern.port !== port) return false;
    if (pattern.kind === 'exact') return name === pattern.text;
    return pattern.kind === 'suffix' ? name.endsWith(pattern.text) : name.startsWith(pattern.text);
  });
}

function holdsWithoutPath(route: Route, input: MatchInput): boolean {
  if (route.methods?.length && !route.methods.includes(input.method)) return false;
  if (route.hosts?.length && !nameIsOneOf(input.host, input.hostPort, route.hosts)) return false;
  if (route.snis?.length && input.isTls && !nameIsOneOf(input.serverName, 0, route.snis)) return false;
  return Object.entries(route.headers ?? {}).every(([name, values]) => {
    const sent = input.headerValues(name.toLowerCase()).map((value) => value.toLowerCase());
    return values.some((value) =>
      value.startsWith('~*')
        ? sent.some((each) => compileRegex(value.slice(2)).matcher(each).find())
        : sent.includes(value.toLowerCase()),
    );
  });
}

/** Length of the match in bytes, or -1. */
function matchLength(path: string, text: string, isRegex: boolean): number {
  if (!isRegex) return path.startsWith(text) ? text.length : -1;
  const decoded = Buffer.from(path, 'latin1').toString('utf8');
  const matcher = compileRegex(text).matcher(decoded);
  return matcher.lookingAt() ? Buffer.byteLength(matcher.group(0) ?? '') : -1;
}

export function matchNaively(routes: readonly Route[], input: MatchInput, path: string): NaiveMatch | null {
  const groups: (Rank & {
    readonly route: Route;
    readonly isRegex: boolean;
    readonly paths: readonly string[];
  })[] = [];
  for (const route of routes) {
    const base = routeRank(route);
    if (!route.paths?.length) {
      groups.push({ high: base, low: 0, groupId: route.id, pathIndex: 0, route, isRegex: false, paths: [] });
      continue;
    }
    for (const { groupId, isRegex, length, paths } of groupPaths(route.id, route.paths)) {
      const low = isRegex ? route.regex_priority : length;
      groups.push({ high: base + Number(isRegex), low, groupId, pathIndex: 0, route, isRegex, paths });
    }
  }
  for (const { route, isRegex, paths } of groups.sort(compareRanks)) {
    if (!holdsWithoutPath(route, input)) continue;
    if (paths.length === 0) return { routeId: route.id, prefixLength: 0 };
    for (const text of paths) {
      const length = matchLength(path, text, isRegex);
      if (length >= 0) return { routeId: route.id, prefixLength: length };
    }
  }
  return null;
}
