// One worker's counters: a row of shared 32-bit words that only this worker writes and every thread may read. They wrap.
import type { SharedWords } from '../../ports/shared.ts';

/** Words per worker; worker `index` owns [index * statisticsWords, (index + 1) * statisticsWords). */
export const statisticsWords = 32;

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
  clientsGone: 12,
  cutResponses: 13,
  accessLinesDropped: 14,
  exchangesActive: 15,
} as const;

export type StatisticsName = keyof typeof statisticsLayout;

/** Sum of one counter over all workers. */
export function sumStatistics(words: SharedWords, name: StatisticsName): number {
  let sum = 0;
  for (let at = statisticsLayout[name]; at < words.length; at += statisticsWords) sum += words[at]! >>> 0;
  return sum;
}

export class Statistics {
  readonly words: SharedWords;
  readonly base: number;

  constructor(words: SharedWords, workerIndex: number) {
    this.words = words;
    this.base = workerIndex * statisticsWords;
  }

  add(word: number, count = 1): void {
    this.words[this.base + word]! += count;
  }

  subtract(word: number): void {
    this.words[this.base + word]!--;
  }

  countResponse(status: number): void {
    const group = status < 200 ? 0 : status < 300 ? 1 : status < 400 ? 2 : status < 500 ? 3 : 4;
    this.words[this.base + statisticsLayout.responses1xx + group]!++;
  }
}
