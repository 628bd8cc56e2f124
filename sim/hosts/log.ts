// What a host logs: kept in memory, bounded, with virtual times.
import type { Log, LogFields } from '../../src/ports/log.ts';
import type { Process } from '../network/process.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';

export interface LogLine {
  readonly timeUs: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** `lines` is shared by all lives of a host. */
export function createLog(
  scheduler: Scheduler,
  life: Process,
  lines: LogLine[],
  linesMax: number,
  onLine: (line: LogLine) => void,
): Log {
  const at =
    (level: LogLine['level']) =>
    (message: string, fields?: LogFields): void => {
      if (!life.alive) return;
      const line = { timeUs: scheduler.nowUs, level, message, fields };
      lines.push(line);
      onLine(line);
      if (lines.length > linesMax * 2) lines.splice(0, lines.length - linesMax);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
