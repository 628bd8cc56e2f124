// Requests that can only go to names of which DNS has not said anything yet: they wait for its first answer, as in Kong.
import type { Deadlines, HasDeadline } from '../upstream/deadlines.ts';

export interface NameWaiter {
  /** Whether there is still nothing to send the request to, and no news. */
  waitsForNames(): boolean;
  /** There is news, or it does not come. */
  namesCame(): void;
}

/** Kong's: five tries of two seconds. */
const waitMsMax = 10_000;

class Wait implements HasDeadline {
  deadlineMs: number;
  deadlineIndex = -1;
  readonly waiter: NameWaiter;
  readonly #owner: NameWaiters;

  constructor(waiter: NameWaiter, owner: NameWaiters, deadlineMs: number) {
    this.waiter = waiter;
    this.#owner = owner;
    this.deadlineMs = deadlineMs;
  }

  onDeadline(): void {
    this.#owner.remove(this.waiter);
    this.waiter.namesCame();
  }
}

export class NameWaiters {
  readonly #deadlines: Deadlines;
  readonly #waits = new Map<NameWaiter, Wait>();

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  add(waiter: NameWaiter): void {
    const wait = new Wait(waiter, this, this.#deadlines.nowMs + waitMsMax);
    this.#waits.set(waiter, wait);
    this.#deadlines.add(wait);
  }

  /** It does not wait any more, if it did. */
  remove(waiter: NameWaiter): void {
    const wait = this.#waits.get(waiter);
    if (wait === undefined) return;
    this.#waits.delete(waiter);
    this.#deadlines.remove(wait);
  }

  /** There may be news. */
  wake(): void {
    if (this.#waits.size === 0) return;
    for (const waiter of [...this.#waits.keys()]) {
      if (waiter.waitsForNames()) continue;
      this.remove(waiter);
      waiter.namesCame();
    }
  }
}
