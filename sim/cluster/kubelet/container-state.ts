// One container as the kubelet remembers it, and how long a crashed one has to wait.
import type { Prober } from './prober.ts';

export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  phase: 'waiting' | 'running' | 'terminated';
  /** Why it waits: ContainerCreating, PodInitializing, CrashLoopBackOff. */
  waitingReason: string;
  waitingMessage: string;
  startedMs: number;
  finishedMs: number;
  exitCode: number;
  /** The run before this one, for lastState. */
  lastRun: { readonly exitCode: number; readonly startedMs: number; readonly finishedMs: number } | null;
  restartCount: number;
  backoffMs: number;
  /** Told apart from an earlier run whose end arrives late. */
  run: number;
  started: boolean;
  ready: boolean;
  probers: readonly Prober[];
}

export function newContainerRecord(
  name: string,
  image: string,
  waitingReason = 'ContainerCreating',
): ContainerRecord {
  return {
    name,
    image,
    phase: 'waiting',
    waitingReason,
    waitingMessage: '',
    startedMs: 0,
    finishedMs: 0,
    exitCode: 0,
    lastRun: null,
    restartCount: 0,
    backoffMs: 0,
    run: 0,
    started: false,
    ready: false,
    probers: [],
  };
}

const backoffFirstMs = 10_000;
const backoffMaxMs = 300_000;

/**
 * The pause before the next start, counted from the end of the last run: none the first time, then 10 s doubling to
 * 5 minutes, forgotten when a run lasted twice the maximum.
 */
export function nextBackoffMs(container: ContainerRecord): number {
  const ranMs = container.finishedMs - container.startedMs;
  if (container.restartCount === 0 || ranMs >= 2 * backoffMaxMs) {
    container.backoffMs = 0;
    return 0;
  }
  container.backoffMs =
    container.backoffMs === 0 ? backoffFirstMs : Math.min(container.backoffMs * 2, backoffMaxMs);
  return container.backoffMs;
}

/** '10s', '1m20s', '5m0s', as Go prints a duration. */
export function formatBackoff(delayMs: number): string {
  const seconds = Math.floor(delayMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
