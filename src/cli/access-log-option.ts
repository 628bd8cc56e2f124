// The option that turns the access log on, of the commands that serve.
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const formats = ['off', 'json', 'combined'] as const;

export const accessLogOption: OptionSpec = {
  type: 'string',
  value: 'FORMAT',
  default: 'off',
  help: 'off, json or combined; on standard output',
};

export function accessLogOf(input: CommandInput): WorkerOptions['accessLog'] {
  const given = String(input.options['access-log']);
  const format = formats.find((name) => name === given);
  if (format === undefined)
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'access-log')} must be off, json or combined, not '${given}'`,
    );
  return format;
}
