// How far a campaign is: one line that is written over on a terminal, else a line a minute for the log.
import type { Tally } from '../../../sim/history/report.ts';

export interface Progress {
  show(): void;
  /** Takes away what is there to be written over. */
  clear(): void;
}

const everyMs = 200;
const everyMsInLogs = 60_000;

const eraseLine = '\r\x1b[K';

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
  const isTerminal = process.stderr.isTTY === true;
  let shownMs = isTerminal ? 0 : startMs;
  return {
    show() {
      const nowMs = performance.now();
      if (nowMs - shownMs < (isTerminal ? everyMs : everyMsInLogs)) return;
      shownMs = nowMs;
      const elapsedMs = nowMs - startMs;
      const share = shareDone(tally, runs, elapsedMs, totalMs);
      const perSecond = (tally.histories * 1000) / elapsedMs;
      const faults = [...tally.faults.values()].reduce((sum, { injected }) => sum + injected, 0);
      const judged = [...tally.properties.values()].filter(({ premises }) => premises > 0).length;
      const etaSeconds = share === 0 ? Number.POSITIVE_INFINITY : (elapsedMs / share - elapsedMs) / 1000;
      process.stderr.write(
        `${isTerminal ? eraseLine : ''}${tally.histories}${runs === null ? '' : `/${runs}`} histories, ${perSecond.toFixed(1)}/s, ` +
          `${Math.round(tally.simulatedMs / 60_000)} simulated minutes, ${faults} faults, ` +
          `${judged} properties judged, ${formatDuration(etaSeconds)} left${isTerminal ? '' : '\n'}`,
      );
    },
    clear() {
      if (isTerminal) process.stderr.write(eraseLine);
    },
  };
}
