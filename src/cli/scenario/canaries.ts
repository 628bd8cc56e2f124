// `tidegate scenario canaries`: whether scenarios can fail. Each defect is put into the product in turn, and the scenario that
// fits it has to be violated by the property that the defect belongs to.
import { join } from 'node:path';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CommandInput } from '../command.ts';
import {
  CommandError,
  exitEnvironment,
  exitInternal,
  exitOk,
  exitProblems,
  exitUsage,
} from '../exit-codes.ts';
import { readDefinitions } from '../simulate/definitions.ts';
import { listenForInterrupt } from '../simulate/interrupt.ts';
import { demandClone } from '../simulate/options.ts';
import { createPool, type Pool } from '../simulate/pool.ts';
import { decideAll, sideBySide } from './decided.ts';
import { readScenarios, shippedFolder } from './files.ts';
import { jobsOn, parseScenarioOptions, type RunnableBackend } from './options.ts';
import { selectScenarios } from './selection.ts';

type PlantableBackend = Exclude<RunnableBackend, 'k3s'>;

interface Planted {
  readonly canary: Canary;
  readonly scenario: string;
}

export interface CanaryOutcome {
  readonly backend: RunnableBackend;
  readonly canary: string;
  readonly scenario: string;
  readonly property: string;
  /** 'unsupported': the backend cannot run the scenario. */
  readonly answer: 'found' | 'missed' | 'unsupported';
  /** Of its runs. */
  readonly violated: readonly string[];
  /** Of what is unsupported; of what was missed, why its last undecided run says nothing. */
  readonly why: string;
}

/** Those of these names, or all; `filter` is text of the canary's name or of its scenario's path. */
async function plantedFor(names: readonly string[], filter: string): Promise<readonly Planted[]> {
  const { fittingScenarios } = await import('../../../scenarios/runner/canaries.ts');
  const { findCanary } = await import('../../../sim/canaries/catalogue.ts');
  const known = new Set(fittingScenarios.map(({ canary }) => canary));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new CommandError(
      exitUsage,
      `no scenario is meant to find a canary '${unknown}'; there are: ${[...known].join(', ')}`,
    );
  return fittingScenarios
    .filter(({ canary }) => names.length === 0 || names.includes(canary))
    .filter(({ canary, scenario }) => `${canary} ${scenario}`.includes(filter))
    .map(({ canary: name, scenario }) => {
      const canary = findCanary(name);
      if (canary === null) throw new CommandError(exitInternal, `there is no canary ${name}`);
      return { canary, scenario };
    });
}

/** Defects are put into processes of this clone; a cluster runs images. */
function plantableOf(backends: readonly RunnableBackend[]): readonly PlantableBackend[] {
  return backends.map((backend) => {
    if (backend === 'k3s')
      throw new CommandError(exitEnvironment, 'not supported: defects cannot be put into the images of k3s');
    return backend;
  });
}

/** Only a machine with too much to do leaves a run undecided. */
const isUndecided = ({ answer, why }: CanaryOutcome): boolean => answer === 'missed' && why !== '';

/** Cases one after the other until one finds it: the defect may show in some of them alone. */
async function tryOne(
  backend: PlantableBackend,
  { canary, scenario }: Planted,
  onPool: (pool: Pool) => void,
): Promise<CanaryOutcome> {
  const path = join(shippedFolder, `${scenario}.yaml`);
  const [file] = readScenarios([path]);
  const [selected] = await selectScenarios([path], '', new Map());
  const pool = createPool({ jobs: 1, crds: readDefinitions(), canary, scenarios: backend });
  onPool(pool);
  const violated: Set<string> = new Set();
  let why = '';
  const common = { backend, canary: canary.name, scenario, property: canary.property };
  try {
    for (const index of selected!.parsed.cases.keys()) {
      const task = { do: 'scenario', ...file!, settings: [], index, seed: 1, keepsPlan: false } as const;
      const { run } = await pool.run(task);
      if (run?.verdict === 'unsupported')
        return { ...common, answer: 'unsupported', violated: [], why: run.why };
      if (run?.verdict === 'inconclusive') why = run.why;
      for (const { property } of run?.violations ?? []) violated.add(property);
      if (violated.has(canary.property))
        return { ...common, answer: 'found', violated: [...violated], why: '' };
    }
    return { ...common, answer: 'missed', violated: [...violated], why };
  } finally {
    await pool.close();
  }
}

function formatOutcome({
  backend,
  canary,
  scenario,
  property,
  answer,
  violated,
  why,
}: CanaryOutcome): string {
  const others = violated.filter((id) => id !== property);
  const also = others.length === 0 ? '' : ` (and ${others.join(' ')})`;
  const because = why === '' ? '' : `: ${why}`;
  const more = answer === 'found' ? ` by ${property}${also}` : `${also}${because}`;
  return `${answer.padEnd(11)}  ${backend.padEnd(5)}  ${canary}  ${scenario}${more}\n`;
}

export async function scenarioCanaries(input: CommandInput, names: readonly string[]): Promise<number> {
  demandClone();
  const options = await parseScenarioOptions(input, []);
  const planted = await plantedFor(names, options.filter);
  const outcomes: CanaryOutcome[] = [];
  const open: Set<Pool> = new Set();
  const interrupt = listenForInterrupt(() => {
    for (const pool of open) pool.interrupt();
  });
  for (const backend of plantableOf(options.backends)) {
    const jobs = jobsOn(backend, options);
    const inTurn = sideBySide(jobs);
    const tryUnlessCut = async (one: Planted): Promise<CanaryOutcome | null> =>
      interrupt.happened ? null : tryOne(backend, one, (pool) => open.add(pool));
    const { decided } = decideAll(
      planted,
      (one) => inTurn(() => tryUnlessCut(one)),
      (outcome) => jobs > 1 && !interrupt.happened && outcome !== null && isUndecided(outcome),
    );
    const tell = async (answer: Promise<CanaryOutcome | null>): Promise<void> => {
      const outcome = await answer;
      // Cut short, it has missed nothing.
      if (outcome === null || (interrupt.happened && outcome.answer !== 'found')) return;
      outcomes.push(outcome);
      if (!options.json) process.stdout.write(formatOutcome(outcome));
    };
    await Promise.all(decided.map(tell));
  }
  interrupt.endListening();
  const count = (answer: CanaryOutcome['answer']): number =>
    outcomes.filter((outcome) => outcome.answer === answer).length;
  const sums = { found: count('found'), missed: count('missed'), unsupported: count('unsupported') };
  if (options.json) process.stdout.write(`${JSON.stringify({ sums, canaries: outcomes })}\n`);
  else process.stdout.write(`${sums.found} found, ${sums.missed} missed, ${sums.unsupported} unsupported\n`);
  if (sums.missed > 0) return exitProblems;
  if (interrupt.happened) return interrupt.exitCode;
  return sums.found === 0 ? exitProblems : exitOk;
}
