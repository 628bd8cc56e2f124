// Files and kinds for tests of scenarios: the repository's own applications, and files given as text.
import type { Surroundings } from '../../../scenarios/compile/surroundings.ts';
import { parseScenario } from '../../../scenarios/language/parse.ts';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import { runOnSim } from '../../../scenarios/runner/sim/run.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { kindNames } from '../../../sim/history/generate/kind-names.ts';
import { readText } from '../../../src/cli/scenario/files.ts';
import { readDefinitions } from '../../../src/cli/simulate/definitions.ts';

export const definitions = readDefinitions() as readonly StoredObject[];

export function surroundings(files: Readonly<Record<string, string>> = {}): Surroundings {
  return {
    kinds: kindNames(definitions),
    readText(file, name) {
      const text = files[name];
      return text === undefined ? readText(file, name) : { path: name, text };
    },
  };
}

/** Runs the first case; complaints are thrown. */
export function runText(text: string, files: Readonly<Record<string, string>> = {}, seed = 1): ScenarioRun {
  const parsed = parseScenario('scenarios/test.yaml', text);
  const [one] = parsed.cases;
  const run =
    one === undefined
      ? null
      : runOnSim(
          parsed,
          one,
          { seed, keepsPlan: true },
          surroundings(files),
          { crds: definitions },
          parsed.complaints,
        );
  if (run === null) throw new Error(JSON.stringify(parsed.complaints));
  return run;
}
