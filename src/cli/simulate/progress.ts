// One line on a terminal that says how far a campaign is.
import type { Tally } from '../../../sim/history/report.ts';

export interface Progress {
  show(): void;
  /** Leaves an empty line behind. */
  clear(): void;
}

const everyMs = 200;

function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Share of the campaign that is done, by runs or by time, whichever is further. */
function shareDone(tally: Tally, runs: number | null, elapsedMs: number, totalMs: number | null): number {
  return Math.max(
    runs === null ? 0 : tally.histories / runs,
    totalMs === null ? 0 : Math.min(1, elapsedMs / totalMs),
  );
}

export function createProgress(tally: Tally, runs: number | null, totalMs: number | null): Progress {
  const startMs = performance.now();
  let shownMs = 0;
  if (!process.stderr.isTTY) return { show() {}, clear() {} };
  return {
    show() {
      const nowMs = performance.now();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const elapsedMs = nowMs - startMs;
      const share = shareDone(tally, runs, elapsedMs, totalMs);
      const perSecond = (tally.histories * 1000) / elapsedMs;
      const faults = [...tally.faults.values()].reduce((sum, { injected }) => sum + injected, 0);
      const judged = [...tally.properties.values()].filter(({ premises }) => premises > 0).length;
      const etaSeconds = share === 0 ? Number.POSITIVE_INFINITY : (elapsedMs / share - elapsedMs) / 1000;
      process.stderr.write(
        `\r\x1b[K${tally.histories}${runs === null ? '' : `/${runs}`} histories, ${perSecond.toFixed(1)}/s, ` +
          `${Math.round(tally.simulatedMs / 60_000)} simulated minutes, ${faults} faults, ` +
          `${judged} properties judged, ${formatDuration(etaSeconds)} left`,
      );
    },
    clear() {
      process.stderr.write('\r\x1b[K');
    },
  };
}
