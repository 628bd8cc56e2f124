// Bytes as characters, one to one, by node's own fast methods that its type declarations leave out.

interface Latin1Bytes {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
}

export function latin1Text(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Latin1Bytes).latin1Slice(start, end);
}

/** Writes all of `text` at `offset`; the caller has made room. Returns the offset after it. */
export function writeLatin1(bytes: Buffer, text: string, offset: number): number {
  return offset + (bytes as unknown as Latin1Bytes).latin1Write(text, offset, text.length);
}

/** Copies source[start, end) to `offset`. Short ranges are copied here: a call into the runtime costs more. */
export function copyBytes(
  target: Buffer,
  offset: number,
  source: Buffer,
  start: number,
  end: number,
): number {
  const size = end - start;
  if (size > 24) {
    source.copy(target, offset, start, end);
  } else {
    for (let i = 0; i < size; i++) target[offset + i] = source[start + i]!;
  }
  return offset + size;
}
