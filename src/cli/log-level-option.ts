// How much the commands that serve write to standard error. In Kong: `log_level`.
import type { LogLevel, LogOptions } from '../io/log.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export const logLevelOption: OptionSpec = {
  type: 'string',
  value: 'LEVEL',
  default: 'info',
  help: `least important line of the log on standard error: ${levels.join(', ')}`,
};

/** Text on a terminal, else JSON. */
export function logOptionsOf(input: CommandInput): LogOptions {
  const given = input.options['log-level'];
  const level = levels.find((name) => name === given);
  if (level === undefined)
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'log-level')} must be one of ${levels.join(', ')}, not '${given}'`,
    );
  return { format: process.stderr.isTTY ? 'text' : 'json', level };
}
