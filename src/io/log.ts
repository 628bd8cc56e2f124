// Logs on standard error, one line each: readable text on a terminal or by choice, JSON elsewhere.
import type { Log, LogFields } from '../ports/log.ts';
import { createBoundedWrite } from './line-sink.ts';

export type LogFormat = 'text' | 'json';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** What may wait for a reader of standard error that stands still. */
const waitingBytesMax = 1024 * 1024;

export interface LogOptions {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
}

/** What others wrote (names, paths, errors) may neither begin a line of its own nor steer a terminal. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function formatText(level: LogLevel, message: string, fields: LogFields | undefined): string {
  let line = `${new Date().toISOString()} ${level.padEnd(5)} ${visible(message)}`;
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue;
    const text = String(value);
    line += ` ${name}=${visible(/[\s"=]/.test(text) ? JSON.stringify(text) : text)}`;
  }
  return `${line}\n`;
}

export function createLog(options: LogOptions): Log {
  const lowest = ranks[options.level];
  const format = (level: LogLevel, message: string, fields: LogFields | undefined): string =>
    options.format === 'json'
      ? `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`
      : formatText(level, message, fields);
  const write =
    options.write ??
    createBoundedWrite(process.stderr, waitingBytesMax, (count) =>
      format('warn', `the log was not read fast enough: ${count} lines were dropped`, undefined),
    );
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (ranks[level] < lowest) return;
    write(format(level, message, fields));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
