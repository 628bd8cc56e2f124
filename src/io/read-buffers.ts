// What connections read into. What was read is dealt with before anything else is read on the thread, so one buffer serves
// many connections: memory and the processor's cache hold a few pages instead of one for each of them, and a connection
// that comes and goes makes nothing for the collector. Only where a write could not hand everything to the kernel do bytes
// stay in use beyond the call. Then the buffer is left to the connection that read them, which has it to itself from then
// on, and the others go on with a fresh one.

const sharersMax = 32;
/** Node adds a listener for each change of buffer and drops none: a connection that has seen so many gets its own. */
const movesMax = 64;

/** Counted by every write that keeps its bytes beyond the call. */
let keptCount = 0;

export function noteKept(): void {
  keptCount++;
}

/** To be compared with what it is later. */
export function keptSoFar(): number {
  return keptCount;
}

export interface Reader {
  /** null: its buffer is its own. */
  readers: ReaderGroup | null;
  /** In its group. */
  readerIndex: number;
  moveCount: number;
  /** From now on reads go to bytes[headroom, end). `room` is that part. */
  readInto(bytes: Buffer, room: Buffer): void;
}

/** Connections that share a buffer. */
export class ReaderGroup {
  private bytes: Buffer;
  private room: Buffer;
  private readonly buffers: ReadBuffers;
  private readonly members: Reader[] = [];
  /** In the list of those that have room for another member; -1: it is full. */
  openIndex = -1;

  constructor(buffers: ReadBuffers) {
    this.buffers = buffers;
    this.bytes = buffers.create();
    this.room = this.bytes.subarray(buffers.headroomBytes);
  }

  get size(): number {
    return this.members.length;
  }

  add(reader: Reader): void {
    reader.readers = this;
    reader.readerIndex = this.members.length;
    this.members.push(reader);
    reader.readInto(this.bytes, this.room);
  }

  remove(reader: Reader): void {
    const last = this.members.pop()!;
    if (last !== reader) {
      this.members[reader.readerIndex] = last;
      last.readerIndex = reader.readerIndex;
    }
    reader.readers = null;
    this.buffers.left(this);
  }

  /** Bytes that `keeper` read are still in use: they are its own now. */
  leaveBufferTo(keeper: Reader): void {
    if (keeper.readers === this) this.remove(keeper);
    this.bytes = this.buffers.create();
    this.room = this.bytes.subarray(this.buffers.headroomBytes);
    for (let i = this.members.length - 1; i >= 0; i--) this.move(this.members[i]!);
  }

  private move(reader: Reader): void {
    if (++reader.moveCount < movesMax) {
      reader.readInto(this.bytes, this.room);
      return;
    }
    this.remove(reader);
    const own = this.buffers.create();
    reader.readInto(own, own.subarray(this.buffers.headroomBytes));
  }
}

export class ReadBuffers {
  /** Before what is read. */
  readonly headroomBytes: number;
  private readonly readBytes: number;
  private readonly open: ReaderGroup[] = [];

  constructor(headroomBytes: number, readBytes: number) {
    this.headroomBytes = headroomBytes;
    this.readBytes = readBytes;
  }

  create(): Buffer {
    return Buffer.allocUnsafeSlow(this.headroomBytes + this.readBytes);
  }

  join(reader: Reader): void {
    const group = this.open.at(-1) ?? this.opened(new ReaderGroup(this));
    group.add(reader);
    if (group.size === sharersMax) this.closed(group);
  }

  /** Somebody has left the group. */
  left(group: ReaderGroup): void {
    if (group.size === 0) {
      // The last one stays for whoever comes next.
      if (this.open.length > 1) this.closed(group);
      else if (group.openIndex < 0) this.opened(group);
    } else if (group.openIndex < 0) this.opened(group);
  }

  private opened(group: ReaderGroup): ReaderGroup {
    group.openIndex = this.open.length;
    this.open.push(group);
    return group;
  }

  private closed(group: ReaderGroup): void {
    if (group.openIndex < 0) return;
    const last = this.open.pop()!;
    if (last !== group) {
      this.open[group.openIndex] = last;
      last.openIndex = group.openIndex;
    }
    group.openIndex = -1;
  }
}
