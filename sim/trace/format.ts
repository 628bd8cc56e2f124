// The trace: one JSON object a line. First a manifest, then the plan, what happened event by event, what it means to people,
// the store's log, the verdict, and a last line that proves that nothing is missing. The plan alone decides the run, so the
// file needs nothing beside it to be replayed.
import type { Plan } from '../history/plan.ts';
import type { FoundViolation } from '../history/report.ts';

/** Grows when a reader of an older version would read a trace wrongly. */
export const traceFormat = 1;

export interface Manifest {
  readonly type: 'manifest';
  readonly format: typeof traceFormat;
  /** Version of Tidegate that wrote it. */
  readonly product: string;
  readonly node: string;
  /** Hash over the sources of product and simulator, and the canary. */
  readonly build: string;
  /** Name of the defect that was put in; null for the product as it was. */
  readonly canary: string | null;
  /** Id of the property that was violated, and what was said. */
  readonly property: string;
  readonly promise: string;
  readonly message: string;
  readonly signature: string;
  /** Where the history comes from: 'seed 1 index 12'. */
  readonly origin: string;
  /** Entries of the timeline before it was shrunk. */
  readonly entriesBefore: number;
  readonly shrinkRuns: number;
  readonly planHash: string;
  /** False: of real processes in real time, so that the plan decides what was done and not what came of it. Absent: true. */
  readonly det?: boolean;
  /** What the reader should know about the content. */
  readonly note: string;
}

export const secretsNote =
  'Keys, certificates and credentials in the plan were generated for the simulation; data of Secrets in the store log is masked.';

export interface PlanLine {
  readonly type: 'plan';
  readonly plan: Plan;
}

export interface EventLine {
  readonly type: 'event';
  readonly at: number;
  /** Sequence number, and that of the event that scheduled it; 0 = from outside the run. */
  readonly n: number;
  readonly cause: number;
  readonly lane: string;
}

export interface ObservationLine {
  readonly type: 'observation';
  readonly at: number;
  readonly n: number;
  readonly what: string;
  readonly a: number | string;
  readonly b: number;
}

/** Hash of the run so far. */
export interface CheckpointLine {
  readonly type: 'checkpoint';
  readonly events: number;
  readonly hash: string;
}

/** Something that people can follow: a request, a config that took effect, a fault. */
export interface StoryLine {
  readonly type: 'story';
  readonly at: number;
  /** Equal to `at` for what takes no time. */
  readonly to: number;
  /** Host, client, pod, or 'faults'. */
  readonly lane: string;
  readonly kind: 'fault' | 'operate' | 'expect' | 'life' | 'call' | 'config' | 'swap' | 'request' | 'receipt';
  readonly text: string;
  /** Of the plan entry that it belongs to; '' = none. */
  readonly entry: string;
}

export interface StoreLine {
  readonly type: 'store';
  readonly at: number;
  readonly version: number;
  readonly change: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: unknown;
}

export interface VerdictLine {
  readonly type: 'verdict';
  readonly violations: readonly FoundViolation[];
  readonly premises: readonly (readonly [property: string, held: number])[];
  /** Id of each fault that began, its name, and how much it met. */
  readonly faults: readonly (readonly [id: string, name: string, hits: number])[];
}

export interface EndLine {
  readonly type: 'end';
  readonly events: number;
  readonly hash: string;
  /** Lines before this one. */
  readonly lines: number;
}

export type RunLine = EventLine | ObservationLine | CheckpointLine;
export type TraceLine = Manifest | PlanLine | RunLine | StoryLine | StoreLine | VerdictLine | EndLine;

export interface Trace {
  readonly manifest: Manifest;
  readonly plan: Plan;
  /** Events, observations and checkpoints as their lines stand in the file: replays compare them so. */
  readonly run: readonly string[];
  readonly story: readonly StoryLine[];
  readonly store: readonly StoreLine[];
  readonly verdict: VerdictLine;
  readonly end: EndLine;
}
