// The option of the commands that serve which keeps the last good configuration for the next start.
import { createStorage } from '../io/storage.ts';
import type { Storage } from '../ports/storage.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { demandWritableFolder } from './output-file.ts';

export const lastGoodOption: OptionSpec = {
  type: 'string',
  value: 'DIR',
  help: 'keep the last good configuration there, keys included, and go on with it where a start finds nobody to say what is current',
};

export function lastGoodOf({ options }: CommandInput): { readonly lastGood?: Storage } {
  const folder = options['last-good'];
  if (folder === undefined) return {};
  if (options['config'] !== undefined)
    throw new CommandError(exitUsage, 'give --config or --last-good, not both: a file says what is current');
  demandWritableFolder(String(folder));
  return { lastGood: createStorage(String(folder)) };
}
