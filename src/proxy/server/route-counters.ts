// What one worker counts for each route: responses by status class, and how long requests and upstreams took, in Kong's
// buckets. A row of shared numbers for each route that only this worker writes; counting makes no object. Memory of rows
// without requests is never touched, so it costs nothing but addresses: 10,000 busy routes are 2.9 MB for each worker.
import type { SharedCounters } from '../../ports/shared.ts';
import { statusClass } from './statistics.ts';

/** Upper bounds in milliseconds of kong_request_latency_ms and kong_upstream_latency_ms. */
export const latencyBucketsMs: readonly number[] = [
  25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000,
];

const statusClasses = 5;
/** The buckets, what is above all of them, and the sum of all. */
const histogramCounters = latencyBucketsMs.length + 2;
const requestAt = statusClasses;
const upstreamAt = requestAt + histogramCounters;
const rowCounters = upstreamAt + histogramCounters + 1;

/** Rows of a worker; the first one is shared by routes that have none. */
export const routeRowsDefault = 16_384;

export function routeCounterCount(rows: number): number {
  return rows * rowCounters;
}

export class RouteCounters {
  private readonly counters: SharedCounters;

  constructor(counters: SharedCounters) {
    this.counters = counters;
  }

  /** `upstreamMs` is negative where no upstream answered. */
  count(row: number, status: number, durationUs: number, upstreamMs: number): void {
    const base = row * rowCounters;
    this.counters[base + statusClass(status)]!++;
    this.observe(base + requestAt, durationUs / 1000);
    if (upstreamMs >= 0) this.observe(base + upstreamAt, upstreamMs);
  }

  private observe(at: number, valueMs: number): void {
    let bucket = 0;
    while (bucket < latencyBucketsMs.length && valueMs > latencyBucketsMs[bucket]!) bucket++;
    this.counters[at + bucket]!++;
    this.counters[at + histogramCounters - 1]! += valueMs;
  }
}

export interface Histogram {
  /** Not cumulated; the last one is above all bounds. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export interface RouteFigures {
  /** 1xx to 5xx. */
  readonly responses: readonly number[];
  readonly request: Histogram;
  readonly upstream: Histogram;
}

/** Of all workers together; null: no request yet. */
export function readRouteFigures(tables: readonly SharedCounters[], row: number): RouteFigures | null {
  const sums = new Array<number>(rowCounters).fill(0);
  const base = row * rowCounters;
  for (const table of tables) {
    for (let i = 0; i < rowCounters; i++) sums[i]! += table[base + i]!;
  }
  const responses = sums.slice(0, statusClasses);
  if (responses.every((count) => count === 0)) return null;
  const histogram = (at: number): Histogram => ({
    counts: sums.slice(at, at + histogramCounters - 1),
    sumMs: sums[at + histogramCounters - 1]!,
  });
  return { responses, request: histogram(requestAt), upstream: histogram(upstreamAt) };
}

export function clearRow(tables: readonly SharedCounters[], row: number): void {
  for (const table of tables) table.fill(0, row * rowCounters, (row + 1) * rowCounters);
}
