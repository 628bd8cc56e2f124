// Counters that all workers share, in a bounded table of words: groups of 15 entries behind one small lock, found by a
// 64-bit hash. An entry whose window is over is free for reuse; in a full group the entry that counted least makes room, so
// that a client with ever new names pushes out its own and not the busy ones of others.
import type { SharedWords } from '../../../ports/shared.ts';

/** A group: the lock, three words of padding, then entries of [hash, hash, end in seconds, count]. */
const groupWords = 64;
const entryWords = 4;
const firstEntry = 4;
/** A holder needs well under a microsecond; one that died must not stop the others. */
const spinsMax = 20_000;

export class CounterTable {
  readonly #words: SharedWords;
  readonly #groups: number;

  constructor(words: SharedWords) {
    this.#words = words;
    this.#groups = Math.floor(words.length / groupWords);
  }

  get capacity(): number {
    return this.#groups * ((groupWords - firstEntry) / entryWords);
  }

  /**
   * Counts one if fewer than `limit` are counted in the window that ends at `endMs`. Returns how many had been counted
   * before; a result of `limit` or more means refused, and nothing was counted.
   */
  take(hashA: number, hashB: number, wallMs: number, endMs: number, limit: number): number {
    if (this.#groups === 0) return 0;
    const words = this.#words;
    const base = this.#lock(hashA);
    const entry = claimEntry(words, base, hashA | 0, hashB | 0, wallMs, endMs);
    const before = words[entry + 3]!;
    if (before < limit) words[entry + 3] = before + 1;
    Atomics.store(words, base, 0);
    return before;
  }

  /** Takes back one that was counted. */
  giveBack(hashA: number, hashB: number, wallMs: number, endMs: number): void {
    if (this.#groups === 0) return;
    const words = this.#words;
    const base = this.#lock(hashA);
    const entry = claimEntry(words, base, hashA | 0, hashB | 0, wallMs, endMs);
    if (words[entry + 3]! > 0) words[entry + 3] = words[entry + 3]! - 1;
    Atomics.store(words, base, 0);
  }

  /** Entries whose window is not over yet: for metrics, walks the whole table. */
  liveEntries(wallMs: number): number {
    const now = Math.floor(wallMs / 1000);
    let live = 0;
    for (let group = 0; group < this.#groups; group++) {
      const base = group * groupWords;
      for (let entry = base + firstEntry; entry < base + groupWords; entry += entryWords) {
        if (Atomics.load(this.#words, entry + 2) >>> 0 > now) live++;
      }
    }
    return live;
  }

  /** The group of the hash, locked. */
  #lock(hashA: number): number {
    const base = ((hashA >>> 0) % this.#groups) * groupWords;
    let spins = 0;
    while (Atomics.compareExchange(this.#words, base, 0, 1) !== 0 && ++spins < spinsMax);
    return base;
  }
}

function claimEntry(
  words: SharedWords,
  base: number,
  hashA: number,
  hashB: number,
  wallMs: number,
  endMs: number,
): number {
  const now = Math.floor(wallMs / 1000);
  const end = Math.ceil(endMs / 1000);
  let victim = base + firstEntry;
  let victimCount = Number.POSITIVE_INFINITY;
  let victimEnd = Number.POSITIVE_INFINITY;
  for (let entry = base + firstEntry; entry < base + groupWords; entry += entryWords) {
    // Unsigned seconds: good until 2106.
    const entryEnd = words[entry + 2]! >>> 0;
    if (words[entry] === hashA && words[entry + 1] === hashB && entryEnd === end) return entry;
    const count = entryEnd <= now ? -1 : words[entry + 3]!;
    if (count < victimCount || (count === victimCount && entryEnd < victimEnd)) {
      victimCount = count;
      victimEnd = entryEnd;
      victim = entry;
    }
  }
  words[victim] = hashA;
  words[victim + 1] = hashB;
  words[victim + 2] = end;
  words[victim + 3] = 0;
  return victim;
}
