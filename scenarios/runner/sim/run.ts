// One run of one case of a scenario in virtual time: rehearsed, run as the plan that came out, judged by every property.

import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { compares } from '../../../sim/evidence/promises.ts';
import { violationsOf } from '../../../sim/history/campaign.ts';
import { judge } from '../../../sim/history/judge.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import { type RunSurroundings, runHistory } from '../../../sim/history/run.ts';
import { conditions } from '../../../sim/properties/conditions.ts';
import { groupOf, measure } from '../../../sim/properties/measures.ts';
import type { Surroundings } from '../../compile/surroundings.ts';
import type { ParsedScenario, ScenarioCase } from '../../language/parse.ts';
import type { Sometimes } from '../../language/promises.ts';
import type { ScenarioRun, Verdict } from '../report.ts';
import { outcomesOf, rehearse } from './rehearse.ts';

function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return -1;
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)]!;
}

/** Milliseconds from sending to the end of the answer, ascending. */
function latenciesOf({ requests }: Evidence): readonly number[] {
  return requests
    .filter(
      ({ client, doneUs, status, kind }) =>
        groupOf(client) !== '' && doneUs >= 0 && status !== 0 && kind === 'plain',
    )
    .map(({ sentUs, doneUs }) => (doneUs - sentUs) / 1000)
    .sort((a, b) => a - b);
}

function countOf({ text, count }: Sometimes, evidence: Evidence): number {
  if (count === null) return conditions.find(({ name }) => name === text)!.count(evidence);
  return measure(evidence, count).values.filter((value) => compares(value, count.comparison, count.value))
    .length;
}

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
  const verdict: Verdict =
    violations.length > 0
      ? 'violated'
      : unsupported !== ''
        ? 'unsupported'
        : unmet !== ''
          ? 'inconclusive'
          : 'ok';
  const latencies = latenciesOf(evidence);
  return {
    file,
    name,
    label: one.label,
    seed,
    verdict,
    why: verdict === 'violated' ? '' : unsupported !== '' ? unsupported : unmet,
    judged: [...premises].filter(([, held]) => held > 0).map(([id]) => id),
    requests: evidence.requests.filter(({ client }) => groupOf(client) !== '').length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    changes: plan.timeline.filter((entry) => entry.do === 'operate').length,
    faults: [
      evidence.faults.filter(({ hits }) => hits > 0).length,
      plan.timeline.filter((entry) => entry.do === 'fault').length,
    ],
    sometimes: one.sometimes.map((condition) => [condition.text, countOf(condition, evidence)] as const),
    notJudged: one.latencies.map(({ text }) => text),
    asRehearsed: outcomes === null || outcomes === outcomesOf(evidence, plan.healMs),
    hash: history.hash,
    events: history.events,
    simulatedMs: Math.round(history.endUs / 1000),
    violations,
    plan: violations.length > 0 || keepsPlan ? plan : null,
  };
}
