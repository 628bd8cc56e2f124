// Buckets by host: a hash table that shares its pages with its earlier versions. Of our own, because a look into it is on the
// way of every request: one hash, and few lines of memory touched.
import { type Bucket, hostOf } from './bucket.ts';
import { ShardedMap, type ShardedMapEdit } from './sharded-map.ts';

/** Hash and bucket, pair by pair, open addressing; at most half full. */
type Page = readonly (number | Bucket | undefined)[];
type OwnPage = (number | Bucket | undefined)[];

const pageBits = 8;
const pageCount = 1 << pageBits;
const emptyPage: Page = [undefined, undefined];
const smallestPage = 16;
/**
 * So many places are looked at. Hosts that are made to collide go to a map of the runtime, whose hashes nobody can foretell: they
 * must not slow down the others.
 */
const probesMax = 32;

const prime = 0x01000193;

/** FNV-1a in two halves that do not wait for each other. */
export function hashOfHost(host: string): number {
  let even = 0x811c9dc5 | 0;
  let odd = even;
  const last = host.length - 1;
  let i = 0;
  for (; i < last; i += 2) {
    even = Math.imul(even ^ host.charCodeAt(i), prime);
    odd = Math.imul(odd ^ host.charCodeAt(i + 1), prime);
  }
  if (i === last) even = Math.imul(even ^ host.charCodeAt(i), prime);
  const both = even ^ Math.imul(odd, prime);
  return both ^ (both >>> 15);
}

/** Index of the pair that holds the host, or of the free one where it would stand; -1: too far. */
function placeOf(page: Page, hash: number, host: string): number {
  const mask = page.length - 2;
  let at = (hash >>> (pageBits - 1)) & mask;
  for (let probes = 0; probes < probesMax; probes++) {
    const bucket = page[at + 1] as Bucket | undefined;
    if (bucket === undefined || (page[at] === hash && hostOf(bucket) === host)) return at;
    at = (at + 2) & mask;
  }
  return -1;
}

function find(pages: readonly Page[], host: string): Bucket | undefined {
  const hash = hashOfHost(host);
  const page = pages[hash & (pageCount - 1)]!;
  const at = placeOf(page, hash, host);
  return at < 0 ? undefined : (page[at + 1] as Bucket | undefined);
}

export class HostMap {
  private readonly pages: readonly Page[];
  private readonly crowded: ShardedMap<string, Bucket>;
  readonly size: number;

  constructor(
    pages: readonly Page[] = new Array<Page>(pageCount).fill(emptyPage),
    crowded: ShardedMap<string, Bucket> = new ShardedMap(),
    size = 0,
  ) {
    this.pages = pages;
    this.crowded = crowded;
    this.size = size;
  }

  get(host: string): Bucket | undefined {
    const found = find(this.pages, host);
    if (found !== undefined || this.crowded.size === 0) return found;
    return this.crowded.get(host);
  }

  edit(): HostMapEdit {
    return new HostMapEdit(this.pages, this.crowded.edit(), this.size);
  }
}

/** A change in the making: copies what it touches once. */
export class HostMapEdit {
  private readonly pages: Page[];
  private readonly crowded: ShardedMapEdit<string, Bucket>;
  /** Buckets in the pages that are ours. */
  private readonly counts = new Map<number, number>();
  private size: number;

  constructor(pages: readonly Page[], crowded: ShardedMapEdit<string, Bucket>, size: number) {
    this.pages = pages.slice();
    this.crowded = crowded;
    this.size = size;
  }

  get(host: string): Bucket | undefined {
    return find(this.pages, host) ?? this.crowded.get(host);
  }

  private own(index: number): OwnPage {
    const page = this.pages[index]!;
    if (this.counts.has(index)) return page as OwnPage;
    const copy = page === emptyPage ? freeSlots(smallestPage) : page.slice();
    this.counts.set(index, bucketsOf(copy).length);
    this.pages[index] = copy;
    return copy;
  }

  set(bucket: Bucket): void {
    const host = hostOf(bucket);
    const isNew = this.get(host) === undefined;
    if (isNew) this.size++;
    if (this.crowded.get(host) !== undefined) {
      this.crowded.set(host, bucket);
      return;
    }
    const hash = hashOfHost(host);
    const index = hash & (pageCount - 1);
    const page = this.own(index);
    const at = placeOf(page, hash, host);
    if (at < 0) {
      this.crowded.set(host, bucket);
      return;
    }
    page[at] = hash;
    page[at + 1] = bucket;
    if (!isNew) return;
    const count = this.counts.get(index)! + 1;
    this.counts.set(index, count);
    // Places are pairs: half full is a quarter of the length.
    if (count * 4 > page.length) this.refill(index, page.length * 2, bucketsOf(page));
  }

  delete(host: string): void {
    if (this.get(host) === undefined) return;
    this.size--;
    if (this.crowded.get(host) !== undefined) {
      this.crowded.delete(host);
      return;
    }
    const index = hashOfHost(host) & (pageCount - 1);
    const page = this.own(index);
    this.refill(
      index,
      page.length,
      bucketsOf(page).filter((bucket) => hostOf(bucket) !== host),
    );
  }

  private refill(index: number, length: number, buckets: readonly Bucket[]): void {
    const page = freeSlots(length);
    let count = 0;
    for (const bucket of buckets) {
      const host = hostOf(bucket);
      const hash = hashOfHost(host);
      const at = placeOf(page, hash, host);
      if (at < 0) {
        this.crowded.set(host, bucket);
        continue;
      }
      page[at] = hash;
      page[at + 1] = bucket;
      count++;
    }
    this.pages[index] = page;
    this.counts.set(index, count);
  }

  /** The edit must not be used any more. */
  finish(): HostMap {
    return new HostMap(this.pages, this.crowded.finish(), this.size);
  }
}

function freeSlots(length: number): OwnPage {
  return new Array<undefined>(length).fill(undefined);
}

function bucketsOf(page: Page): readonly Bucket[] {
  return page.filter((slot): slot is Bucket => typeof slot === 'object');
}
