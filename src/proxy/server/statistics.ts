// One worker's counters: a row of shared numbers that only this worker writes and every thread may read.
import type { SharedCounters } from '../../ports/shared.ts';
import { type ExitReason, exitReasons } from '../exchange/exits.ts';

/** Reasons follow the other counters, in their order. */
const exitsFirst = 24;

/**
 * Numbers per worker; worker `index` owns [index * statisticsWords, (index + 1) * statisticsWords). Whole lines of the
 * processor's cache, of eight numbers each.
 */
export const statisticsWords: number = 8 * Math.ceil((exitsFirst + exitReasons.length) / 8);

/** Word number of each counter within a worker's row. */
export const statisticsLayout = {
  requests: 0,
  connectionsAccepted: 1,
  connectionsActive: 2,
  connectionsRefused: 3,
  responses1xx: 4,
  responses2xx: 5,
  responses3xx: 6,
  responses4xx: 7,
  responses5xx: 8,
  upstreamConnects: 9,
  upstreamReuses: 10,
  retries: 11,
  accessLinesDropped: 12,
  exchangesActive: 13,
  connectionsDisplaced: 14,
  /** New tables: how long each change took the worker, all its slices together; see `tablesBoundsUs`. */
  tablesFirst: 15,
  tablesSumUs: 20,
  /** Of the last change: for so long no request was served. */
  tablesSliceUs: 21,
} as const;

/** Upper bounds of all buckets but the last. */
export const tablesBoundsUs = [500, 1_000, 2_000, 5_000] as const;

export type StatisticsName = keyof typeof statisticsLayout;

const exitWords: ReadonlyMap<ExitReason, number> = new Map(
  exitReasons.map((reason, index) => [reason, exitsFirst + index]),
);

function sumWord(counters: SharedCounters, word: number): number {
  let sum = 0;
  for (let at = word; at < counters.length; at += statisticsWords) sum += counters[at]!;
  return sum;
}

/** Sum of one counter over all workers. */
export function sumStatistics(counters: SharedCounters, name: StatisticsName): number {
  return sumWord(counters, statisticsLayout[name]);
}

/** How many requests ended for this reason, over all workers. */
export function sumExits(counters: SharedCounters, reason: ExitReason): number {
  return sumWord(counters, exitWords.get(reason)!);
}

export interface TablesFigures {
  /** Changes by how long they took, for each bound those that are not within the one before; the last are beyond all. */
  readonly counts: readonly number[];
  readonly sumUs: number;
  readonly sliceUs: number;
}

/** What a worker has counted with `countTables`. */
export function readTables(counters: SharedCounters, worker: number): TablesFigures {
  const base = worker * statisticsWords;
  const { tablesFirst, tablesSumUs, tablesSliceUs } = statisticsLayout;
  const first = base + tablesFirst;
  return {
    counts: [...counters.subarray(first, first + tablesBoundsUs.length + 1)],
    sumUs: counters[base + tablesSumUs]!,
    sliceUs: counters[base + tablesSliceUs]!,
  };
}

/** 0 for 1xx to 4 for 5xx. */
export function statusClass(status: number): number {
  return status < 200 ? 0 : status < 300 ? 1 : status < 400 ? 2 : status < 500 ? 3 : 4;
}

export class Statistics {
  readonly counters: SharedCounters;
  readonly base: number;

  constructor(counters: SharedCounters, workerIndex: number) {
    this.counters = counters;
    this.base = workerIndex * statisticsWords;
  }

  add(word: number, count = 1): void {
    this.counters[this.base + word]! += count;
  }

  subtract(word: number): void {
    this.counters[this.base + word]!--;
  }

  countResponse(status: number): void {
    this.counters[this.base + statisticsLayout.responses1xx + statusClass(status)]!++;
  }

  countTables(workUs: number, sliceUsLongest: number): void {
    const bucket = tablesBoundsUs.findIndex((bound) => workUs <= bound);
    this.add(statisticsLayout.tablesFirst + (bucket < 0 ? tablesBoundsUs.length : bucket));
    this.add(statisticsLayout.tablesSumUs, workUs);
    this.counters[this.base + statisticsLayout.tablesSliceUs] = sliceUsLongest;
  }

  countExit(reason: ExitReason): void {
    this.counters[this.base + exitWords.get(reason)!]!++;
  }
}
