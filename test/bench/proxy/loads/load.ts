// Load on one contender: begun, counted while it runs, ended with how long requests took.
import type { Asking } from '../cases.ts';

export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface Target {
  readonly port: number;
  readonly connections: number;
  readonly asking: Asking;
  /** 0 = as fast as answers come. */
  readonly ratePerSecond: number;
}

export interface Load {
  /** Resolves when requests are on their way. */
  begin(target: Target): Promise<void>;
  /** Requests answered so far; only differences mean something. */
  count(): Promise<number>;
  /** Rejects when requests have failed. */
  end(): Promise<Latency>;
  close(): Promise<void>;
}
