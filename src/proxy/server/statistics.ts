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
} as const;

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

  countExit(reason: ExitReason): void {
    this.counters[this.base + exitWords.get(reason)!]!++;
  }
}
