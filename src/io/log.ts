// Logs on standard error, one line each: readable text on a terminal or by choice, JSON elsewhere.
import type { Log, LogFields } from '../ports/log.ts';

export type LogFormat = 'text' | 'json';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LogOptions {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
}

function formatText(level: LogLevel, message: string, fields: LogFields | undefined): string {
  let line = `${new Date().toISOString()} ${level.padEnd(5)} ${message}`;
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue;
    const text = String(value);
    line += ` ${name}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
  }
  return `${line}\n`;
}

export function createLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const lowest = ranks[options.level];
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (ranks[level] < lowest) return;
    write(
      options.format === 'json'
        ? `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`
        : formatText(level, message, fields),
    );
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
