// What a busy machine leaves undecided runs once more with nothing beside it: a verdict that a second core would have given is
// worth the wait, and whoever reads an inconclusive result has only that to try.

/** In the order of the jobs. */
export interface Answers<Answer> {
  readonly first: readonly Promise<Answer>[];
  /** The first, or where that is undecided the second. */
  readonly decided: readonly Promise<Answer>[];
}

/**
 * Jobs run side by side, as `run` lets them; each that is undecided runs again, one at a time, once all others have ended.
 */
export function decideAll<Job, Answer>(
  jobs: readonly Job[],
  run: (job: Job) => Promise<Answer>,
  isUndecided: (answer: Answer) => boolean,
): Answers<Answer> {
  const first = jobs.map(run);
  let quiet: Promise<unknown> = Promise.allSettled(first);
  const decided = first.map(async (answer, position) => {
    const given = await answer;
    if (!isUndecided(given)) return given;
    const again = quiet.then(() => run(jobs[position]!));
    quiet = again.catch(() => {});
    return again;
  });
  // What fails is told by whichever of the two is waited for; the other is not a failure that nobody heard of.
  for (const answer of decided) answer.catch(() => {});
  return { first, decided };
}

/** Runs what it is given in the order in which it is given, at most so many at a time. */
export function sideBySide(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running === most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
