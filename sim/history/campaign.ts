// A campaign runs histories one after the other and keeps of each what a summary needs. Histories come in units, numbered
// from 0: a unit is a function of the seed and its number alone, so it does not matter who runs which.

import { findProperty, properties } from '../properties/catalogue.ts';
import { crashCostsTime } from '../properties/compared.ts';
import type { Property } from '../properties/property.ts';
import { recordRun } from '../trace/record.ts';
import { cellsOf } from './fault-table.ts';
import type { ManifestWorld } from './generate/manifest-world.ts';
import { type PlanSource, planAt } from './generate/plan-at.ts';
import { judge, noExceptionId, type Verdict } from './judge.ts';
import { compareWithOthers } from './oracle.ts';
import type { FaultEntry, Plan, WriteTrigger } from './plan.ts';
import type { FoundViolation, HistoryReport } from './report.ts';
import { type History, type RunSurroundings, runHistory } from './run.ts';
import { signatureOf } from './signature.ts';

export type Strategy = 'uniform' | 'pct' | 'crash-at-every-write';

export interface CampaignOptions {
  readonly seed: number;
  readonly strategy: Strategy;
  /** Names of faults to choose from; null: all. */
  readonly faults: readonly string[] | null;
  /** Ids or names of properties to judge by; null: all. */
  readonly properties: readonly string[] | null;
  /** Histories around these; null: around random applications. */
  readonly manifests: ManifestWorld | null;
}

/** Runs something while looking out for what a simulated run must not touch; says what it saw, or null. */
export type Guard = <Value>(run: () => Value) => { readonly value: Value; readonly misuse: string | null };

export interface CampaignSurroundings extends RunSurroundings {
  /** Around a sample of the histories, as it slows them down. */
  readonly guard?: Guard;
}

/** One history of so many runs under the guard. */
const guardedEvery = 16;
/** One history of so many is compared with others that must come to the same, as that takes several runs; all where asked for. */
const comparedEvery = 20;

export function judgedProperties(names: readonly string[] | null): readonly Property[] {
  if (names === null) return properties;
  return names.flatMap((name) => {
    const property = findProperty(name);
    // Exceptions are judged in any case.
    if (property === null && name === noExceptionId) return [];
    if (property === null) throw new Error(`there is no property '${name}'`);
    return [property];
  });
}

/** The first violation of each signature. */
export function violationsOf({ findings }: Verdict): readonly FoundViolation[] {
  const first: Map<string, FoundViolation> = new Map();
  for (const { property, violation } of findings) {
    const { message, atUs, witnesses } = violation;
    const signature = signatureOf(property, message);
    if (!first.has(signature)) first.set(signature, { property, message, atUs, witnesses, signature });
  }
  return [...first.values()];
}

function reportOf({ history, verdict, violations }: Judged, label: string): HistoryReport {
  const { plan, evidence, hash, events } = history;
  return {
    label,
    hash,
    events,
    simulatedMs: Math.round(history.endUs / 1000),
    requests: evidence.requests.length,
    premises: [...verdict.premises],
    faults: evidence.faults.map(({ fault, hits }) => [fault, hits]),
    sometimes: [...evidence.sometimes],
    cells: cellsOf(evidence, plan),
    violations,
    plan: violations.length === 0 ? null : plan,
  };
}

interface Judged {
  readonly history: History;
  readonly verdict: Verdict;
  /** With what the guard saw. */
  readonly violations: readonly FoundViolation[];
}

function runJudged(
  plan: Plan,
  judged: readonly Property[],
  surroundings: CampaignSurroundings,
  isGuarded: boolean,
  /** Of those, the ones that other histories may be run for. */
  compared: readonly Property[],
): Judged {
  const { guard } = surroundings;
  const { value: history, misuse } =
    isGuarded && guard !== undefined
      ? guard(() => runHistory(plan, surroundings))
      : { value: runHistory(plan, surroundings), misuse: null };
  const alone = judge(history, judged);
  const verdict = compareWithOthers(history, alone, compared, (other) => runHistory(other, surroundings));
  const violations = violationsOf(verdict);
  if (misuse === null) return { history, verdict, violations };
  const signature = signatureOf(noExceptionId, misuse);
  const seen = { property: noExceptionId, message: misuse, atUs: 0, witnesses: [], signature };
  return { history, verdict, violations: [...violations, seen] };
}

