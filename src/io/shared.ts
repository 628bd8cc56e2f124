// Memory shared between worker threads.
import type { Shared } from '../ports/shared.ts';

export function createShared(): Shared {
  return {
    allocate: (words) => new Int32Array(new SharedArrayBuffer(words * 4)),
    allocateCounters: (count) => new Float64Array(new SharedArrayBuffer(count * 8)),
  };
}
