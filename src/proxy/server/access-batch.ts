// Access log lines on their way to the main thread: in batches, after a short wait at most.
import type { Clock, Timer } from '../../ports/clock.ts';

const batchCharactersMax = 64 * 1024;
const waitMs = 50;

export interface AccessBatch {
  add(lines: string): void;
  flush(): void;
}

export function createAccessBatch(clock: Clock, post: (lines: string) => void): AccessBatch {
  let waiting = '';
  let timer: Timer | null = null;
  const flush = (): void => {
    timer?.cancel();
    timer = null;
    const lines = waiting;
    waiting = '';
    if (lines !== '') post(lines);
  };
  return {
    add(lines) {
      waiting += lines;
      if (waiting.length >= batchCharactersMax) flush();
      else timer ??= clock.after(waitMs, flush);
    },
    flush,
  };
}