export interface PlanVerdict {
  readonly hash: string;
  readonly violations: readonly FoundViolation[];
}

/** One plan, judged by one property: for shrinking. */
export function judgePlan(plan: Plan, property: string, surroundings: CampaignSurroundings): PlanVerdict {
  const asked = judgedProperties([property]);
  const judged = runJudged(plan, asked, surroundings, property === noExceptionId, asked);
  const violations = judged.violations.filter((violation) => violation.property === property);
  return { hash: judged.history.hash, violations };
}

const points: readonly WriteTrigger['point'][] = ['before-send', 'after-apply', 'after-response'];

/** The writes of each controller, as triggers count them. */
function writesOf({ evidence }: History): ReadonlyMap<string, number> {
  const writes: Map<string, number> = new Map();
  for (const { host, method, path, life } of evidence.calls)
    if (method !== 'GET' && !path.includes('/leases') && life === 1)
      writes.set(host, (writes.get(host) ?? 0) + 1);
  return writes;
}

/** The history without faults, then with a crash of a controller around each of its writes. */
function* crashesAtWrites(base: Plan, label: string, run: (plan: Plan, label: string) => History) {
  const calm = base.timeline.filter((entry) => entry.do !== 'fault');
  const plan: Plan = { ...base, world: { ...base.world, mode: 'split' }, timeline: calm };
  const history = run(plan, label);
  yield;
  for (const [host, count] of writesOf(history))
    for (let index = 0; index < count; index++)
      for (const point of points) {
        const crash: FaultEntry = {
          id: 'f1',
          atMs: 0,
          do: 'fault',
          fault: 'crash-controller',
          untilMs: 5_000,
          target: host,
          parameters: {},
          when: { host, index, point },
        };
        run({ ...plan, timeline: [crash, ...calm] }, `${label}, ${host} crashes ${point} of write ${index}`);
        yield;
      }
}

function planOf({ seed, strategy, faults, manifests }: CampaignOptions, unit: number): Plan {
  const planOptions: PlanSource = {
    ...(faults === null ? {} : { faults }),
    ...(manifests === null ? {} : { manifests }),
    strategy: strategy === 'pct' ? 'pct' : 'uniform',
  };
  return planAt(seed, unit, planOptions);
}

/** Everything that happens in the first history of a unit, line by line. */
export function recordUnit(
  options: CampaignOptions,
  unit: number,
  surroundings: RunSurroundings,
): readonly string[] {
  const lines: string[] = [];
  const recorder = recordRun((line) => lines.push(line));
  runHistory(planOf(options, unit), { ...surroundings, recorder });
  return lines;
}

/** The histories of one unit: one, or with crash-at-every-write as many as its controllers write. */
export function runUnit(
  options: CampaignOptions,
  unit: number,
  surroundings: CampaignSurroundings,
): readonly HistoryReport[] {
  const { seed, strategy } = options;
  const judged = judgedProperties(options.properties);
  const isGuarded = unit % guardedEvery === 0;
  const crashes = strategy === 'crash-at-every-write';
  const compared = judged.filter((property) =>
    crashes ? property === crashCostsTime : options.properties !== null || unit % comparedEvery === 0,
  );
  const reports: HistoryReport[] = [];
  const run = (plan: Plan, label: string): History => {
    const outcome = runJudged(plan, judged, surroundings, isGuarded, compared);
    reports.push(reportOf(outcome, label));
    return outcome.history;
  };
  const plan = planOf(options, unit);
  const label = `seed ${seed} index ${unit}`;
  if (!crashes) run(plan, label);
  else for (const _ of crashesAtWrites(plan, label, run));
  return reports;
}
