// The peer with the least of something first, and the one least lately chosen among equals; those that may not be used
// stay where they are and are passed by.
import type { Peer } from './peer.ts';

export interface HeapEntry {
  peer: Peer;
  /** What is to be small. */
  key: number;
  /** When it was chosen last. */
  chosen: number;
  /** Its place in the heap; -1 = not in it. */
  index: number;
}

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  return a.key < b.key || (a.key === b.key && a.chosen < b.chosen);
}

export class PeerHeap<Entry extends HeapEntry> {
  readonly #entries: Entry[] = [];

  add(entry: Entry): void {
    entry.index = this.#entries.length;
    this.#entries.push(entry);
    this.#rise(entry);
  }

  remove(entry: Entry): void {
    const { index } = entry;
    const last = this.#entries.pop()!;
    entry.index = -1;
    if (last === entry) return;
    this.#put(last, index);
    this.moved(last);
  }

  /** To be called when the key or `chosen` of an entry has changed. */
  moved(entry: Entry): void {
    if (entry.index < 0) return;
    this.#rise(entry);
    this.#sink(entry);
  }

  /** The first that `accepts`; others cost time in proportion to how many of them are before it. */
  first(accepts: (peer: Peer) => boolean): Entry | null {
    const entries = this.#entries;
    if (entries.length === 0) return null;
    if (accepts(entries[0]!.peer)) return entries[0]!;
    let best: Entry | null = null;
    const open = [1, 2];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const entry = entries[at];
      // What stands below an entry is not before it.
      if (entry === undefined || (best !== null && !isBefore(entry, best))) continue;
      if (accepts(entry.peer)) best = entry;
      else open.push(2 * at + 1, 2 * at + 2);
    }
    return best;
  }

  #put(entry: Entry, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }

  #rise(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#entries[(entry.index - 1) >> 1]!;
      if (!isBefore(entry, parent)) return;
      const { index } = parent;
      this.#put(parent, entry.index);
      this.#put(entry, index);
    }
  }

  #sink(entry: Entry): void {
    const entries = this.#entries;
    for (;;) {
      const left = 2 * entry.index + 1;
      if (left >= entries.length) return;
      const right = left + 1;
      const child = right < entries.length && isBefore(entries[right]!, entries[left]!) ? right : left;
      const other = entries[child]!;
      if (!isBefore(other, entry)) return;
      this.#put(other, entry.index);
      this.#put(entry, child);
    }
  }
}
