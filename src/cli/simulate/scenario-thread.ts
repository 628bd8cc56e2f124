// How a thread runs scenarios: in virtual time, or against real processes. Loaded only where scenarios are run.

import type { Collected, LiveBackend } from '../../../scenarios/runner/backend.ts';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignSurroundings } from '../../../sim/history/campaign.ts';
import type { Verdict } from '../../../sim/history/judge.ts';
import type { FoundViolation } from '../../../sim/history/report.ts';
import { headWriter } from './failing.ts';
import type { HostAnswer, HostTask, ScenarioAnswer, ScenarioTask } from './task.ts';

export type RunScenario = (task: ScenarioTask) => ScenarioAnswer | Promise<ScenarioAnswer>;

async function common(crds: readonly unknown[]) {
  const { parseScenario } = await import('../../../scenarios/language/parse.ts');
  const { kindNames } = await import('../../../sim/history/generate/kind-names.ts');
  const { readText } = await import('../scenario/files.ts');
  return { parseScenario, around: { kinds: kindNames(crds), readText } };
}

export async function simulatedScenarios(
  crds: readonly unknown[],
  surroundings: CampaignSurroundings,
): Promise<RunScenario> {
  const { parseScenario, around } = await common(crds);
  const { runOnSim } = await import('../../../scenarios/runner/sim/run.ts');
  return ({ file, text, settings, index, seed, keepsPlan }) => {
    const parsed = parseScenario(file, text, new Map(settings));
    const { complaints, cases } = parsed;
    const one = cases[index];
    const run =
      one === undefined ? null : runOnSim(parsed, one, { seed, keepsPlan }, around, surroundings, complaints);
    return { run, complaints, trace: null };
  };
}

export async function liveScenarios(
  crds: readonly unknown[],
  canary: Canary | null,
  signal: AbortSignal,
): Promise<RunScenario> {
  const { createLocalBackend } = await import('../../../scenarios/runner/local/backend.ts');
  const backend = createLocalBackend({ crds: crds as CampaignSurroundings['crds'], canary });
  return scenariosOn(backend, crds, canary, signal);
}

export async function scenariosOn(
  backend: LiveBackend,
  crds: readonly unknown[],
  canary: Canary | null,
  signal: AbortSignal,
): Promise<RunScenario> {
  const { parseScenario, around } = await common(crds);
  const { runLive } = await import('../../../scenarios/runner/live/run.ts');
  const write = await traceWriter(canary);
  return async ({ file, text, settings, index, seed, keepsPlan }) => {
    const parsed = parseScenario(file, text, new Map(settings));
    const { complaints, cases } = parsed;
    const one = cases[index];
    if (one === undefined) return { run: null, complaints, trace: null };
    let trace: readonly string[] | null = null;
    const origin = `${file}${one.label === '' ? '' : ` ${one.label}`} seed ${seed} on ${backend.name}`;
    const run = await runLive(backend, parsed, one, around, {
      seed,
      keepsPlan,
      signal,
      onViolated(collected, verdict, violations) {
        trace = write(collected, verdict, violations, origin);
      },
    });
    return { run, complaints, trace };
  };
}

type WriteTrace = (
  left: Pick<Collected, 'plan' | 'evidence'>,
  verdict: Verdict,
  violations: readonly FoundViolation[],
  label: string,
) => readonly string[];

async function traceWriter(canary: Canary | null): Promise<WriteTrace> {
  const { verdictOf, writeLiveTrace } = await import('../../../sim/trace/write.ts');
  const headOf = await headWriter();
  return ({ plan, evidence }, verdict, violations, label) => {
    const [violation] = violations;
    const entriesBefore = plan.timeline.length;
    const head = headOf(violation!.property, { label, entriesBefore, shrinkRuns: 0, canary });
    const line = { ...verdictOf({ evidence }, verdict), violations };
    return writeLiveTrace({ plan, evidence }, violation!, head, line);
  };
}

export type HostPlan = (task: HostTask) => Promise<HostAnswer | null>;

/** Plans of the simulator against real processes. */
export async function livePlans(
  crds: readonly unknown[],
  canary: Canary | null,
  signal: AbortSignal,
): Promise<HostPlan> {
  const { hostPlan } = await import('../../../scenarios/runner/local/host-plan.ts');
  const { judgeLive, whyUndecided } = await import('../../../scenarios/runner/live/judge.ts');
  const { localLeavesOut, localRecords } = await import('../../../scenarios/runner/local/backend.ts');
  const { violationsOf } = await import('../../../sim/history/campaign.ts');
  const { cellsOf } = await import('../../../sim/history/fault-table.ts');
  const write = await traceWriter(canary);
  const judging = { records: localRecords, leavesOut: localLeavesOut, latencies: [] };
  return async ({ plan: given, label }) => {
    const hosted = await hostPlan(given, { crds: crds as CampaignSurroundings['crds'], canary, signal });
    if (hosted === null) return null;
    const { collected, leftOut } = hosted;
    const { plan, evidence, endUs } = collected;
    const verdict = judgeLive(collected, judging);
    const violations = violationsOf(verdict);
    const isViolated = violations.length > 0;
    return {
      report: {
        label,
        hash: '',
        events: 0,
        simulatedMs: Math.round(endUs / 1000),
        requests: evidence.requests.length,
        premises: [...verdict.premises],
        faults: evidence.faults.map(({ fault, hits }) => [fault, hits]),
        sometimes: [...evidence.sometimes],
        cells: cellsOf(evidence, plan),
        violations,
        plan: isViolated ? plan : null,
      },
      leftOut,
      undecided: whyUndecided(verdict, collected),
      unjudged: verdict.unjudged,
      trace: isViolated ? write(collected, verdict, violations, `${label} on local`) : null,
    };
  };
}
