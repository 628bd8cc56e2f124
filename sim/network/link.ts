// One direction between two machines: how long bytes take, how many fit, and whether anything gets through at all.
import { below, drawAt } from '../scheduler/draws.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Machine } from './machine.ts';
import type { Pipe } from './pipe.ts';

export interface LinkProfile {
  readonly latencyUs: number;
  /** A keyed draw from 0 to this is added to each segment's latency. */
  readonly jitterUs: number;
  /** 0 = unlimited */
  readonly bytesPerSecond: number;
  /** Each delivery carries a drawn number of bytes from 1 to this. 0 = segments as they were sent. */
  readonly segmentBytesMax: number;
}

/** How held segments come out when a link opens again. */
export type Release = 'burst' | 'retransmit';

/** First retransmission of a held segment comes up to this much after the link healed. */
const retransmitUsMax = 200_000;

export class Link {
  readonly from: Machine;
  readonly to: Machine;
  profile: LinkProfile;
  /** How many faults hold this direction now. */
  holds = 0;
  /** Segments handed over so far, and how often something had to wait for the link to open: what faults have met. */
  carried = 0;
  waits = 0;
  private readonly scheduler: Scheduler;
  private readonly waiting: Set<Pipe> = new Set();
  /** The other direction; itself on a machine's loopback. Set when the pair is made. */
  reverse: Link = this;
  /** Pipes of the other direction whose acknowledgements cannot get through here. */
  private readonly unacknowledged: Set<Pipe> = new Set();
  private freeAtUs = 0;

  constructor(scheduler: Scheduler, from: Machine, to: Machine, profile: LinkProfile) {
    this.scheduler = scheduler;
    this.from = from;
    this.to = to;
    this.profile = profile;
  }

  /** When a segment of `size` bytes handed over now arrives, order within its pipe aside. */
  arrivalUs(size: number, key: number, index: number): number {
    const { latencyUs, jitterUs, bytesPerSecond } = this.profile;
    let startUs = this.scheduler.nowUs;
    this.carried++;
    if (bytesPerSecond > 0) {
      startUs = Math.max(startUs, this.freeAtUs) + Math.ceil((size * 1_000_000) / bytesPerSecond);
      this.freeAtUs = startUs;
    }
    return startUs + latencyUs + (jitterUs > 0 ? below(drawAt(key, index), jitterUs + 1) : 0);
  }

  /** Nothing gets through now: a fault holds it, or a machine at one of its ends is cut off or has no power. */
  get blocked(): boolean {
    if (this.holds > 0 || !this.to.powered) return true;
    return this.from !== this.to && (this.from.isolated || this.to.isolated);
  }

  hold(): void {
    this.holds++;
  }

  release(how: Release): void {
    if (this.holds === 0) return;
    this.holds--;
    this.open(how);
  }

  /** Lets out what waits, if nothing blocks it any more. */
  open(how: Release): void {
    if (this.blocked) return;
    const acknowledgements = [...this.unacknowledged];
    this.unacknowledged.clear();
    for (const pipe of acknowledgements) pipe.acknowledge(this.profile.latencyUs);
    const pipes = [...this.waiting];
    this.waiting.clear();
    for (const pipe of pipes) {
      const extraUs = how === 'burst' ? 0 : below(drawAt(pipe.lane.key, ~pipe.sent), retransmitUsMax);
      pipe.linkReleased(this.scheduler.nowUs + this.profile.latencyUs + extraUs);
    }
  }

  wait(pipe: Pipe): void {
    this.waits++;
    this.waiting.add(pipe);
  }

  /** The acknowledgement of a pipe of the other direction waits here. */
  holdAcknowledgement(pipe: Pipe): void {
    this.unacknowledged.add(pipe);
  }

  forget(pipe: Pipe): void {
    this.waiting.delete(pipe);
    this.reverse.unacknowledged.delete(pipe);
  }

  isWaiting(pipe: Pipe): boolean {
    return this.waiting.has(pipe);
  }
}
