// What came of one run of a scenario, as data that travels between threads, and of all its runs together.
import type { Plan } from '../../sim/history/plan.ts';
import type { FoundViolation } from '../../sim/history/report.ts';
import type { BackendName } from './backend.ts';

export type Verdict = 'ok' | 'violated' | 'inconclusive' | 'unsupported';

export interface ScenarioRun {
  readonly backend: BackendName;
  readonly file: string;
  readonly name: string;
  /** 'pods=resets'; '' = no parameter is shown. */
  readonly label: string;
  readonly seed: number;
  readonly verdict: Verdict;
  /** Of what is inconclusive or unsupported; '' else. */
  readonly why: string;
  /** Properties whose premise held. */
  readonly judged: readonly string[];
  readonly requests: number;
  /** Of the scenario's own requests that were answered, on `sim` in modelled time; -1 = there were none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Changes of objects by the scenario. */
  readonly changes: number;
  /** Faults that met something, of how many. */
  readonly faults: readonly [met: number, all: number];
  /** Of `expect.sometimes`: how often each was met. */
  readonly sometimes: readonly (readonly [text: string, count: number])[];
  /** Promises of the scenario that this backend does not judge. */
  readonly notJudged: readonly string[];
  /** Properties that this backend does not judge, each with the parts of the evidence that it does not take down. */
  readonly unjudged: readonly (readonly [property: string, parts: string])[];
  /** The run came to the same as the rehearsal that its times come from; null where there is none. */
  readonly asRehearsed: boolean | null;
  /** Of a run in virtual time; '' else. */
  readonly hash: string;
  readonly events: number;
  /** From its beginning to its end, on `sim` in virtual time. */
  readonly simulatedMs: number;
  readonly violations: readonly FoundViolation[];
  /** Of a run that violated something, or where it was asked for. */
  readonly plan: Plan | null;
}

export type NamedRun = Pick<ScenarioRun, 'backend' | 'file' | 'name' | 'label' | 'seed'>;

/** It has met nothing and proves nothing. */
export function runThatNeverBegan(named: NamedRun, verdict: Verdict, why: string): ScenarioRun {
  return {
    ...named,
    verdict,
    why,
    judged: [],
    requests: 0,
    p50Ms: -1,
    p99Ms: -1,
    changes: 0,
    faults: [0, 0],
    sometimes: [],
    notJudged: [],
    unjudged: [],
    asRehearsed: null,
    hash: '',
    events: 0,
    simulatedMs: 0,
    violations: [],
    plan: null,
  };
}

/** With why it is so. */
export function verdictOf(
  isViolated: boolean,
  unsupported: string,
  unmet: string,
): readonly [Verdict, string] {
  if (isViolated) return ['violated', ''];
  if (unsupported !== '') return ['unsupported', unsupported];
  return unmet === '' ? ['ok', ''] : ['inconclusive', unmet];
}

const rank: Readonly<Record<Verdict, number>> = { violated: 3, unsupported: 2, inconclusive: 1, ok: 0 };

/** All runs of one scenario. */
export interface ScenarioResult {
  readonly file: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly runs: readonly ScenarioRun[];
}

/** The worst verdict; a condition that no run met makes a scenario inconclusive that no run violated. */
export function resultOf(runs: readonly ScenarioRun[]): ScenarioResult {
  const [first] = runs;
  const { file, name } = first!;
  const worst = runs.reduce((a, b) => (rank[b.verdict] > rank[a.verdict] ? b : a));
  if (worst.verdict !== 'ok') return { file, name, verdict: worst.verdict, why: worst.why, runs };
  const counts: Map<string, number> = new Map();
  for (const { sometimes } of runs)
    for (const [text, count] of sometimes) counts.set(text, (counts.get(text) ?? 0) + count);
  const never = [...counts].filter(([, count]) => count === 0).map(([text]) => text);
  if (never.length === 0) return { file, name, verdict: 'ok', why: '', runs };
  const why = `never met in ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ${never.join('; ')}`;
  return { file, name, verdict: 'inconclusive', why, runs };
}
