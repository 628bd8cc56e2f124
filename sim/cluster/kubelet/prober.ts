// One probe of one container: when it runs, when it counts as timed out, and when enough results in a row turn it over.
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import type { Probe } from '../controllers/kinds.ts';

export type ProbeKind = 'readiness' | 'liveness' | 'startup';

export interface Prober {
  readonly kind: ProbeKind;
  /** Settled outcome so far: readiness begins false, liveness true, startup false. */
  readonly result: boolean;
  /** Probes now, out of turn (a container that just started is looked at at once). */
  trigger(): void;
  stop(): void;
}

export interface ProberOptions {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly clock: Clock;
  /**
   * 32 bits. A kubelet's probe ticks run since before the container did, so the first tick that counts comes anywhere
   * within a period after the initial delay. Only readiness without an initial delay is looked at at once.
   */
  readonly phaseDraw: number;
  /** False while a startup probe still gates this one. */
  readonly enabled: () => boolean;
  readonly run: (probe: Probe, done: (ok: boolean) => void) => void;
  /** Every failed attempt, for the Unhealthy event. */
  readonly onFailure: (timedOut: boolean) => void;
  /** The settled outcome turned over, or a liveness or startup probe failed for good. */
  readonly onChange: (ok: boolean) => void;
}

function seconds(value: number | undefined, fallback: number, least: number): number {
  return Math.max(least, value ?? fallback);
}

export function startProber(options: ProberOptions): Prober {
  const { kind, probe, clock } = options;
  const periodMs = seconds(probe.periodSeconds, 10, 1) * 1000;
  const timeoutMs = seconds(probe.timeoutSeconds, 1, 1) * 1000;
  const initialDelayMs = seconds(probe.initialDelaySeconds, 0, 0) * 1000;
  const successThreshold = kind === 'readiness' ? seconds(probe.successThreshold, 1, 1) : 1;
  const failureThreshold = seconds(probe.failureThreshold, 3, 1);
  let result = kind === 'liveness';
  let latest: boolean | null = null;
  let inARow = 0;
  let stopped = false;
  let attempt = 0;
  const atOnce = kind === 'readiness' && initialDelayMs === 0;
  const phaseMs = atOnce ? 0 : Math.floor((options.phaseDraw * periodMs) / 0x100000000);
  let next: Timer = clock.after(initialDelayMs + phaseMs, tick);
  let timeout: Timer | null = null;

  function tick(): void {
    next = clock.after(periodMs, tick);
    if (options.enabled()) probeOnce();
  }

  function probeOnce(): void {
    const current = ++attempt;
    timeout?.cancel();
    timeout = clock.after(timeoutMs, () => settle(current, false, true));
    options.run(probe, (ok) => settle(current, ok, false));
  }

  function settle(of: number, ok: boolean, timedOut: boolean): void {
    if (stopped || of !== attempt) return;
    attempt++;
    timeout?.cancel();
    if (!ok) options.onFailure(timedOut);
    inARow = latest === ok ? inARow + 1 : 1;
    latest = ok;
    if (inARow < (ok ? successThreshold : failureThreshold)) return;
    const final = !ok && kind !== 'readiness';
    if (result === ok && !final) return;
    result = ok;
    if (final) stop();
    options.onChange(ok);
  }

  function stop(): void {
    stopped = true;
    next.cancel();
    timeout?.cancel();
  }

  return {
    kind,
    get result() {
      return result;
    },
    trigger() {
      if (stopped || !options.enabled()) return;
      next.cancel();
      next = clock.after(periodMs, tick);
      probeOnce();
    },
    stop,
  };
}
