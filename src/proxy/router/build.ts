// Changing a route table: only the buckets of the hosts concerned are copied.

import {
  type Bucket,
  emptyBucket,
  type FewBucket,
  hashLiteral,
  type IndexedBucket,
  isFew,
  packFew,
  unpackFew,
} from './bucket.ts';
import { bytesOf, textOf } from './byte-text.ts';
import { canBeFiled, isByHeader, isFewByHeader, packByHeader, unpackByHeader } from './header-bucket.ts';
import { HeaderEdit } from './header-edit.ts';
import { insertionPoint } from './insertion-point.ts';
import { ShardedMap, type ShardedMapEdit } from './sharded-map.ts';
import { compareRanks, type Entry, type RouteTable } from './table.ts';

/** Up to here a bucket is one list that is walked in order. */
const fewMax = 16;

/**
 * What a look into a bucket touches is made together and so lies together in memory: the text of the entity is somewhere among
 * everything else of the config.
 */
function ownCopy(text: string): string {
  return textOf(Buffer.from(bytesOf(text), 'latin1').toString('latin1'));
}

/** A bucket in the making. */
class BucketEdit {
  /** All, as long as they are few. */
  #few: Entry[] | null;
  readonly #host: string;
  readonly #indexed: ShardedMap<number, readonly Entry[]>;
  /** Opened when needed: most buckets are small. */
  #opened: ShardedMapEdit<number, readonly Entry[]> | null = null;
  /** null: none that is filed by a header, or few. */
  #headers: HeaderEdit | null;
  readonly #lengthCounts: number[];
  #size: number;

  constructor(from: Bucket, host: string) {
    const parts = partsOf(from);
    this.#host = host;
    this.#few = parts.few;
    this.#headers = parts.headers;
    this.#indexed = parts.indexed?.byLiteral ?? new ShardedMap();
    this.#lengthCounts = parts.indexed?.lengthCounts.slice() ?? [];
    this.#size = parts.indexed?.size ?? 0;
  }

  get #byLiteral(): ShardedMapEdit<number, readonly Entry[]> {
    this.#opened ??= this.#indexed.edit();
    return this.#opened;
  }

  #addIndexed(entry: Entry): void {
    if (canBeFiled(entry)) {
      this.#headers ??= new HeaderEdit([], null);
      this.#headers.add(entry);
      return;
    }
    this.#size++;
    const key = hashLiteral(entry.literal);
    const list = this.#byLiteral.get(key) ?? [];
    this.#byLiteral.set(key, list.toSpliced(insertionPoint(list, entry), 0, entry));
    const { length } = entry.literal;
    while (this.#lengthCounts.length <= length) this.#lengthCounts.push(0);
    this.#lengthCounts[length]!++;
  }

  add(entry: Entry): void {
    if (this.#few === null) {
      this.#addIndexed(entry);
      return;
    }
    this.#few.splice(insertionPoint(this.#few, entry), 0, entry);
    if (this.#few.length <= fewMax) return;
    for (const each of this.#few) this.#addIndexed(each);
    this.#few = null;
  }

  remove(entry: Entry): void {
    if (this.#few !== null) {
      const at = this.#few.indexOf(entry);
      if (at !== -1) this.#few.splice(at, 1);
      return;
    }
    if (canBeFiled(entry)) {
      this.#headers?.remove(entry);
      return;
    }
    const key = hashLiteral(entry.literal);
    const list = this.#byLiteral.get(key) ?? [];
    const at = list.indexOf(entry);
    if (at === -1) return;
    if (list.length === 1) this.#byLiteral.delete(key);
    else this.#byLiteral.set(key, list.toSpliced(at, 1));
    this.#lengthCounts[entry.literal.length]!--;
    this.#size--;
  }

  finish(): Bucket | null {
    const host = ownCopy(this.#host);
    if (this.#few !== null) return this.#few.length === 0 ? null : finishFew(host, this.#few);
    const rest =
      this.#size === 0
        ? packFew(host, [])
        : {
            host,
            byLiteral: this.#byLiteral.finish(),
            lengthCounts: this.#lengthCounts,
            size: this.#size,
          };
    const filed = this.#headers?.finish();
    if (filed !== undefined && filed.byHeader.size > 0) return { host, ...filed, rest };
    return this.#size === 0 ? null : rest;
  }
}

/** Fewer than these are found as fast by a walk. */
const filedMin = 4;

function finishFew(host: string, few: readonly Entry[]): Bucket {
  const filed = few.filter(canBeFiled);
  if (filed.length < filedMin) return packFew(host, few);
  return {
    host,
    ...packByHeader(filed),
    rest: packFew(
      host,
      few.filter((entry) => !canBeFiled(entry)),
    ),
  };
}

interface BucketParts {
  readonly few: Entry[] | null;
  readonly headers: HeaderEdit | null;
  readonly indexed: IndexedBucket | null;
}

function partsOf(bucket: Bucket): BucketParts {
  if (isFew(bucket)) return { few: unpackFew(bucket), headers: null, indexed: null };
  if (!isByHeader(bucket)) return { few: null, headers: null, indexed: bucket };
  const { names, byHeader, rest } = bucket;
  if (!isFewByHeader(byHeader))
    return { few: null, headers: new HeaderEdit(names, byHeader), indexed: isFew(rest) ? null : rest };
  const few = [...unpackByHeader(byHeader), ...unpackFew(rest as FewBucket)];
  return { few: few.sort((a, b) => compareRanks(a.rank, b.rank)), headers: null, indexed: null };
}

export interface TableEdit {
  add(entry: Entry): void;
  /** The same object that was added. */
  remove(entry: Entry): void;
  /** Finishes at most one bucket a call, for building in slices; null: call again. */
  finish(): RouteTable | null;
}

export function editTable(table: RouteTable): TableEdit {
  const maps = {
    exact: table.exactHosts.edit(),
    suffix: table.suffixHosts.edit(),
    prefix: table.prefixHosts.edit(),
  };
  const open = new Map<
    string,
    { readonly bucket: BucketEdit; readonly store: (bucket: Bucket | null) => void }
  >();
  let { anyHost } = table;

  const bucketOf = (entry: Entry): BucketEdit => {
    const { host } = entry;
    const key = host === null ? '' : `${host.kind} ${host.text}`;
    const found = open.get(key);
    if (found !== undefined) return found.bucket;
    let opened: { readonly bucket: BucketEdit; readonly store: (bucket: Bucket | null) => void };
    if (host === null) {
      const store = (bucket: Bucket | null): void => {
        anyHost = bucket ?? emptyBucket;
      };
      opened = { bucket: new BucketEdit(anyHost, ''), store };
    } else {
      const map = maps[host.kind];
      const store = (bucket: Bucket | null): void => {
        if (bucket === null) map.delete(host.text);
        else map.set(bucket);
      };
      opened = { bucket: new BucketEdit(map.get(host.text) ?? emptyBucket, host.text), store };
    }
    open.set(key, opened);
    return opened.bucket;
  };

  return {
    add: (entry) => bucketOf(entry).add(entry),
    remove: (entry) => bucketOf(entry).remove(entry),
    finish() {
      for (const [key, { bucket, store }] of open) {
        store(bucket.finish());
        open.delete(key);
        if (open.size > 0) return null;
      }
      return {
        exactHosts: maps.exact.finish(),
        suffixHosts: maps.suffix.finish(),
        prefixHosts: maps.prefix.finish(),
        anyHost,
      };
    },
  };
}
