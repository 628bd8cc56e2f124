// Finding the route of a request in a table: the entry of the highest rank that holds, looked for only where it can be.
import type { CompiledRoute, MatchInput, RouteMatch } from '../compile/compiled.ts';
import {
  type Bucket,
  emptyHash,
  type FewBucket,
  fewEntry,
  fewLiteral,
  fewRoute,
  fewStart,
  fewStride,
  hashStep,
  isFew,
  keyLengthMax,
  literalKey,
  plainBit,
} from './bucket.ts';
import { byteLength, textOf } from './byte-text.ts';
import { type Findings, recordCaptures } from './compile-expression.ts';
import { conditionsHold, pathMatches, portMatches } from './conditions.ts';
import type { HostMap } from './host-map.ts';
import { compareRanks, type Entry, type RouteTable } from './table.ts';

function holds(entry: Entry, input: MatchInput, path: string): boolean {
  if (!portMatches(entry, input) || !pathMatches(entry, path)) return false;
  return entry.conditions === null || conditionsHold(entry.conditions, input, path);
}

/** Lists are in order of rank: the first that holds is the best, and nothing behind `best` matters. */
function bestOfList(
  list: readonly Entry[],
  best: Entry | null,
  input: MatchInput,
  path: string,
): Entry | null {
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]!;
    if (best !== null && compareRanks(best.rank, entry.rank) <= 0) return best;
    if (holds(entry, input, path)) return entry;
  }
  return best;
}

/** Hashes of the path's beginnings by their length, as far as the request under way has needed them. */
let beginnings = new Int32Array(1024);
let beginningsOf = '';
let beginningsKnown = -1;

function hashOfBeginning(path: string, length: number): number {
  if (path !== beginningsOf) {
    beginningsOf = path;
    beginningsKnown = 0;
    beginnings[0] = emptyHash;
  }
  if (length > beginningsKnown) {
    if (length >= beginnings.length) {
      const longer = new Int32Array(2 * length);
      longer.set(beginnings);
      beginnings = longer;
    }
    let hash = beginnings[beginningsKnown]!;
    for (let i = beginningsKnown; i < length; i++) {
      hash = hashStep(hash, path.charCodeAt(i));
      beginnings[i + 1] = hash;
    }
    beginningsKnown = length;
  }
  return beginnings[length]!;
}

/** Of a plain entry that is the best the route is in `into` already, and the entry itself has not been looked at. */
function bestOfFew(
  few: FewBucket,
  best: Entry | null,
  input: MatchInput,
  path: string,
  into: RouteMatch,
): Entry | null {
  const { length } = path;
  for (let i = fewStart; i < few.length; i += fewStride) {
    const key = few[i] as number;
    const literalLength = key & keyLengthMax;
    if (literalLength !== keyLengthMax) {
      if (literalLength > length) continue;
      if (literalKey(literalLength, hashOfBeginning(path, literalLength)) !== (key & ~plainBit)) continue;
    }
    const entry = few[i + fewEntry] as Entry;
    if (best !== null && compareRanks(best.rank, entry.rank) <= 0) return best;
    if ((key & plainBit) === 0) {
      if (!holds(entry, input, path)) continue;
      into.route = null;
      return entry;
    }
    if (!path.startsWith(few[i + fewLiteral] as string)) continue;
    into.route = few[i + fewRoute] as CompiledRoute;
    into.prefixLength = literalLength;
    return entry;
  }
  return best;
}

function bestOfBucket(
  bucket: Bucket,
  before: Entry | null,
  input: MatchInput,
  path: string,
  into: RouteMatch,
): Entry | null {
  if (isFew(bucket)) return bestOfFew(bucket, before, input, path, into);
  let best = before;
  const { lengthCounts, byLiteral } = bucket;
  const longest = Math.min(path.length, lengthCounts.length - 1);
  for (let length = 0; length <= longest; length++) {
    if (lengthCounts[length]! === 0) continue;
    const list = byLiteral.get(hashOfBeginning(path, length));
    if (list !== undefined) best = bestOfList(list, best, input, path);
  }
  if (best !== before) into.route = null;
  return best;
}

function bestOfHost(
  hosts: HostMap,
  key: string,
  best: Entry | null,
  input: MatchInput,
  path: string,
  into: RouteMatch,
): Entry | null {
  const bucket = hosts.get(key);
  return bucket === undefined ? best : bestOfBucket(bucket, best, input, path, into);
}

/** The best entry, or null. `into.route` is null but where that is a plain one. */
function findEntry(table: RouteTable, input: MatchInput, path: string, into: RouteMatch): Entry | null {
  const { host } = input;
  let best = bestOfHost(table.exactHosts, host, null, input, path, into);
  if (table.suffixHosts.size > 0)
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1))
      best = bestOfHost(table.suffixHosts, host.slice(dot), best, input, path, into);
  if (table.prefixHosts.size > 0)
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1))
      best = bestOfHost(table.prefixHosts, host.slice(0, dot + 1), best, input, path, into);
  return bestOfBucket(table.anyHost, best, input, path, into);
}

/** Captures are worth handing on where there are groups: 0 is the whole. */
export function useFindings({ pathLength, captures }: Findings, into: RouteMatch): void {
  into.prefixLength = Math.max(0, pathLength);
  if (captures === null) return;
  for (const name in captures) {
    if (name === '0') continue;
    into.captures = captures;
    return;
  }
}

/** Length of what the regular expression matched, in bytes, and its groups. */
function findInPath(entry: Entry, path: string): Findings {
  const findings: Findings = { pathLength: -1, captures: null };
  const regex = entry.regex!;
  const matcher = regex.matcher(textOf(path));
  if (!matcher.find()) return findings;
  findings.pathLength = byteLength(matcher.group(0) ?? '');
  if (matcher.groupCount() > 0) recordCaptures(regex, matcher, findings);
  return findings;
}

function findByExpression(entry: Entry, input: MatchInput, path: string): Findings {
  const findings: Findings = { pathLength: -1, captures: null };
  entry.conditions!.expression!(input, path, findings);
  return findings;
}

/** `path` is normalised. Returns whether a route was found. */
export function matchRoute(table: RouteTable, input: MatchInput, path: string, into: RouteMatch): boolean {
  into.captures = null;
  into.prefixLength = 0;
  into.route = null;
  const entry = findEntry(table, input, path, into);
  if (entry === null) return false;
  if (into.route !== null) return true;
  into.route = entry.route;
  into.prefixLength = 0;
  if (entry.regex !== null) useFindings(findInPath(entry, path), into);
  else if (entry.hasPath) into.prefixLength = entry.literal.length;
  else if (entry.conditions !== null && entry.conditions.expression !== null)
    useFindings(findByExpression(entry, input, path), into);
  return true;
}
