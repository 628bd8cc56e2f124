// The table of the flavour `traditional`: entries by category, and in each by what they ask for. It is made anew for a change,
// in steps; only the order of entries is taken over.
import type { RE2JS } from 're2js';
import { type AddressRule, compareEntries, type TraditionalEntry, type WildcardHost } from './entry.ts';

/** Entries of the same kinds of attributes, each list in order of rank. */
export interface Category {
  readonly mask: number;
  readonly weight: number;
  readonly all: TraditionalEntry[];
  readonly byHost: Map<string, TraditionalEntry[]>;
  readonly byHeader: Map<string, TraditionalEntry[]>;
  readonly byUri: Map<string, TraditionalEntry[]>;
  readonly byMethod: Map<string, TraditionalEntry[]>;
  readonly byServerName: Map<string, TraditionalEntry[]>;
  /** By address or network as written, and by ':port'; those with both in one come first. */
  readonly bySource: Map<string, TraditionalEntry[]>;
  readonly byDestination: Map<string, TraditionalEntry[]>;
}

export interface TraditionalTable {
  /** In order of rank. */
  readonly entries: readonly TraditionalEntry[];
  /** Those with more kinds first, then the larger mask. */
  readonly categories: readonly Category[];
  readonly plainHosts: ReadonlySet<string>;
  readonly wildcardHosts: readonly WildcardHost[];
  readonly headerNames: readonly string[];
  readonly prefixes: ReadonlySet<string>;
  /** Longest first. */
  readonly prefixLengths: readonly number[];
  readonly regexes: readonly { readonly value: string; readonly literal: string; readonly regex: RE2JS }[];
  readonly methods: ReadonlySet<string>;
  readonly serverNames: ReadonlySet<string>;
  readonly hasSources: boolean;
  readonly hasDestinations: boolean;
}

/** Entries looked at in one step. */
const entriesPerStep = 64;

function file(map: Map<string, TraditionalEntry[]>, key: string, entry: TraditionalEntry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

function emptyCategory(mask: number, weight: number): Category {
  return {
    mask,
    weight,
    all: [],
    byHost: new Map(),
    byHeader: new Map(),
    byUri: new Map(),
    byMethod: new Map(),
    byServerName: new Map(),
    bySource: new Map(),
    byDestination: new Map(),
  };
}

function fileEntry(category: Category, entry: TraditionalEntry): void {
  category.all.push(entry);
  for (const host of entry.plainHosts) file(category.byHost, host, entry);
  for (const { value } of entry.wildcardHosts) file(category.byHost, value, entry);
  for (const { name } of entry.headers) file(category.byHeader, name, entry);
  if (entry.uri !== null) file(category.byUri, entry.uri.value, entry);
  for (const method of entry.methods) file(category.byMethod, method, entry);
  for (const name of entry.serverNames) file(category.byServerName, name, entry);
  if (entry.source !== null)
    fileAddress(category.bySource, entry.source, entry, ({ source }) => source!.isNarrow);
  if (entry.destination !== null)
    fileAddress(category.byDestination, entry.destination, entry, ({ destination }) => destination!.isNarrow);
}

function fileAddress(
  map: Map<string, TraditionalEntry[]>,
  rule: AddressRule,
  entry: TraditionalEntry,
  narrow: (entry: TraditionalEntry) => boolean,
): void {
  for (const key of rule.keys) {
    const list = map.get(key) ?? [];
    map.set(key, list);
    const firstWide = list.findIndex((each) => !narrow(each));
    if (rule.isNarrow && firstWide >= 0) list.splice(firstWide, 0, entry);
    else list.push(entry);
  }
}

/** Two lists in order as one. */
function* merged(
  left: readonly TraditionalEntry[],
  right: readonly TraditionalEntry[],
): Generator<void, TraditionalEntry[]> {
  const both: TraditionalEntry[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const takesLeft = j >= right.length || (i < left.length && compareEntries(left[i]!, right[j]!) <= 0);
    both.push(takesLeft ? left[i++]! : right[j++]!);
    if (both.length % entriesPerStep === 0) yield;
  }
  return both;
}

/** In order, in steps. */
function* sorted(entries: readonly TraditionalEntry[]): Generator<void, readonly TraditionalEntry[]> {
  let runs: TraditionalEntry[][] = [];
  for (let i = 0; i < entries.length; i += entriesPerStep) {
    runs.push(entries.slice(i, i + entriesPerStep).sort(compareEntries));
    yield;
  }
  while (runs.length > 1) {
    const longer: TraditionalEntry[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      longer.push(i + 1 < runs.length ? yield* merged(runs[i]!, runs[i + 1]!) : runs[i]!);
    runs = longer;
  }
  return runs[0] ?? [];
}

function* indexed(entries: readonly TraditionalEntry[]): Generator<void, TraditionalTable> {
  const categories = new Map<number, Category>();
  const plainHosts = new Set<string>();
  const wildcardHosts = new Map<string, WildcardHost>();
  const headerNames = new Set<string>();
  const prefixes = new Set<string>();
  const regexes = new Map<string, TraditionalTable['regexes'][number]>();
  const methods = new Set<string>();
  const serverNames = new Set<string>();
  let [hasSources, hasDestinations, seen] = [false, false, 0];
  for (const entry of entries) {
    const category = categories.get(entry.category) ?? emptyCategory(entry.category, entry.weight);
    categories.set(entry.category, category);
    fileEntry(category, entry);
    for (const host of entry.plainHosts) plainHosts.add(host);
    for (const host of entry.wildcardHosts)
      if (!wildcardHosts.has(host.value)) wildcardHosts.set(host.value, host);
    for (const { name } of entry.headers) headerNames.add(name);
    if (entry.uri !== null) {
      const { value, literal, regex } = entry.uri;
      if (regex === null) prefixes.add(value);
      else if (!regexes.has(value)) regexes.set(value, { value, literal, regex });
    }
    for (const method of entry.methods) methods.add(method);
    for (const name of entry.serverNames) serverNames.add(name);
    hasSources ||= entry.source !== null;
    hasDestinations ||= entry.destination !== null;
    if (++seen % entriesPerStep === 0) yield;
  }
  return {
    entries,
    categories: [...categories.values()].sort((a, b) => b.weight - a.weight || b.mask - a.mask),
    plainHosts,
    wildcardHosts: [...wildcardHosts.values()],
    headerNames: [...headerNames],
    prefixes,
    prefixLengths: [...new Set([...prefixes].map(({ length }) => length))].sort((a, b) => b - a),
    regexes: [...regexes.values()],
    methods,
    serverNames,
    hasSources,
    hasDestinations,
  };
}

/** The table of `before` without what is removed and with what is added; each step is short. */
export function* changeTable(
  before: TraditionalTable | null,
  removed: ReadonlySet<TraditionalEntry>,
  added: readonly TraditionalEntry[],
): Generator<void, TraditionalTable> {
  const kept: TraditionalEntry[] = [];
  let seen = 0;
  for (const entry of before?.entries ?? []) {
    if (!removed.has(entry)) kept.push(entry);
    if (++seen % (entriesPerStep * 16) === 0) yield;
  }
  return yield* indexed(yield* merged(kept, yield* sorted(added)));
}
