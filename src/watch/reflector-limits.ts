// The figures a reflector works with, in one place so that a simulation can shrink them.

export interface ReflectorLimits {
  readonly pageItems: number;
  readonly pageBytesMax: number;
  readonly pageTimeoutMs: number;
  readonly lineBytesMax: number;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Longest pause while the initial state streams in before it is listed in pages instead. */
  readonly initialPauseMs: number;
  /** Longest time for the whole of it. */
  readonly initialTotalMs: number;
  /** Streamed initial states that may break before pages are tried. */
  readonly initialFailuresMax: number;
  /** A watch asks the server to end it after one to two times this. */
  readonly watchSecondsMin: number;
  /** A watch that stood this long was a good one: its end starts no back-off. */
  readonly livedLongMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How long a kind that is not installed is left alone, at most. */
  readonly absentRetryMs: number;
  /** Discovery answers in a row that lack a kind before it counts as not installed, at the start and later. */
  readonly absentAnswersNeeded: number;
  /** Refusals of a watch in a row before its revision is given up. */
  readonly fruitlessMax: number;
}

export const defaultReflectorLimits: ReflectorLimits = {
  pageItems: 500,
  pageBytesMax: 256 * 1024 * 1024,
  pageTimeoutMs: 60_000,
  lineBytesMax: 16 * 1024 * 1024,
  headTimeoutMs: 30_000,
  idleTimeoutMs: 90_000,
  initialPauseMs: 10_000,
  initialTotalMs: 120_000,
  initialFailuresMax: 3,
  watchSecondsMin: 300,
  livedLongMs: 10_000,
  retryFirstMs: 100,
  retryMaxMs: 30_000,
  absentRetryMs: 30_000,
  absentAnswersNeeded: 3,
  fruitlessMax: 5,
};
