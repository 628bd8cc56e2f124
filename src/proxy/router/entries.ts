// A route as entries: Kong's flavour traditional_compatible, which splits a route by kind and length of its paths and
// ranks the parts by a priority word.
import { uuid5 } from '../../base/hash.ts';
import type { Route } from '../../kong/entity.ts';
import { compileRegex } from '../../kong/regex.ts';
import type { CompiledRoute } from '../compile/compiled.ts';
import { pathBytes } from './normalise.ts';
import type { Conditions, Entry, HeaderCondition, NamePattern } from './table.ts';

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

export function headerConditions(headers: NonNullable<Route['headers']>): readonly HeaderCondition[] {
  return Object.entries(headers).map(([name, values]) => ({
    name: name.toLowerCase(),
    values: values.filter((value) => !value.startsWith('~*')).map((value) => value.toLowerCase()),
    patterns: values.filter((value) => value.startsWith('~*')).map((value) => compileRegex(value.slice(2))),
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
    const text = isRegex ? path.slice(1) : pathBytes(path);
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

/** What every match of the pattern starts with. */
export function regexLiteral(pattern: string): { readonly literal: string; readonly isWhole: boolean } {
  let literal = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\') i++;
    else if (char === '[') return { literal: hasBar(pattern) ? '' : prefixOf(pattern), isWhole: false };
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) return { literal: '', isWhole: false };
  }
  literal = prefixOf(pattern);
  return { literal, isWhole: isPlainWithEnd(pattern) };
}

function hasBar(pattern: string): boolean {
  return pattern.includes('|');
}

/** Plain characters and escaped punctuation up to the first operator. */
function prefixOf(pattern: string): string {
  let literal = '';
  let last = '';
  for (let i = 0; i < pattern.length; i++) {
    let char = pattern[i]!;
    if (char === '\\') {
      const next = pattern[++i] ?? '';
      if (!/[!-/:-@[-`{-~]/.test(next)) break;
      char = next;
    } else if ('*?{'.includes(char)) {
      return literal;
    } else if ('.+[]()^$|}'.includes(char)) break;
    literal += last;
    last = char;
  }
  return literal + last;
}

/** '/plain/path$': can be compared without running anything. */
function isPlainWithEnd(pattern: string): boolean {
  return pattern.endsWith('$') && /^(?:[A-Za-z0-9/_~\-%:@!&',;=]|\\[.\-+$()*[\]{}|?^/])*\$$/.test(pattern);
}

interface PathPart {
  readonly literal: string;
  readonly isExact: boolean;
  readonly regex: Entry['regex'];
}

function pathPart(text: string, isRegex: boolean): PathPart {
  if (!isRegex) return { literal: text, isExact: false, regex: null };
  const { literal, isWhole } = regexLiteral(text);
  if (isWhole) return { literal: pathBytes(literal), isExact: true, regex: null };
  // Without the whole surrogate pair a literal could end in the middle of a character.
  const safe = literal.replace(/[\ud800-\udbff]$/, '');
  return { literal: pathBytes(safe), isExact: false, regex: compileRegex(text) };
}

export function conditionsOf(route: Route): Conditions {
  return {
    methods: (route.methods?.length ?? 0) > 0 ? route.methods : null,
    headers: Object.keys(route.headers ?? {}).length > 0 ? headerConditions(route.headers!) : null,
    serverNames:
      (route.snis?.length ?? 0) > 0 ? route.snis!.map((sni) => parseName(sni.replace(/\.$/, ''))) : null,
  };
}

const streamProtocols = new Set(['tcp', 'udp', 'tls', 'tls_passthrough']);

/** Every way to reach the route. Throws when a pattern does not compile (the schema has refused such routes). */
export function routeEntries(route: Route, compiled: CompiledRoute): readonly Entry[] {
  if (route.protocols.every((protocol) => streamProtocols.has(protocol))) return [];
  const conditions = conditionsOf(route);
  const base = routeRank(route);
  const hosts = (route.hosts?.length ?? 0) > 0 ? route.hosts!.map(parseName) : [null];
  const hasPath = (route.paths?.length ?? 0) > 0;
  const groups: readonly PathGroup[] = hasPath
    ? groupPaths(route.id, route.paths!)
    : [{ groupId: route.id, isRegex: false, length: 0, paths: [''] }];
  const entries: Entry[] = [];
  for (const { groupId, isRegex, length, paths } of groups) {
    const isRegexGroup = hasPath && isRegex;
    paths.forEach((text, pathIndex) => {
      const part = pathPart(text, isRegexGroup);
      for (const host of hosts)
        entries.push({
          high: base + Number(isRegexGroup),
          low: isRegexGroup ? route.regex_priority : length,
          groupId,
          pathIndex,
          route: compiled,
          host,
          ...part,
          hasPath,
          conditions,
        });
    });
  }
  return entries;
}
