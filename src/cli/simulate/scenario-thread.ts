// How a thread runs scenarios: in virtual time, or against real processes. Loaded only where scenarios are run.
import type { LiveBackend } from '../../../scenarios/runner/backend.ts';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignSurroundings } from '../../../sim/history/campaign.ts';
import { headWriter } from './failing.ts';
import type { ScenarioAnswer, ScenarioTask } from './task.ts';

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
  const { verdictOf, writeLiveTrace } = await import('../../../sim/trace/write.ts');
  const headOf = await headWriter();
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
      onViolated({ plan, evidence }, verdict, violations) {
        const [violation] = violations;
        const entriesBefore = plan.timeline.length;
        const head = headOf(violation!.property, { label: origin, entriesBefore, shrinkRuns: 0, canary });
        const line = { ...verdictOf({ evidence }, verdict), violations };
        trace = writeLiveTrace({ plan, evidence }, violation!, head, line);
      },
    });
    return { run, complaints, trace };
  };
}
