// Drives a campaign: keeps the threads busy, takes the results in the order of the histories, and knows when to stop.
import type { CampaignOptions } from '../../../sim/history/campaign.ts';
import type { HistoryReport, Tally } from '../../../sim/history/report.ts';
import type { Pool } from './pool.ts';

export interface CampaignBounds {
  /** null: as many as the time allows. */
  readonly runs: number | null;
  /** Asked before each step: from then on nothing new begins. */
  readonly isOver: () => boolean;
  /** After the first history for which it says so nothing more is run. */
  readonly stopsAt: (report: HistoryReport) => boolean;
}

/** Units of one task: few enough that progress shows, many enough that messages cost nothing. */
const unitsPerTask = 4;

/** Adds every history to `tally` in order and answers those that violated something. */
export async function runCampaign(
  pool: Pool,
  options: CampaignOptions,
  bounds: CampaignBounds,
  tally: Tally,
  onProgress: () => void,
): Promise<readonly HistoryReport[]> {
  const violated: HistoryReport[] = [];
  const pending: Promise<readonly HistoryReport[]>[] = [];
  let nextUnit = 0;
  let finished = false;
  const fill = (): void => {
    while (!finished && pending.length < pool.jobs * 2 && !bounds.isOver()) {
      if (bounds.runs !== null && nextUnit >= bounds.runs) return;
      const fromUnit = nextUnit;
      nextUnit = Math.min(nextUnit + unitsPerTask, bounds.runs ?? Number.POSITIVE_INFINITY);
      const result = pool.run({ do: 'units', options, fromUnit, toUnit: nextUnit });
      // Whoever awaits it hears of it; what was asked for in advance may never be awaited.
      result.catch(() => undefined);
      pending.push(result);
    }
  };
  for (fill(); pending.length > 0 && !finished; fill()) {
    for (const report of await pending.shift()!) {
      if (finished) break;
      tally.add(report);
      if (report.plan !== null) violated.push(report);
      finished = tally.histories === bounds.runs || bounds.stopsAt(report);
    }
    onProgress();
  }
  return violated;
}
