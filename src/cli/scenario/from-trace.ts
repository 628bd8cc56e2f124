// `tidegate scenario from-trace`: the plan of a trace as a scenario, so that it can be kept, edited and run like any other.

import { stringify } from 'yaml';
import { CommandError, exitOk, exitUsage } from '../exit-codes.ts';
import { writeOutput } from '../output-file.ts';
import { readTraceFile } from '../simulate/trace-files.ts';

export async function scenarioFromTrace(given: string, out: string | null): Promise<number> {
  if (out !== null && !/\.ya?ml$/.test(out)) throw new CommandError(exitUsage, '--out names a .yaml file');
  const { manifest, plan } = await readTraceFile(given);
  const text = stringify(
    {
      scenario: `once ${manifest.property}: ${manifest.origin}`.replaceAll('$', ''),
      promise: manifest.promise,
      // A dollar would stand for a parameter.
      plan: JSON.parse(JSON.stringify(plan).replaceAll('$', '$$$$')) as unknown,
    },
    { lineWidth: 110, aliasDuplicateObjects: false },
  );
  if (out === null) process.stdout.write(text);
  else writeOutput(out, text);
  return exitOk;
}
