// One run of one case of a scenario against real processes: performed as time goes by, then judged by what was taken down.
import { violationsOf } from '../../../sim/history/campaign.ts';
import type { Verdict } from '../../../sim/history/judge.ts';
import type { FoundViolation } from '../../../sim/history/report.ts';
import type { Surroundings } from '../../compile/surroundings.ts';
import { type CompiledWorld, compileWorld } from '../../compile/world.ts';
import type { ParsedScenario, ScenarioCase } from '../../language/parse.ts';
import type { Collected, LiveBackend, LiveWorld } from '../backend.ts';
import { figuresOf } from '../figures.ts';
import { perform } from '../perform.ts';
import { type NamedRun, runThatNeverBegan, type ScenarioRun, verdictOf } from '../report.ts';
import { createStage, type Stage } from '../stage.ts';
import { faultsIn, unsupportedIn } from '../unsupported.ts';
import { isCountable, judgeLive, whyUndecided } from './judge.ts';
import { whyMetLate } from './late-expectations.ts';

export interface LiveOptions {
  readonly seed: number;
  /** Also of a run that violates nothing. */
  readonly keepsPlan: boolean;
  /** Ends the run in the middle; it then proves nothing. */
  readonly signal: AbortSignal;
  /** Hears what was left behind where something was violated. */
  onViolated?(collected: Collected, verdict: Verdict, violations: readonly FoundViolation[]): void;
}

const interrupted = 'it was interrupted';

/** Resolves when nothing goes on any more that the scenario began, or when it is told to stop. */
function performAll(stage: Stage, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      stage.unmet ||= interrupted;
      resolve();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    perform(stage, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}

interface Performed {
  readonly stage: Stage;
  readonly world: LiveWorld;
}

async function judged(
  backend: LiveBackend,
  { stage, world }: Performed,
  named: NamedRun,
  { keepsPlan, onViolated, signal }: LiveOptions,
): Promise<ScenarioRun> {
  const { one } = stage;
  const collected = await world.collect(signal);
  if (signal.aborted) return runThatNeverBegan(named, 'inconclusive', interrupted);
  const { evidence, plan, endUs } = collected;
  const { records, leavesOut } = backend;
  const live = judgeLive(collected, { records, leavesOut, latencies: one.latencies });
  const violations = violationsOf(live);
  if (violations.length > 0) onViolated?.(collected, live, violations);
  const counted = one.sometimes.filter((condition) => isCountable(condition, evidence, records));
  const unmet = stage.unmet || whyUndecided(live, collected) || whyMetLate(collected);
  const [verdict, why] = verdictOf(violations.length > 0, stage.unsupported, unmet);
  return {
    ...named,
    verdict,
    why,
    judged: [...live.premises].filter(([, held]) => held > 0).map(([id]) => id),
    ...figuresOf(evidence, plan, counted),
    notJudged: one.sometimes.filter((condition) => !counted.includes(condition)).map(({ text }) => text),
    unjudged: live.unjudged,
    asRehearsed: null,
    hash: '',
    events: 0,
    simulatedMs: Math.round(endUs / 1000),
    violations,
    plan: violations.length > 0 || keepsPlan ? plan : null,
  };
}

async function runIn(
  backend: LiveBackend,
  compiled: CompiledWorld,
  named: NamedRun,
  parts: { readonly one: ScenarioCase; readonly surroundings: Surroundings },
  options: LiveOptions,
): Promise<ScenarioRun> {
  const { seed, signal } = options;
  const world = await backend.open(compiled, {
    seed,
    promises: parts.one.promises,
    faults: faultsIn(parts.one.spec.steps),
  });
  try {
    const { driver } = world;
    const stage = createStage({ file: named.file, ...parts, world: compiled, driver, seed });
    await performAll(stage, signal);
    if (signal.aborted) return runThatNeverBegan(named, 'inconclusive', interrupted);
    return await judged(backend, { stage, world }, named, options);
  } finally {
    await world.close();
  }
}

/** null after complaints, which stand with the scenario. */
export async function runLive(
  backend: LiveBackend,
  { file, name, complaints }: ParsedScenario,
  one: ScenarioCase,
  surroundings: Surroundings,
  options: LiveOptions,
): Promise<ScenarioRun | null> {
  const named = { backend: backend.name, file, name, label: one.label, seed: options.seed };
  if (one.spec.plan !== undefined)
    return runThatNeverBegan(named, 'unsupported', 'a plan to the letter is only for sim');
  const compiled = compileWorld(file, one, surroundings);
  if (compiled === null || complaints.length > 0) return null;
  const why = unsupportedIn(one, compiled, options.seed, backend.capabilities);
  if (why !== '') return runThatNeverBegan(named, 'unsupported', why);
  const run = await runIn(backend, compiled, named, { one, surroundings }, options);
  return complaints.length > 0 ? null : run;
}
