// What is told of a run beside its verdict: latencies, counts, conditions that it met.
import type { Evidence } from '../../sim/evidence/evidence.ts';
import { compares } from '../../sim/evidence/promises.ts';
import type { Plan } from '../../sim/history/plan.ts';
import { conditions } from '../../sim/properties/conditions.ts';
import { groupOf, measure } from '../../sim/properties/measures.ts';
import type { Sometimes } from '../language/promises.ts';
import type { ScenarioRun } from './report.ts';

export function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return -1;
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)]!;
}

/** Milliseconds from sending to the end of the answer, ascending, of the requests of these groups of clients. */
export function latenciesOf(
  { requests }: Evidence,
  isAbout: (group: string) => boolean = (group) => group !== '',
): readonly number[] {
  return requests
    .filter(
      ({ client, doneUs, status, kind }) =>
        isAbout(groupOf(client)) && doneUs >= 0 && status !== 0 && kind === 'plain',
    )
    .map(({ sentUs, doneUs }) => (doneUs - sentUs) / 1000)
    .sort((a, b) => a - b);
}

/** How often the condition was met. */
export function countOf({ text, count }: Sometimes, evidence: Evidence): number {
  if (count === null) return conditions.find(({ name }) => name === text)!.count(evidence);
  return measure(evidence, count).values.filter((value) => compares(value, count.comparison, count.value))
    .length;
}

type Figures = Pick<ScenarioRun, 'requests' | 'p50Ms' | 'p99Ms' | 'changes' | 'faults' | 'sometimes'>;

export function figuresOf(evidence: Evidence, plan: Plan, sometimes: readonly Sometimes[]): Figures {
  const latencies = latenciesOf(evidence);
  return {
    requests: evidence.requests.filter(({ client }) => groupOf(client) !== '').length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    changes: plan.timeline.filter((entry) => entry.do === 'operate').length,
    faults: [
      evidence.faults.filter(({ hits }) => hits > 0).length,
      plan.timeline.filter((entry) => entry.do === 'fault').length,
    ],
    sometimes: sometimes.map((condition) => [condition.text, countOf(condition, evidence)] as const),
  };
}
