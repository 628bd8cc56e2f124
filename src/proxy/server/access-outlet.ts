// Access log lines on their way from a worker to the main thread and to whoever reads them. A reader that does not keep up
// costs lines, never memory: so much may be under way, what comes beyond is dropped and counted.
import type { Clock } from '../../ports/clock.ts';

/** Bytes of one worker that nobody has taken yet: at 500 a line, what 50,000 requests a second write in a third of one. */
export const underWayBytesMax = 8 * 1024 * 1024;
/** Drops are told at once, and then this often while they go on. */
const reportMs = 10_000;

export interface AccessOutlet {
  /** So many whole lines. */
  add(bytes: Uint8Array, lines: number): void;
  /** So many bytes of what was posted have been read. */
  taken(bytes: number): void;
}

export interface AccessOutletHooks {
  /** Copies the bytes before it returns. */
  post(bytes: Uint8Array): void;
  dropped(lines: number): void;
  /** For the log: lines dropped since it was last told. */
  report(lines: number): void;
}

export function createAccessOutlet(clock: Clock, hooks: AccessOutletHooks): AccessOutlet {
  let underWayBytes = 0;
  let untold = 0;
  let isTelling = false;

  const tell = (): void => {
    isTelling = untold > 0;
    if (!isTelling) return;
    hooks.report(untold);
    untold = 0;
    clock.after(reportMs, tell);
  };
  return {
    add(bytes, lines) {
      if (underWayBytes + bytes.length <= underWayBytesMax) {
        underWayBytes += bytes.length;
        hooks.post(bytes);
        return;
      }
      hooks.dropped(lines);
      untold += lines;
      if (!isTelling) tell();
    },
    taken(bytes) {
      underWayBytes = Math.max(0, underWayBytes - bytes);
    },
  };
}
