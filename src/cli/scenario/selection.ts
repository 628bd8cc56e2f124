// Which scenarios are run: read, checked, filtered, and the cases of each.

import type { ParsedScenario } from '../../../scenarios/language/parse.ts';
import type { Complaint } from '../../../scenarios/language/reading.ts';
import { CommandError, exitBadInput, exitUsage } from '../exit-codes.ts';
import { readScenarios, type ScenarioFile } from './files.ts';

export interface Selected {
  readonly file: ScenarioFile;
  readonly parsed: ParsedScenario;
  /** Those of the settings that this scenario has. */
  readonly settings: readonly (readonly [string, string])[];
}

/** Annotations and lines for people of what is wrong with files; throws a CommandError (65) where something is. */
export async function refuseComplaints(complaints: readonly Complaint[]): Promise<void> {
  if (complaints.length === 0) return;
  const { formatComplaint } = await import('../../../scenarios/language/reading.ts');
  const { annotate } = await import('./annotations.ts');
  for (const { file, line, column, message } of complaints)
    annotate('error', { file, line, column, title: 'scenario' }, message);
  const [first, ...others] = complaints.map(formatComplaint);
  const last = others.pop();
  // The command's own prefix stands before the first line, so that goes first and editors find the others.
  throw new CommandError(exitBadInput, [first, ...others, ...(last === undefined ? [] : [last])].join('\n'));
}

export async function selectScenarios(
  paths: readonly string[],
  filter: string,
  settings: ReadonlyMap<string, string>,
): Promise<readonly Selected[]> {
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const complaints: Complaint[] = [];
  const known = new Set<string>();
  const all = readScenarios(paths).map((file): Selected => {
    const plain = parseScenario(file.file, file.text);
    for (const name of plain.parameters) known.add(name);
    const own = [...settings].filter(([name]) => plain.parameters.includes(name));
    const parsed = own.length === 0 ? plain : parseScenario(file.file, file.text, new Map(own));
    complaints.push(...parsed.complaints);
    return { file, parsed, settings: own };
  });
  await refuseComplaints(complaints);
  const unknown = [...settings.keys()].find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new CommandError(exitUsage, `--set ${unknown}: none of the scenarios has such a parameter`);
  return all.filter(
    ({ file, parsed }) =>
      file.file.toLowerCase().includes(filter) || parsed.name.toLowerCase().includes(filter),
  );
}
