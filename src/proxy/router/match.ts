// Finding the route of a request in a table: the entry of the highest rank that holds, looked for only where it can be.
import type { MatchInput, RouteMatch } from '../compile/compiled.ts';
import { conditionsHold, pathMatches, pathText, portMatches } from './conditions.ts';
import type { ShardedMap } from './sharded-map.ts';
import { type Bucket, compareRanks, type Entry, emptyHash, hashStep, type RouteTable } from './table.ts';

/** Lists are in order of rank: the first that holds is the best, and nothing behind `best` matters. */
function bestOfList(
  list: readonly Entry[],
  best: Entry | null,
  input: MatchInput,
  path: string,
): Entry | null {
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]!;
    if (best !== null && compareRanks(best, entry) <= 0) return best;
    if (portMatches(entry, input) && pathMatches(entry, path) && conditionsHold(entry.conditions, input))
      return entry;
  }
  return best;
}

function bestOfBucket(bucket: Bucket, before: Entry | null, input: MatchInput, path: string): Entry | null {
  if (bucket.few !== null) return bestOfList(bucket.few, before, input, path);
  let best = before;
  let hash = emptyHash;
  const { lengthCounts, byLiteral } = bucket;
  const longest = Math.min(path.length, lengthCounts.length - 1);
  for (let length = 0; ; length++) {
    if (lengthCounts[length]! > 0) {
      const list = byLiteral.get(hash);
      if (list !== undefined) best = bestOfList(list, best, input, path);
    }
    if (length >= longest) return best;
    hash = hashStep(hash, path.charCodeAt(length));
  }
}

function bestOfHost(
  hosts: ShardedMap<string, Bucket>,
  key: string,
  best: Entry | null,
  input: MatchInput,
  path: string,
): Entry | null {
  const bucket = hosts.get(key);
  return bucket === undefined ? best : bestOfBucket(bucket, best, input, path);
}

/** The best entry, or null. */
export function findEntry(table: RouteTable, input: MatchInput, path: string): Entry | null {
  const { host } = input;
  let best = bestOfHost(table.exactHosts, host, null, input, path);
  if (table.suffixHosts.size > 0)
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1))
      best = bestOfHost(table.suffixHosts, host.slice(dot), best, input, path);
  if (table.prefixHosts.size > 0)
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1))
      best = bestOfHost(table.prefixHosts, host.slice(0, dot + 1), best, input, path);
  return table.anyHost.size > 0 ? bestOfBucket(table.anyHost, best, input, path) : best;
}

/** Length of what the regular expression matched, in bytes, and its groups. */
function fillCaptures(entry: Entry, path: string, into: RouteMatch): void {
  const text = pathText(path);
  const matcher = entry.regex!.matcher(text);
  if (!matcher.lookingAt()) return;
  const whole = matcher.group(0) ?? '';
  into.prefixLength = text === path ? whole.length : Buffer.byteLength(whole, 'utf8');
  // Names are the route's to choose, and asked for by plugins: nothing may be inherited.
  const captures: Record<string, string> = Object.create(null) as Record<string, string>;
  let hasAny = false;
  for (let i = 1; i <= matcher.groupCount(); i++) {
    const value = matcher.group(i);
    if (value === null || value === undefined) continue;
    captures[i] = value;
    hasAny = true;
  }
  const names = entry.regex!.namedGroups();
  for (const name of Object.keys(names)) {
    const value = matcher.group(names[name]!);
    if (value !== null && value !== undefined) captures[name] = value;
  }
  into.captures = hasAny ? captures : null;
}

/** `path` is normalised. Returns whether a route was found. */
export function matchRoute(table: RouteTable, input: MatchInput, path: string, into: RouteMatch): boolean {
  const entry = findEntry(table, input, path);
  into.captures = null;
  into.prefixLength = 0;
  if (entry === null) {
    into.route = null;
    return false;
  }
  into.route = entry.route;
  if (entry.regex !== null) fillCaptures(entry, path, into);
  else if (entry.hasPath) into.prefixLength = entry.literal.length;
  return true;
}
