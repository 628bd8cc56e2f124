// How long this thread has stood in the kernel's queue, because other programs had the processors: what is not the fault of
// what is measured.
import { openSync, readSync } from 'node:fs';

const file = openSync('/proc/thread-self/schedstat', 'r');
const text = Buffer.alloc(128);

/** The second number of the kernel's account of the thread that loaded this file, nanoseconds there. */
export function queuedMs(): number {
  const length = readSync(file, text, 0, text.length, 0);
  return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

/** Milliseconds that `work` took, without those in which something else ran in its place. */
export function ownMs(work: () => void): number {
  const queued = queuedMs();
  const start = process.hrtime.bigint();
  work();
  const tookMs = Number(process.hrtime.bigint() - start) / 1e6;
  return Math.max(0, tookMs - (queuedMs() - queued));
}
