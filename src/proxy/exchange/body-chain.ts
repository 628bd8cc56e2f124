// Several body filters as one: what a filter emits is the next one's input.
import type { BodyFilter } from './context.ts';

const emptyBytes = Buffer.alloc(0);

export class BodyChain {
  private readonly filters: readonly BodyFilter[];
  private readonly out: (bytes: Buffer) => void;

  constructor(filters: readonly BodyFilter[], out: (bytes: Buffer) => void) {
    this.filters = filters;
    this.out = out;
  }

  /** False: some filter is full until `drained`. */
  push(bytes: Buffer, start: number, end: number, isLast: boolean): boolean {
    return this.pushFrom(0, bytes, start, end, isLast);
  }

  private pushFrom(index: number, bytes: Buffer, start: number, end: number, isLast: boolean): boolean {
    const filter = this.filters[index];
    if (filter === undefined) {
      if (end > start) this.out(bytes.subarray(start, end));
      return true;
    }
    let hasRoom = true;
    const emit = (output: Buffer): void => {
      if (!this.pushFrom(index + 1, output, 0, output.length, false)) hasRoom = false;
    };
    if (!filter.push(bytes, start, end, isLast, emit)) hasRoom = false;
    if (isLast && !this.pushFrom(index + 1, emptyBytes, 0, 0, true)) hasRoom = false;
    return hasRoom;
  }

  drained(): void {
    for (const filter of this.filters) filter.drained();
  }
}

/** A whole body through the filters at once. */
export function filterWhole(filters: readonly BodyFilter[], body: Buffer): Buffer {
  const parts: Buffer[] = [];
  const chain = new BodyChain(filters, (bytes) => parts.push(Buffer.from(bytes)));
  chain.push(body, 0, body.length, true);
  return Buffer.concat(parts);
}
