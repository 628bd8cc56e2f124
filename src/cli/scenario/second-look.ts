// Where one backend judges what the other does not, a second look tells chance from difference: runs in virtual time cost next to
// nothing, so there are more of them.
import type { NamedCase } from '../../../scenarios/runner/compare.ts';
import type { ScenarioResult } from '../../../scenarios/runner/report.ts';
import type { RunnableBackend } from './options.ts';
import type { Job } from './run-all.ts';

interface Looked {
  readonly backend: RunnableBackend;
  readonly results: readonly ScenarioResult[];
}

/** What happens in one of ten runs is missed by so many once in a hundred times. */
const furtherRuns = 45;

/** Of all other backends beside `sim`; none where that is not among them. */
async function allInDoubt(outcomes: readonly Looked[]): Promise<readonly NamedCase[]> {
  const { casesInDoubt } = await import('../../../scenarios/runner/compare.ts');
  const sim = outcomes.find(({ backend }) => backend === 'sim');
  if (sim === undefined) return [];
  return outcomes
    .filter((other) => other !== sim)
    .flatMap((other) => casesInDoubt(['sim', other.backend], sim.results, other.results));
}

/** Jobs of cases in doubt, with seeds that they have not been run with. */
export async function secondLook(outcomes: readonly Looked[], jobs: readonly Job[]): Promise<readonly Job[]> {
  const doubts = await allInDoubt(outcomes);
  const isMeant = ({ selected, index }: Job): boolean =>
    doubts.some(
      ({ file, label }) => selected.file.file === file && selected.parsed.cases[index]!.label === label,
    );
  const fromSeed = Math.max(...jobs.map(({ seed }) => seed)) + 1;
  return jobs
    .filter((job) => isMeant(job) && job.seed === jobs[0]!.seed)
    .flatMap((job) => Array.from({ length: furtherRuns }, (_, turn) => ({ ...job, seed: fromSeed + turn })));
}
