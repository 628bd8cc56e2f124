// What `tidegate simulate` says at its end: one value for programs, and the same as text for people.
import type { CampaignOptions } from '../../../sim/history/campaign.ts';
import type { FaultRow } from '../../../sim/history/fault-table.ts';
import type { Tally } from '../../../sim/history/report.ts';

/** One violated property with where to look. */
export interface Failure {
  readonly property: string;
  readonly name: string;
  readonly message: string;
  /** 'seed 1 index 12' */
  readonly label: string;
  /** The same plan was the same run and failed in the same way once more. */
  readonly confirmed: boolean;
  /** Entries of the timeline, as drawn and after shrinking. */
  readonly entries: number;
  readonly shrunkEntries: number;
  readonly shrinkRuns: number;
  readonly trace: string;
  /** The command that replays it. */
  readonly replay: string;
}

export interface PropertyRow {
  readonly id: string;
  readonly name: string;
  readonly premises: number;
  readonly histories: number;
  readonly violated: number;
}

export interface Summary {
  readonly verdict: 'ok' | 'violated' | 'inconclusive';
  readonly seed: number;
  readonly strategy: string;
  readonly histories: number;
  readonly hash: string;
  readonly events: number;
  readonly simulatedSeconds: number;
  readonly requests: number;
  readonly properties: readonly PropertyRow[];
  /** Ids of properties whose premise never held. */
  readonly neverHeld: readonly string[];
  readonly faults: readonly { readonly name: string; injected: number; met: number; hits: number }[];
  readonly faultTable: readonly FaultRow[];
  readonly sometimes: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export interface Catalogues {
  readonly properties: readonly { readonly id: string; readonly name: string }[];
  readonly faultTable: readonly FaultRow[];
}

export function summarize(
  campaign: CampaignOptions,
  tally: Tally,
  failures: readonly Failure[],
  catalogues: Catalogues,
): Summary {
  const judged = catalogues.properties.filter(
    ({ id }) => campaign.properties === null || campaign.properties.includes(id),
  );
  const rows = judged.map(({ id, name }) => {
    const { premises, histories, violated } = tally.properties.get(id) ?? {
      premises: 0,
      histories: 0,
      violated: 0,
    };
    return { id, name, premises, histories, violated };
  });
  const neverHeld = rows.filter(({ premises }) => premises === 0).map(({ id }) => id);
  const isInconclusive = campaign.properties !== null && neverHeld.length > 0;
  return {
    verdict: failures.length > 0 ? 'violated' : isInconclusive ? 'inconclusive' : 'ok',
    seed: campaign.seed,
    strategy: campaign.strategy,
    histories: tally.histories,
    hash: tally.hash,
    events: tally.events,
    simulatedSeconds: Math.floor(tally.simulatedMs / 1000),
    requests: tally.requests,
    properties: rows,
    neverHeld,
    faults: [...tally.faults].sort(byName).map(([name, sums]) => ({ name, ...sums })),
    faultTable: catalogues.faultTable,
    sometimes: Object.fromEntries([...tally.sometimes].sort(byName)),
    failures,
  };
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

export function formatFailure(failure: Failure): string {
  const { property, name, message, label, confirmed, entries, shrunkEntries, shrinkRuns } = failure;
  return [
    `VIOLATED ${property}: ${name}`,
    `  ${message.split('\n').slice(0, 6).join('\n  ')}`,
    `  ${label}: a plan of ${entries} entries, ${shrunkEntries} after shrinking (${shrinkRuns} runs)`,
    ...(confirmed
      ? []
      : ['  NOT CONFIRMED: the same plan did not become the same run; this is a defect of the simulator']),
    `  trace   ${failure.trace}`,
    `  replay  ${failure.replay}`,
    '',
  ].join('\n');
}

export function formatSummary(summary: Summary, wallSeconds: number): string {
  const { histories, seed, strategy, simulatedSeconds, requests, properties, neverHeld } = summary;
  const injected = summary.faults.reduce((sum, fault) => sum + fault.injected, 0);
  const held = properties.length - neverHeld.length;
  const lines = [
    `${summary.verdict}: ${histories} histories of seed ${seed} (${strategy}), ${simulatedSeconds} simulated seconds, ` +
      `${requests} requests, ${injected} faults, in ${wallSeconds.toFixed(0)} s`,
    `${held} of ${properties.length} properties could have been violated; hash ${summary.hash}`,
  ];
  if (neverHeld.length > 0) lines.push(`never judged, as their premise never held: ${neverHeld.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** Rows of faults and phases, columns of object kinds. */
export function formatFaultTable(rows: readonly FaultRow[]): string {
  const kinds = Object.keys(rows[0]?.cells ?? {});
  const titles = ['fault', 'phase', ...kinds.map((kind) => kind.split('.', 1)[0]!)];
  const reasons: string[] = [];
  const mark = (reason: string): string => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return `-${reasons.indexOf(reason) + 1}`;
  };
  const body = rows.map(({ fault, phase, cells }) => [
    fault,
    phase,
    ...Object.values(cells).map((cell) => (typeof cell === 'number' ? String(cell) : mark(cell))),
  ]);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...body.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const notes = reasons.map((reason, index) => `-${index + 1}: cannot be, ${reason}`);
  return `${[titles, ...body].map(line).concat(notes).join('\n')}\n`;
}
