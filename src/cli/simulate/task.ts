// What is asked of a simulation thread and what it answers: plain data both ways.

import type { Complaint } from '../../../scenarios/language/reading.ts';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignOptions, PlanVerdict } from '../../../sim/history/campaign.ts';
import type { Plan } from '../../../sim/history/plan.ts';
import type { FoundViolation, HistoryReport } from '../../../sim/history/report.ts';
import type { Trace } from '../../../sim/trace/format.ts';
import type { Replay } from '../../../sim/trace/replay.ts';
import type { ManifestHead } from '../../../sim/trace/write.ts';

/** Runs the units from `fromUnit` up to, not including, `toUnit`. */
export interface UnitsTask {
  readonly do: 'units';
  readonly options: CampaignOptions;
  readonly fromUnit: number;
  readonly toUnit: number;
}

/** Runs one plan and judges it by one property. */
export interface JudgeTask {
  readonly do: 'judge';
  readonly plan: Plan;
  readonly property: string;
}

/** Runs a failing plan with everything written down. */
export interface TraceTask {
  readonly do: 'trace';
  readonly plan: Plan;
  readonly violation: FoundViolation;
  readonly head: ManifestHead;
}

export interface ReplayTask {
  readonly do: 'replay';
  readonly trace: Pick<Trace, 'plan' | 'run'>;
}

/** Runs the history of one unit and answers its lines as a trace would have them. */
export interface RecordTask {
  readonly do: 'record';
  readonly options: CampaignOptions;
  readonly unit: number;
}

/** Runs one case of a scenario. */
export interface ScenarioTask {
  readonly do: 'scenario';
  readonly file: string;
  readonly text: string;
  /** Parameters set from outside. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Index of the case. */
  readonly index: number;
  readonly seed: number;
  /** The plan also of a run that violates nothing. */
  readonly keepsPlan: boolean;
}

export interface ScenarioAnswer {
  /** null after complaints. */
  readonly run: ScenarioRun | null;
  /** Of a run on a live backend that violated something: its trace, without the name of a file. */
  readonly trace: readonly string[] | null;
  readonly complaints: readonly Complaint[];
}

/** Carries out a plan against real processes. */
export interface HostTask {
  readonly do: 'host';
  readonly plan: Plan;
  readonly label: string;
}

export interface HostAnswer {
  readonly report: HistoryReport;
  /** Steps and figures that real processes cannot have. */
  readonly leftOut: readonly string[];
  /** Why some property says nothing about this run; '' = each does. */
  readonly undecided: string;
  /** Properties that were not judged, with what they lack. */
  readonly unjudged: readonly (readonly [property: string, part: string])[];
  /** Lines of a trace where something was violated. */
  readonly trace: readonly string[] | null;
}

export interface TaskResults {
  /** null after an interruption. */
  readonly host: HostAnswer | null;
  readonly scenario: ScenarioAnswer;
  readonly units: readonly HistoryReport[];
  readonly judge: PlanVerdict;
  readonly trace: readonly string[];
  readonly replay: Replay;
  readonly record: readonly string[];
}

export type Task = HostTask | ScenarioTask | UnitsTask | JudgeTask | TraceTask | ReplayTask | RecordTask;

export interface ThreadStart {
  /** CustomResourceDefinitions that every cluster begins with. */
  readonly crds: readonly unknown[];
  /** A defect to put into the product; null: the product as it is. */
  readonly canary: Canary | null;
  /** Where it will be asked to run scenarios; null: nowhere. On `local` the canary is in the processes that it starts. */
  readonly scenarios: 'sim' | 'local' | null;
  /** Collects garbage every thousand events; needs --expose-gc. */
  readonly forcesGc: boolean;
}

/** One task at a time. 'interrupt': what runs as time goes by ends now. */
export type ThreadRequest = { readonly task: Task } | { readonly task: 'interrupt' };

export type ThreadReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string };
