// Where whole lines leave the process. A reader that stands still or is gone must cost neither memory nor the process.

/** What we use of a stream of the process. */
export interface LineStream {
  readonly writableLength: number;
  write(lines: string | Uint8Array, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Each call is answered when the lines are written, or lost with their reader; the caller bounds what it has under way. */
export function createLineSink(stream: LineStream): (lines: Uint8Array, taken: () => void) => void {
  // A pipe without a reader: each write fails by itself, and without a listener the error would end the process.
  stream.on('error', () => {});
  return (lines, taken) => void stream.write(lines, () => taken());
}

/** For callers that cannot wait: what does not fit is dropped, and their number is told as soon as there is room. */
export function createBoundedWrite(
  stream: LineStream,
  bytesMax: number,
  describeDropped: (count: number) => string,
): (line: string) => void {
  let dropped = 0;
  stream.on('error', () => {});
  return (line) => {
    if (stream.writableLength > bytesMax) {
      dropped++;
      return;
    }
    if (dropped > 0) {
      stream.write(describeDropped(dropped));
      dropped = 0;
    }
    stream.write(line);
  };
}
