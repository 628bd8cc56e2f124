// The line `cause` of a failure: a manifest of the scenario, its surroundings, or Tidegate.
import { relative } from 'node:path';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { Repair } from '../../../sim/history/cause.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import { parseManifests } from '../manifests.ts';
import type { Pool } from '../simulate/pool.ts';
import { readScenarios, readText } from './files.ts';

const ofScenarios: ReadonlySet<string> = new Set(['S1', 'S2', 'S3']);

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where a Deployment of the scenario is written; null where that cannot be said. */
async function placeOf({ file, label }: ScenarioRun, id: string, field: string): Promise<Place | null> {
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const [scenario] = readScenarios([file]);
  const settings = label.split(' ').map((pair) => pair.split('=', 2) as [string, string]);
  const { cases } = parseScenario(file, scenario!.text, new Map(label === '' ? [] : settings));
  const world = cases[0]?.spec.world;
  const names = [
    ...(world?.use ?? []).map(({ value }) => `apps/${value}.yaml`),
    ...(world?.apply ?? []).map((item) => ('count' in item ? item.file.value : item.value)),
  ];
  const [namespace, name] = id.slice(id.indexOf(' ') + 1).split('/');
  for (const wanted of names) {
    const text = readText(file, wanted);
    const found = text === null ? [] : parseManifests(text.text, text.path);
    const manifest = found.find(
      ({ object }) =>
        object.kind === 'Deployment' &&
        object.metadata.name === name &&
        (object.metadata.namespace ?? 'default') === namespace,
    );
    if (manifest === undefined) continue;
    return { file: relative(process.cwd(), text!.path), line: manifest.lineOf(field) };
  }
  return null;
}

async function manifestCause(run: ScenarioRun, id: string, { lacks, field }: Repair): Promise<string> {
  const place = await placeOf(run, id, field);
  const where = place === null ? id.slice(id.indexOf(' ') + 1) : `${place.file}:${place.line}`;
  return `MANIFEST ${where}, ${lacks} (not Tidegate)`;
}

/** `run` violates `property` and has its plan. */
export async function causeOf(pool: Pool, run: ScenarioRun, property: string): Promise<string> {
  if (!ofScenarios.has(property)) return 'TIDEGATE';
  const broken = run.violations.find((violation) => !ofScenarios.has(violation.property));
  if (broken !== undefined) return `TIDEGATE, as ${broken.property} does not hold either`;
  const { deploymentsIn, repaired, repairs, withoutFaults } = await import('../../../sim/history/cause.ts');
  const heals = async (plan: Plan | null): Promise<boolean> => {
    if (plan === null) return false;
    const { violations } = await pool.run({ do: 'judge', plan, property });
    return violations.length === 0;
  };
  const plan = run.plan!;
  for (const repair of repairs) {
    if (!(await heals(repaired(plan, repair)))) continue;
    const all = deploymentsIn(plan);
    for (const id of all) if (await heals(repaired(plan, repair, id))) return manifestCause(run, id, repair);
    return manifestCause(run, all[0]!, repair);
  }
  if (await heals(withoutFaults(plan))) {
    const names = plan.timeline.flatMap((entry) => (entry.do === 'fault' ? [entry.fault] : []));
    return `ENVIRONMENT fault ${[...new Set(names)].join(', ')} (needed); what Tidegate always promises was kept`;
  }
  return 'TIDEGATE, unless the scenario expects what its manifests do not say';
}
