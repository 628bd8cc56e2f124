// Cuts a byte stream into lines. Works on bytes, so a UTF-8 sequence split between chunks is never torn.

export interface LineSplitter {
  /** False: a line is longer than allowed; the stream must be given up. */
  push(bytes: Buffer): boolean;
  /** Bytes of a line that has not ended. */
  readonly pendingBytes: number;
}

export function createLineSplitter(lineBytesMax: number, onLine: (line: Buffer) => boolean): LineSplitter {
  let parts: Buffer[] = [];
  let pendingBytes = 0;

  /** `onLine` answers false to stop: the rest of the chunk is dropped. */
  const push = (bytes: Buffer): boolean => {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(0x0a, start);
      if (end < 0) break;
      const tail = bytes.subarray(start, end);
      start = end + 1;
      if (pendingBytes + tail.length > lineBytesMax) return false;
      const line = parts.length === 0 ? tail : Buffer.concat([...parts, tail]);
      parts = [];
      pendingBytes = 0;
      if (line.length > 0 && !onLine(line)) return true;
    }
    if (start < bytes.length) {
      parts.push(bytes.subarray(start));
      pendingBytes += bytes.length - start;
    }
    return pendingBytes <= lineBytesMax;
  };
  return {
    push,
    get pendingBytes() {
      return pendingBytes;
    },
  };
}
