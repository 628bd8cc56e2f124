// One direction of one connection: segments in order, each with its time of arrival, and the faults of its link.
import { below, drawAt } from '../scheduler/draws.ts';
import type { Lane, ScheduledEvent, Scheduler } from '../scheduler/scheduler.ts';
import {
  type HeldBuffer,
  headroomBytes,
  overwriteKept,
  releaseBuffer,
  segmentBytes,
  takeBuffer,
} from './buffers.ts';
import type { Link } from './link.ts';
import { discard, type Endpoint, type Segment, type SegmentKind, type Tripwire } from './segment.ts';

/** Unacknowledged data is given up after this long, as Linux does after its 15 retransmissions. */
const retransmissionUsMax = 924_000_000;
/** Pause between two pieces of a cut segment. */
const pieceGapUs = 3;
const chunkStream = 0x5e6;
const joinStream = 0x101e;

export class Pipe {
  readonly scheduler: Scheduler;
  readonly link: Link;
  readonly lane: Lane;
  readonly sender: Endpoint;
  readonly receiver: Endpoint;
  /** Segments handed over so far: the index of the latency draw. */
  sent = 0;
  /** Goes off once; what it is about is in sim/network/faults.ts. */
  trip: Tripwire | null = null;
  /** Bytes sent that the receiver has not taken, as far as the sender knows. */
  outstanding = 0;
  /** Of those, taken; the acknowledgement has not got through. */
  private unacknowledged = 0;
  private queue: Segment[] = [];
  /** Control segments in the queue. */
  private controls = 0;
  private head = 0;
  private lastArrivalUs = 0;
  private pieces = 0;
  private scheduled: ScheduledEvent | null = null;
  private scheduledUs = 0;
  private resetQueued = false;
  private giveUp: ScheduledEvent | null = null;
  private lent: HeldBuffer | null = null;

  constructor(scheduler: Scheduler, link: Link, lane: Lane, sender: Endpoint, receiver: Endpoint) {
    this.scheduler = scheduler;
    this.link = link;
    this.lane = lane;
    this.sender = sender;
    this.receiver = receiver;
  }

