// The option of the commands that serve which tells scripts that all is up, and where.
import type { CommandInput, OptionSpec } from './command.ts';
import { demandWritable, writeOutput } from './output-file.ts';

export const readyFileOption: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'gets one JSON object with every address and the pid when all is up',
};

/** What to call with that object. Asked for at the start, so that a file that cannot be written stops nothing that runs. */
export function readyFileOf({ options }: CommandInput): (ready: object) => void {
  const given = options['ready-file'];
  if (given === undefined) return () => {};
  const path = String(given);
  demandWritable(path);
  return (ready) => writeOutput(path, `${JSON.stringify(ready)}\n`);
}
