// What is asked of a simulation thread and what it answers: plain data both ways.
import type { Canary } from '../../../sim/canaries/canary.ts';
import type { CampaignOptions } from '../../../sim/history/campaign.ts';
import type { HistoryReport } from '../../../sim/history/report.ts';

/** Runs the units from `fromUnit` up to, not including, `toUnit`. */
export interface UnitsTask {
  readonly do: 'units';
  readonly options: CampaignOptions;
  readonly fromUnit: number;
  readonly toUnit: number;
}

export type Task = UnitsTask;

export type TaskResult<T extends Task> = T extends UnitsTask ? readonly HistoryReport[] : never;

export interface ThreadStart {
  /** CustomResourceDefinitions that every cluster begins with. */
  readonly crds: readonly unknown[];
  /** A defect to put into the product; null: the product as it is. */
  readonly canary: Canary | null;
}

export interface ThreadRequest {
  readonly id: number;
  readonly task: Task;
}

export type ThreadReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };
