// `tidegate scenario validate`: whether files can be understood, without running them.
import type { Complaint } from '../../../scenarios/language/reading.ts';
import { exitOk } from '../exit-codes.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import { readText } from './files.ts';
import { refuseComplaints, selectScenarios } from './selection.ts';

export async function validateScenarios(paths: readonly string[], isJson: boolean): Promise<number> {
  const { checkCase } = await import('../../../scenarios/compile/check.ts');
  const { kindNames } = await import('../../../sim/history/generate/kind-names.ts');
  const selected = await selectScenarios(paths.length === 0 ? ['scenarios'] : paths, '', new Map());
  const surroundings = { kinds: kindNames(readDefinitions()), readText };
  const complaints: Complaint[] = [];
  let cases = 0;
  for (const { file, parsed } of selected) {
    for (const one of parsed.cases) {
      cases++;
      checkCase(file.file, one, surroundings);
      // What one case complains of the others would too.
      if (parsed.complaints.length > 0) break;
    }
    complaints.push(...parsed.complaints);
  }
  await refuseComplaints(complaints);
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ scenarios: selected.length, cases })}\n`
      : `${selected.length} scenarios with ${cases} cases can be understood\n`,
  );
  return exitOk;
}
