// A host's own time: virtual time seen through a skew and a rate, and timers that die with the process.
import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { Process } from '../network/process.ts';
import type { ScheduledEvent, Scheduler } from '../scheduler/scheduler.ts';

/** 2026-01-01T00:00:00Z: where every world begins. */
export const wallOriginMs = 1_767_225_600_000;

/** The soonest a timer can run: one turn of an event loop. */
const turnUs = 10;
const million = 1_000_000;

export interface HostTime {
  wallMs(): number;
  monotonicUs(): number;
  /** Virtual microseconds that a local delay takes. */
  virtualUs(localUs: number): number;
  jump(byUs: number): void;
  /** From now on it goes so much too fast; timers that are set already keep their time. */
  setRate(ppm: number): void;
}

export function hostTime(scheduler: Scheduler, skewUs: number, firstRatePpm: number): HostTime {
  let offsetUs = skewUs;
  let ratePpm = firstRatePpm;
  let sinceUs = 0;
  /** What it had gained on virtual time by then. */
  let gainedUs = 0;
  const gained = (): number =>
    ratePpm === 0 ? gainedUs : gainedUs + Math.floor(((scheduler.nowUs - sinceUs) * ratePpm) / million);
  const local = (): number => scheduler.nowUs + gained();
  return {
    wallMs: () => wallOriginMs + Math.floor((local() + offsetUs) / 1_000),
    monotonicUs: local,
    virtualUs: (localUs) => (ratePpm === 0 ? localUs : Math.ceil((localUs * million) / (million + ratePpm))),
    jump(byUs) {
      offsetUs += byUs;
    },
    setRate(ppm) {
      gainedUs = gained();
      sinceUs = scheduler.nowUs;
      ratePpm = ppm;
    },
  };
}

class HostTimer implements Timer {
  private readonly life: Process;
  private event: ScheduledEvent | null = null;
  private run: (() => void) | null;

  constructor(life: Process, run: () => void) {
    this.life = life;
    this.run = run;
  }

  arm(scheduler: Scheduler, delayUs: number): void {
    this.event = scheduler.after(delayUs, this.fire, this.life.lane);
  }

  cancel(): void {
    this.run = null;
    this.event?.cancel();
    this.event = null;
  }

  private readonly fire = (): void => {
    this.event = null;
    this.life.enter(this.call);
  };

  /** Also reached from the backlog of a paused process, where a cancel in between counts. */
  private readonly call = (): void => {
    const { run } = this;
    this.run = null;
    if (run !== null) run();
  };
}

export function createClock(scheduler: Scheduler, life: Process, time: HostTime): Clock {
  return {
    wallMs: time.wallMs,
    monotonicUs: time.monotonicUs,
    after(delayMs, run) {
      const timer = new HostTimer(life, run);
      if (!life.alive) return timer;
      const delayUs = time.virtualUs(Math.ceil(Math.max(0, delayMs) * 1_000));
      timer.arm(scheduler, Math.max(turnUs, delayUs));
      return timer;
    },
  };
}
