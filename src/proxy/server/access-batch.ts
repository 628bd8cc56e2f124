// Access log lines on their way to the main thread and to whoever reads them: in batches, after a short wait at most. A
// reader that does not keep up costs lines, never memory: so much may be under way, what comes beyond is dropped and counted.
import type { Clock, Timer } from '../../ports/clock.ts';

const batchCharactersMax = 64 * 1024;
const waitMs = 50;
/** Characters of one worker that nobody has taken yet: at 500 a line, what 50,000 requests a second write in a third of one. */
export const underWayCharactersMax = 8 * 1024 * 1024;
/** Drops are told at once, and then this often while they go on. */
const reportMs = 10_000;

export interface AccessBatch {
  add(lines: string): void;
  flush(): void;
  /** So many characters of what was posted have been read. */
  taken(characters: number): void;
}

export interface AccessBatchHooks {
  post(lines: string): void;
  dropped(lines: number): void;
  /** For the log: lines dropped since it was last told. */
  report(lines: number): void;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

export function createAccessBatch(clock: Clock, hooks: AccessBatchHooks): AccessBatch {
  let waiting = '';
  let timer: Timer | null = null;
  let underWay = 0;
  let untold = 0;
  let isTelling = false;

  const flush = (): void => {
    timer?.cancel();
    timer = null;
    const lines = waiting;
    waiting = '';
    if (lines === '') return;
    underWay += lines.length;
    hooks.post(lines);
  };
  const tell = (): void => {
    isTelling = untold > 0;
    if (!isTelling) return;
    hooks.report(untold);
    untold = 0;
    clock.after(reportMs, tell);
  };
  const drop = (lines: string): void => {
    const count = countLines(lines);
    hooks.dropped(count);
    untold += count;
    if (!isTelling) tell();
  };
  return {
    add(lines) {
      if (underWay + waiting.length + lines.length > underWayCharactersMax) {
        drop(lines);
        return;
      }
      waiting += lines;
      if (waiting.length >= batchCharactersMax) flush();
      else timer ??= clock.after(waitMs, flush);
    },
    flush,
    taken(characters) {
      underWay = Math.max(0, underWay - characters);
    },
  };
}
