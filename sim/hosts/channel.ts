// Two ends joined by a link that keeps order: how main and workers of one machine talk. Messages are copied, as between
// threads, so that what one side changes later never shows on the other.
import type { Channel, ChannelMessage } from '../../src/ports/channel.ts';
import type { Owned, Process } from '../network/process.ts';
import { below, drawAt } from '../scheduler/draws.ts';
import type { Lane, Scheduler } from '../scheduler/scheduler.ts';

const latencyUs = 40;
const jitterUs = 60;

/** Structured clone for the data that channels carry. Functions and symbols are a programmer's error. */
export function copyMessage<T>(value: T): T {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`a channel cannot carry a ${typeof value}`);
    }
    return value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value) as unknown as T;
  if (value instanceof Int32Array) return new Int32Array(value) as unknown as T;
  if (Array.isArray(value)) return value.map(copyMessage) as unknown as T;
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, member]) => [copyMessage(key), copyMessage(member)]),
    ) as unknown as T;
  }
  if (value instanceof Set) return new Set([...value].map(copyMessage)) as unknown as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = copyMessage((value as Record<string, unknown>)[key]);
  return copy as T;
}

class ChannelEnd implements Channel, Owned {
  peer!: ChannelEnd;
  private readonly scheduler: Scheduler;
  private readonly life: Process;
  /** Lane of what arrives here. */
  private readonly lane: Lane;
  private listener: ((message: ChannelMessage) => void) | null = null;
  private waiting: ChannelMessage[] = [];
  private arrived = 0;
  private lastUs = 0;
  private closed = false;

  constructor(scheduler: Scheduler, life: Process, lane: Lane) {
    this.scheduler = scheduler;
    this.life = life;
    this.lane = lane;
    life.owned.add(this);
  }

  get onMessage(): ((message: ChannelMessage) => void) | null {
    return this.listener;
  }

  set onMessage(listener: ((message: ChannelMessage) => void) | null) {
    this.listener = listener;
    if (this.waiting.length > 0) this.scheduler.after(0, this.flush, this.lane);
  }

  post(message: ChannelMessage): void {
    if (this.closed || !this.life.alive) return;
    this.peer.accept(copyMessage(message));
  }

  processEnded(): void {
    this.closed = true;
    this.listener = null;
    this.waiting = [];
  }

  processResumed(): void {
    this.scheduler.after(0, this.flush, this.lane);
  }

  private accept(message: ChannelMessage): void {
    if (this.closed) return;
    const delayUs = latencyUs + below(drawAt(this.lane.key, this.arrived++), jitterUs);
    this.lastUs = Math.max(this.lastUs, this.scheduler.nowUs + delayUs);
    this.scheduler.at(
      this.lastUs,
      () => {
        if (this.closed) return;
        this.waiting.push(message);
        this.flush();
      },
      this.lane,
    );
  }

  private readonly flush = (): void => {
    while (this.waiting.length > 0 && this.listener !== null && !this.life.paused) {
      this.listener(this.waiting.shift()!);
    }
  };
}

/** Joins two processes; `label` is stable and unique. */
export function createChannel(
  scheduler: Scheduler,
  label: string,
  left: Process,
  right: Process,
): readonly [left: Channel, right: Channel] {
  const a = new ChannelEnd(scheduler, left, scheduler.lane(`${label} left`));
  const b = new ChannelEnd(scheduler, right, scheduler.lane(`${label} right`));
  a.peer = b;
  b.peer = a;
  return [a, b];
}
