// All runs of the chosen scenarios on one backend.
import type { Complaint } from '../../../scenarios/language/reading.ts';
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { Pool } from '../simulate/pool.ts';
import type { ScenarioTask } from '../simulate/task.ts';
import { decideAll } from './decided.ts';
import type { Traces } from './live-failures.ts';
import type { Selected } from './selection.ts';

export interface Job {
  readonly selected: Selected;
  readonly index: number;
  readonly seed: number;
}

interface Answered {
  readonly results: readonly ScenarioResult[];
  readonly complaints: readonly Complaint[];
  readonly traces: Traces;
  /** Runs that were undecided beside others. */
  readonly repeated: number;
}

/** A machine with too much to do leaves runs undecided there; in virtual time one would go the same way again. */
const isUndecided = (run: ScenarioRun | null): boolean =>
  run?.backend === 'local' && run.verdict === 'inconclusive';

const isRun = (run: ScenarioRun | null): run is ScenarioRun => run !== null;

const inOrder = (results: ReadonlyMap<number, ScenarioResult>): readonly ScenarioResult[] =>
  [...results].sort(([a], [b]) => a - b).map(([, result]) => result);

const taskOf = ({ selected, index, seed }: Job): ScenarioTask => ({
  do: 'scenario',
  file: selected.file.file,
  text: selected.file.text,
  settings: selected.settings,
  index,
  seed,
  keepsPlan: false,
});

/** Side by side, as the pool lets them; `onResult` hears of scenarios in their order, but last of those that ran again. */
export async function runAll(
  pool: Pool,
  jobs: readonly Job[],
  isOver: () => boolean,
  onProgress: (done: number, all: number) => void,
  onResult: (result: ScenarioResult) => void,
): Promise<Answered> {
  const { resultOf } = await import('../../../scenarios/runner/report.ts');
  const complaints: Complaint[] = [];
  const traces: Map<ScenarioRun, readonly string[]> = new Map();
  const runOne = async (job: Job): Promise<ScenarioRun | null> => {
    const answer = await pool.run(taskOf(job));
    complaints.push(...answer.complaints);
    if (answer.run !== null && answer.trace !== null) traces.set(answer.run, answer.trace);
    return answer.run;
  };
  let done = 0;
  let all = jobs.length;
  const { first, decided } = decideAll(
    jobs,
    async (job) => {
      if (isOver()) return null;
      const run = await runOne(job);
      onProgress(++done, all);
      return run;
    },
    (run) => {
      const runsAgain = pool.jobs > 1 && isUndecided(run) && !isOver();
      if (runsAgain) all++;
      return runsAgain;
    },
  );
  const results: Map<number, ScenarioResult> = new Map();
  const tell = async (positions: readonly number[]): Promise<void> => {
    const runs = (await Promise.all(positions.map((position) => decided[position]!))).filter(isRun);
    if (runs.length === 0) return;
    const result = resultOf(runs);
    results.set(positions[0]!, result);
    onResult(result);
  };
  // Nobody waits for what runs again to hear of the others.
  const late: (readonly number[])[] = [];
  for (const positions of Map.groupBy(jobs.keys(), (position) => jobs[position]!.selected).values()) {
    const runs = await Promise.all(positions.map((position) => first[position]!));
    if (runs.some(isUndecided)) late.push(positions);
    else await tell(positions);
  }
  for (const positions of late) await tell(positions);
  return { results: inOrder(results), complaints, traces, repeated: all - jobs.length };
}
