// One run of one case of a scenario in virtual time: rehearsed, run as the plan that came out, judged by every property.

import { violationsOf } from '../../../sim/history/campaign.ts';
import { judge } from '../../../sim/history/judge.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import { type RunSurroundings, runHistory } from '../../../sim/history/run.ts';
import type { Surroundings } from '../../compile/surroundings.ts';
import type { ParsedScenario, ScenarioCase } from '../../language/parse.ts';
import { figuresOf } from '../figures.ts';
import { type ScenarioRun, verdictOf } from '../report.ts';
import { outcomesOf, rehearse } from './rehearse.ts';

export interface RunOptions {
  readonly seed: number;
  /** Also of a run that violates nothing. */
  readonly keepsPlan: boolean;
}

/** null after complaints, which stand with the scenario. */
export function runOnSim(
  { file, name }: ParsedScenario,
  one: ScenarioCase,
  { seed, keepsPlan }: RunOptions,
  surroundings: Surroundings,
  world: RunSurroundings,
  complaints: readonly unknown[],
): ScenarioRun | null {
  const rehearsed =
    one.spec.plan === undefined
      ? rehearse(file, one, seed, surroundings, world)
      : { plan: one.spec.plan as unknown as Plan, unmet: '', unsupported: '', outcomes: null };
  if (rehearsed === null || complaints.length > 0) return null;
  const { plan, unmet, unsupported, outcomes } = rehearsed;
  const history = runHistory(plan, world);
  const { evidence } = history;
  const judged = judge(history);
  const { premises } = judged;
  const violations = violationsOf(judged);
  const [verdict, why] = verdictOf(violations.length > 0, unsupported, unmet);
  return {
    backend: 'sim',
    file,
    name,
    label: one.label,
    seed,
    verdict,
    why,
    judged: [...premises].filter(([, held]) => held > 0).map(([id]) => id),
    ...figuresOf(evidence, plan, one.sometimes),
    notJudged: one.latencies.map(({ text }) => text),
    unjudged: [],
    asRehearsed: outcomes === null || outcomes === outcomesOf(evidence, plan.healMs),
    hash: history.hash,
    events: history.events,
    simulatedMs: Math.round(history.endUs / 1000),
    violations,
    plan: violations.length > 0 || keepsPlan ? plan : null,
  };
}
