// Taking a pod down: preStop, SIGTERM, the grace period, SIGKILL; all containers at once, the end when the last is gone.
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { LifecycleHandler } from '../controllers/kinds.ts';

export interface Termination {
  /** A container ended, by itself or by a signal. */
  exited(name: string): void;
  /** A second delete with a shorter grace period. */
  shorten(graceMs: number): void;
  stop(): void;
}

export interface TerminationOptions {
  readonly clock: Clock;
  readonly graceMs: number;
  readonly containers: readonly { readonly name: string; readonly preStop: LifecycleHandler | undefined }[];
  readonly terminate: (name: string) => void;
  readonly kill: (name: string) => void;
  readonly onEnded: () => void;
}

/** A container whose preStop used up the grace period still gets this long after SIGTERM. */
const extraGraceMs = 2000;

/**
 * How long a preStop hook takes: `sleep: {seconds}`, or an exec of `sleep N` in any of its usual spellings. Other
 * commands cannot be run and take no time.
 */
export function preStopMs(hook: LifecycleHandler | undefined): number {
  if (typeof hook?.sleep?.seconds === 'number') return Math.max(0, hook.sleep.seconds) * 1000;
  const line = (hook?.exec?.command ?? []).join(' ');
  const match = /(?:^|[\s;&/])sleep\s+(\d{1,6}(?:\.\d{1,3})?)(m?)s?(?=$|[\s;&'"])/.exec(line);
  if (match === null) return 0;
  return Math.round(Number(match[1]) * (match[2] === 'm' ? 60_000 : 1000));
}

export function startTermination(options: TerminationOptions): Termination {
  const { clock } = options;
  const startUs = clock.monotonicUs();
  const alive = new Set(options.containers.map((container) => container.name));
  const terminated = new Set<string>();
  const timers = new Set<Timer>();
  let killTimer: Timer | null = null;
  let deadlineMs = options.graceMs;
  let ended = false;

  const elapsedMs = () => (clock.monotonicUs() - startUs) / 1000;

  function after(delayMs: number, run: () => void): Timer {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      if (!ended) run();
    });
    timers.add(timer);
    return timer;
  }

  function finishIfDone(): void {
    if (alive.size > 0 || ended) return;
    ended = true;
    stop();
    options.onEnded();
  }

  function signal(name: string): void {
    if (!alive.has(name) || terminated.has(name)) return;
    terminated.add(name);
    options.terminate(name);
  }

  function armKill(): void {
    killTimer?.cancel();
    const late = options.containers.some(
      (container) =>
        alive.has(container.name) && preStopMs(container.preStop) >= deadlineMs && deadlineMs > 0,
    );
    const atMs = deadlineMs + (late ? extraGraceMs : 0);
    killTimer = after(Math.max(0, atMs - elapsedMs()), () => {
      for (const name of [...alive]) options.kill(name);
    });
  }

  function stop(): void {
    ended = true;
    killTimer?.cancel();
    for (const timer of timers) timer.cancel();
    timers.clear();
  }

  after(0, () => {
    if (alive.size === 0) return finishIfDone();
    armKill();
    for (const container of options.containers) {
      const waitMs = Math.min(preStopMs(container.preStop), deadlineMs);
      if (waitMs === 0) signal(container.name);
      else after(waitMs, () => signal(container.name));
    }
  });

  return {
    exited(name) {
      alive.delete(name);
      finishIfDone();
    },
    shorten(graceMs) {
      const wantedMs = elapsedMs() + graceMs;
      if (wantedMs >= deadlineMs) return;
      deadlineMs = wantedMs;
      for (const name of alive) signal(name);
      armKill();
    },
    stop,
  };
}
