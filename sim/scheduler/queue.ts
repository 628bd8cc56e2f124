// The event queue: a 4-ary heap over two number columns, ordered by (virtual microsecond, tie-break, sequence). The last
// two share one exact double. Cancelled entries stay until they are due or until they outnumber the live ones.

const tieBits = 20;
const sequenceSpan = 0x100000000;

/** One scheduled call. */
export class Entry {
  readonly timeUs: number;
  /** Tie-break above, sequence number below. */
  readonly key: number;
  readonly sequence: number;
  /** Sequence number of the event that scheduled it; 0 = from outside the run. */
  readonly cause: number;
  /** Key of the lane it belongs to. */
  readonly lane: number;
  run: (() => void) | null;
  private readonly queue: EventQueue;

  constructor(
    queue: EventQueue,
    timeUs: number,
    tie: number,
    sequence: number,
    cause: number,
    lane: number,
    run: () => void,
  ) {
    this.queue = queue;
    this.timeUs = timeUs;
    this.key = (tie >>> (32 - tieBits)) * sequenceSpan + sequence;
    this.sequence = sequence;
    this.cause = cause;
    this.lane = lane;
    this.run = run;
  }

  /** May be called any number of times, also after it ran. */
  cancel(): void {
    if (this.run === null) return;
    this.run = null;
    this.queue.cancelled();
  }
}

export class EventQueue {
  private times = new Float64Array(1024);
  private keys = new Float64Array(1024);
  private entries: Entry[] = [];
  private dead = 0;

  /** Live and cancelled entries together. */
  get size(): number {
    return this.entries.length;
  }

  get live(): number {
    return this.entries.length - this.dead;
  }

  push(entry: Entry): void {
    const { entries } = this;
    if (entries.length === this.times.length) this.grow();
    entries.push(entry);
    this.siftUp(entries.length - 1, entry);
  }

  /** Time of the first live entry; Infinity when there is none. */
  peekUs(): number {
    while (this.entries.length > 0 && this.entries[0]!.run === null) {
      this.removeFirst();
      this.dead--;
    }
    return this.entries.length === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  /** The first live entry, taken out. Call after `peekUs` said there is one. */
  pop(): Entry {
    return this.removeFirst();
  }

  cancelled(): void {
    this.dead++;
    if (this.dead > 4096 && this.dead * 2 > this.entries.length) this.compact();
  }

  private removeFirst(): Entry {
    const { entries } = this;
    const first = entries[0]!;
    const last = entries.pop()!;
    if (entries.length > 0) this.siftDown(0, last);
    return first;
  }

  private siftUp(from: number, entry: Entry): void {
    const { times, keys, entries } = this;
    const { timeUs, key } = entry;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentUs = times[parent]!;
      if (parentUs < timeUs || (parentUs === timeUs && keys[parent]! < key)) break;
      times[at] = parentUs;
      keys[at] = keys[parent]!;
      entries[at] = entries[parent]!;
      at = parent;
    }
    times[at] = timeUs;
    keys[at] = key;
    entries[at] = entry;
  }

  private siftDown(from: number, entry: Entry): void {
    const { times, keys, entries } = this;
    const { timeUs, key } = entry;
    const length = entries.length;
    let at = from;
    for (;;) {
      const firstChild = at * 4 + 1;
      if (firstChild >= length) break;
      let best = firstChild;
      let bestUs = times[best]!;
      const end = firstChild + 4 < length ? firstChild + 4 : length;
      for (let child = firstChild + 1; child < end; child++) {
        const childUs = times[child]!;
        if (childUs < bestUs || (childUs === bestUs && keys[child]! < keys[best]!)) {
          best = child;
          bestUs = childUs;
        }
      }
      if (timeUs < bestUs || (timeUs === bestUs && key < keys[best]!)) break;
      times[at] = bestUs;
      keys[at] = keys[best]!;
      entries[at] = entries[best]!;
      at = best;
    }
    times[at] = timeUs;
    keys[at] = key;
    entries[at] = entry;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    const keys = new Float64Array(this.keys.length * 2);
    times.set(this.times);
    keys.set(this.keys);
    this.times = times;
    this.keys = keys;
  }

  private compact(): void {
    const alive = this.entries.filter((entry) => entry.run !== null);
    this.entries = [];
    this.dead = 0;
    for (const entry of alive) this.push(entry);
  }
}
