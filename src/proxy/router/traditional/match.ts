// Finding a route in the flavour `traditional`. What the request could be about is found first (its hits); each category is then
// tried first with the entries of the narrowest hit, and then with all: so Kong does, and it shows.
import type { MatchInput, RouteMatch } from '../../compile/compiled.ts';
import { byteLength, textOf } from '../byte-text.ts';
import { type Findings, recordCaptures } from '../compile-expression.ts';
import { kinds, portKey, type TraditionalEntry } from './entry.ts';
import { type Asked, askedOf, entryMatches, wildcardMatches } from './rules.ts';
import type { Category, TraditionalTable } from './table.ts';

export interface Hits {
  /** Kinds of attributes that some route has and the request seems to meet. */
  readonly mask: number;
  /** The first wildcard that fits, where no plain host does; else as sent. */
  readonly host: string;
  readonly header: string | null;
  readonly uri: string | null;
}

function uriHit(table: TraditionalTable, path: string): string | null {
  for (const { value, literal, regex } of table.regexes)
    if (path.startsWith(literal) && regex.matcher(textOf(path)).lookingAt()) return value;
  for (const length of table.prefixLengths) {
    if (length > path.length) continue;
    const prefix = path.slice(0, length);
    if (table.prefixes.has(prefix)) return prefix;
  }
  return null;
}

function hitsOf(table: TraditionalTable, asked: Asked): Hits {
  const { input, rawHost, host: name, hostWithPort, path } = asked;
  let mask = 0;
  let host = rawHost;
  if (rawHost !== '') {
    if (table.plainHosts.has(hostWithPort) || table.plainHosts.has(name)) mask |= kinds.host;
    else {
      const wildcard = table.wildcardHosts.find((each) => wildcardMatches(each, hostWithPort));
      if (wildcard !== undefined) [mask, host] = [mask | kinds.host, wildcard.value];
    }
  }
  const header = table.headerNames.find((each) => input.foldedHeaderValues(each).length > 0) ?? null;
  if (header !== null) mask |= kinds.header;
  const uri = uriHit(table, path);
  if (uri !== null) mask |= kinds.uri;
  if (table.methods.has(input.method)) mask |= kinds.method;
  if (table.serverNames.has(input.serverName)) mask |= kinds.sni;
  // Of streams: whether an address is met is asked of each entry.
  if (table.hasSources) mask |= kinds.source;
  if (table.hasDestinations) mask |= kinds.destination;
  return { mask, host, header, uri };
}

/** The shortest of the lists that the hits lead to; a header's before all others. */
function narrowed(category: Category, hits: Hits, asked: Asked): readonly TraditionalEntry[] {
  const { input } = asked;
  const lists: (readonly TraditionalEntry[] | undefined)[] = [];
  const { mask } = category;
  if ((mask & kinds.host) !== 0) lists.push(category.byHost.get(hits.host));
  if ((mask & kinds.header) !== 0 && hits.header !== null) {
    const list = category.byHeader.get(hits.header);
    if (list !== undefined) return list;
  }
  if ((mask & kinds.uri) !== 0 && hits.uri !== null) lists.push(category.byUri.get(hits.uri));
  if ((mask & kinds.method) !== 0) lists.push(category.byMethod.get(input.method));
  if ((mask & kinds.sni) !== 0) lists.push(category.byServerName.get(input.serverName));
  if ((mask & kinds.source) !== 0)
    lists.push(
      category.bySource.get(input.clientAddress) ?? category.bySource.get(portKey(input.clientPort)),
    );
  if ((mask & kinds.destination) !== 0)
    lists.push(
      category.byDestination.get(input.serverAddress) ?? category.byDestination.get(portKey(input.hostPort)),
    );
  let shortest: readonly TraditionalEntry[] | null = null;
  for (const list of lists)
    if (list !== undefined && (shortest === null || list.length < shortest.length)) shortest = list;
  return shortest ?? [];
}

function find(table: TraditionalTable, asked: Asked): TraditionalEntry | null {
  const hits = hitsOf(table, asked);
  if (hits.mask === 0) return null;
  const start = table.categories.findIndex(({ mask }) => mask === hits.mask);
  for (const category of table.categories.slice(Math.max(0, start))) {
    for (const entry of narrowed(category, hits, asked)) if (entryMatches(entry, asked)) return entry;
    for (const entry of category.all) if (entryMatches(entry, asked)) return entry;
  }
  return null;
}

/** What an entry's path leaves behind; 0 is the whole path, as this flavour has it. */
export function useEntry({ route, uri }: TraditionalEntry, path: string, into: RouteMatch): void {
  into.route = route;
  if (uri === null) return;
  into.prefixLength = uri.value.length;
  if (uri.regex === null) return;
  const matcher = uri.regex.matcher(textOf(path));
  if (!matcher.lookingAt()) return;
  into.prefixLength = byteLength(matcher.group(0) ?? '');
  if (matcher.groupCount() === 0) return;
  const findings: Findings = { pathLength: 0, captures: null };
  recordCaptures(uri.regex, matcher, findings);
  findings.captures!['0'] = textOf(path);
  into.captures = findings.captures;
}

/** `path` is normalised. Returns whether a route was found. */
export function matchTraditional(
  table: TraditionalTable,
  input: MatchInput,
  path: string,
  into: RouteMatch,
): boolean {
  into.route = null;
  into.captures = null;
  into.prefixLength = 0;
  const entry = find(table, askedOf(input, path));
  if (entry === null) return false;
  useEntry(entry, path, into);
  return true;
}