  /** Copies `[from, to)` of the caller's bytes into segments. */
  sendBytes(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; at += segmentBytes) {
      const size = Math.min(segmentBytes, to - at);
      const own = takeBuffer(size);
      bytes.copy(own, headroomBytes, at, at + size);
      this.push('data', own, size, null);
    }
  }

  /** Both, as one segment; together at most `segmentBytes`. */
  sendTwo(first: Buffer, second: Buffer): void {
    const size = first.length + second.length;
    const own = takeBuffer(size);
    first.copy(own, headroomBytes);
    second.copy(own, headroomBytes + first.length);
    this.push('data', own, size, null);
  }

  /** Bytes that carry a meaning of their own and arrive in one piece. */
  sendMessage(bytes: Buffer, payload: unknown): void {
    const own = takeBuffer(bytes.length);
    bytes.copy(own, headroomBytes);
    this.push('data', own, bytes.length, payload);
  }

  /** A message without bytes; `size` is what it would take on the wire. */
  sendControl(payload: unknown, size = 0): void {
    this.push('control', null, size, payload);
  }

  sendFin(): void {
    this.push('fin', null, 0, null);
  }

  sendReset(): void {
    if (this.resetQueued) return;
    this.resetQueued = true;
    this.push('reset', null, 0, null);
  }

  /** All that is on its way is lost, and a reset comes; one that is on its way already stays. */
  cut(): void {
    if (this.resetQueued) return;
    this.drop();
    this.sendReset();
  }

  /** A reset is on its way: nothing may take it back. */
  get resetting(): boolean {
    return this.resetQueued;
  }

  /** The receiver's kernel has taken a reset; its process may not have heard of it. */
  get hasReset(): boolean {
    return this.resetQueued && !this.link.blocked && this.lastArrivalUs <= this.scheduler.nowUs;
  }

  get empty(): boolean {
    return this.head >= this.queue.length;
  }

  /** Past link and queue, which has to be empty; false where the receiver takes nothing now. */
  deliverNow(bytes: Buffer): boolean {
    const { receiver } = this;
    if (receiver.closed || !receiver.reading || receiver.life?.paused !== false || this.link.blocked)
      return false;
    const own = takeBuffer(bytes.length);
    bytes.copy(own, headroomBytes);
    this.hand(own, headroomBytes, headroomBytes + bytes.length, null);
    return true;
  }

  /** Bytes have arrived that nobody read. */
  hasUnread(): boolean {
    const first = this.queue[this.head];
    return first !== undefined && first.kind === 'data' && first.arrivalUs <= this.scheduler.nowUs;
  }

  /** The receiver reads again, its process goes on, or its link opened. */
  kick(): void {
    if (this.head < this.queue.length) this.arm();
  }

  linkReleased(earliestUs: number): void {
    this.goOn();
    for (let i = this.head; i < this.queue.length; i++) {
      const segment = this.queue[i]!;
      if (segment.arrivalUs < earliestUs) segment.arrivalUs = earliestUs;
    }
    if (this.lastArrivalUs < earliestUs) this.lastArrivalUs = earliestUs;
    this.scheduled?.cancel();
    this.scheduled = null;
    this.kick();
  }

  /** What was taken while the way back was blocked is now known to the sender. */
  acknowledge(delayUs: number): void {
    this.scheduler.after(
      delayUs,
      () => {
        const size = this.unacknowledged;
        this.unacknowledged = 0;
        this.outstanding = Math.max(0, this.outstanding - size);
        if (!this.link.isWaiting(this)) this.goOn();
        if (!this.sender.closed) this.sender.onRoom();
      },
      this.lane,
    );
  }

  /** Everything on the way is lost. */
  drop(): void {
    for (let i = this.head; i < this.queue.length; i++) discard(this.queue[i]!);
    this.queue = [];
    this.controls = 0;
    this.head = 0;
    this.outstanding = 0;
    this.unacknowledged = 0;
    this.scheduled?.cancel();
    this.scheduled = null;
    this.goOn();
    this.link.forget(this);
  }

  private push(kind: SegmentKind, bytes: Buffer | null, size: number, payload: unknown): void {
    const arrivalUs = Math.max(this.lastArrivalUs, this.link.arrivalUs(size, this.lane.key, this.sent++));
    this.lastArrivalUs = arrivalUs;
    this.outstanding += size;
    const end = headroomBytes + size;
    if (kind === 'control') this.controls++;
    this.queue.push({ kind, bytes, start: headroomBytes, end, size, payload, arrivalUs });
    this.arm();
  }

  private arm(): void {
    const waitsForReset = this.resetQueued && !this.receiver.reading;
    this.armAt(waitsForReset ? this.lastArrivalUs : this.queue[this.head]!.arrivalUs);
  }

  private armAt(dueUs: number): void {
    if (this.scheduled !== null) {
      if (this.scheduledUs <= dueUs) return;
      this.scheduled.cancel();
    }
    this.scheduledUs = dueUs;
    this.scheduled = this.scheduler.at(dueUs, this.pump, this.lane);
  }

  private readonly pump = (): void => {
    this.scheduled = null;
    while (this.head < this.queue.length) {
      const segment = this.queue[this.head]!;
      if (this.link.blocked) {
        this.waitForLink();
        return;
      }
      if (this.receiver.life?.paused === true && !this.receiver.closed) return;
      if (segment.arrivalUs > this.scheduler.nowUs) {
        if (!(this.resetQueued && !this.receiver.reading && this.lastArrivalUs <= this.scheduler.nowUs)) {
          this.arm();
          return;
        }
      }
      if (segment.kind === 'data' && !this.receiver.closed && !this.receiver.reading) {
        if (!this.resetQueued) {
          this.passControls();
          return;
        }
        if (this.lastArrivalUs > this.scheduler.nowUs) {
          this.arm();
          return;
        }
        this.drop();
        this.receiver.onSegmentReset();
        return;
      }
      if (this.deliver(segment)) continue;
      return;
    }
  };

  /** Bytes that nobody reads hold up no news of room behind them: kernels tell each other that, not their processes. */
  private passControls(): void {
    // Thousands of small segments may wait for a reader, and each of them comes by here.
    for (let at = this.head + 1; this.controls > 0 && at < this.queue.length; at++) {
      const segment = this.queue[at]!;
      if (segment.kind !== 'control') continue;
      if (segment.arrivalUs > this.scheduler.nowUs) {
        this.armAt(segment.arrivalUs);
        return;
      }
      this.queue.splice(at--, 1);
      this.controls--;
      if (segment.size > 0) this.took(segment.size);
      this.receiver.onSegmentControl(segment.payload);
    }
  }

  /** False: a piece is left and due a little later. */
  private deliver(segment: Segment): boolean {
    if (this.receiver.closed) {
      this.shift();
      discard(segment);
      this.receiver.onStray(segment.kind);
      return true;
    }
    if (segment.kind === 'data') return this.deliverData(segment);
    this.shift();
    if (segment.kind === 'control') {
      if (segment.size > 0) this.took(segment.size);
      this.receiver.onSegmentControl(segment.payload);
    } else if (segment.kind === 'fin') this.receiver.onSegmentFin();
    else this.receiver.onSegmentReset();
    return true;
  }

  private deliverData(segment: Segment): boolean {
    const max = this.link.profile.segmentBytesMax;
    const size = segment.end - segment.start;
    if (this.trip !== null && segment.payload === null && this.trips(segment, size)) return false;
    if (max > 0 && segment.payload === null) {
      const wanted = 1 + below(drawAt(this.lane.key ^ chunkStream, this.pieces++), max);
      if (wanted < size) {
        this.deliverPiece(segment, wanted);
        return false;
      }
    }
    const following = this.queue[this.head + 1] ?? null;
    if (following !== null && max === 0 && this.joins(segment, following)) {
      this.shift();
      this.deliverJoined(segment, following);
      return true;
    }
    this.deliverWhole(segment, size);
    return true;
  }

  /** True: the wire was in this segment; what lies before it has been delivered. */
  private trips(segment: Segment, size: number): boolean {
    const trip = this.trip!;
    if (size < trip.left) {
      trip.left -= size;
      return false;
    }
    this.trip = null;
    if (trip.left > 0 && trip.left < size) this.deliverPiece(segment, trip.left);
    else if (trip.left === size) this.deliverWhole(segment, size);
    trip.fire();
    if (this.head < this.queue.length) this.arm();
    return true;
  }

  /** Lends the receiver a buffer for the time of the call, or for as long as a write of its that did not fit needs it. */
  private hand(bytes: Buffer, start: number, end: number, payload: unknown): void {
    if (this.lent !== null) overwriteKept(this.lent);
    this.receiver.onSegmentData(bytes, start, end, payload);
    const held = releaseBuffer(bytes, end);
    this.lent = this.receiver.readsInPlace ? held : null;
  }

  private deliverWhole(segment: Segment, size: number): void {
    this.shift();
    this.took(size);
    this.hand(segment.bytes!, segment.start, segment.end, segment.payload);
  }

  /** Bytes that are both there may come out of one read or of two: that is drawn. */
  private joins(segment: Segment, following: Segment): boolean {
    return (
      following.kind === 'data' &&
      this.trip === null &&
      segment.payload === null &&
      following.payload === null &&
      following.arrivalUs <= this.scheduler.nowUs &&
      segment.end - segment.start + following.end - following.start <= segmentBytes &&
      below(drawAt(this.lane.key ^ joinStream, this.pieces++), 2) === 1
    );
  }

  private deliverJoined(first: Segment, second: Segment): void {
    this.shift();
    const [firstSize, secondSize] = [first.end - first.start, second.end - second.start];
    const joined = takeBuffer(firstSize + secondSize);
    first.bytes!.copy(joined, headroomBytes, first.start, first.end);
    second.bytes!.copy(joined, headroomBytes + firstSize, second.start, second.end);
    discard(first);
    discard(second);
    const end = headroomBytes + firstSize + secondSize;
    this.took(firstSize + secondSize);
    this.hand(joined, headroomBytes, end, null);
  }

  private deliverPiece(segment: Segment, size: number): void {
    const piece = takeBuffer(size);
    segment.bytes!.copy(piece, headroomBytes, segment.start, segment.start + size);
    segment.start += size;
    segment.arrivalUs = this.scheduler.nowUs + pieceGapUs;
    this.took(size);
    this.hand(piece, headroomBytes, headroomBytes + size, null);
    if (this.head < this.queue.length) this.arm();
  }

  private took(size: number): void {
    if (this.link.reverse.blocked) {
      this.unacknowledged += size;
      this.link.reverse.holdAcknowledgement(this);
      this.giveUpLater();
      return;
    }
    this.outstanding -= size;
    if (!this.sender.closed) this.sender.onRoom();
  }

  private waitForLink(): void {
    if (this.link.isWaiting(this)) return;
    this.link.wait(this);
    this.giveUpLater();
  }

  private giveUpLater(): void {
    this.giveUp ??= this.scheduler.after(
      retransmissionUsMax,
      () => {
        this.giveUp = null;
        this.drop();
        this.sender.onTimeout();
      },
      this.lane,
    );
  }

  private goOn(): void {
    this.giveUp?.cancel();
    this.giveUp = null;
  }

  private shift(): void {
    if (this.queue[this.head]!.kind === 'control') this.controls--;
    this.queue[this.head++] = undefined as unknown as Segment;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
    } else if (this.head > 64) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }
}
