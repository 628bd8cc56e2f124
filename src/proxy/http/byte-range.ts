// A piece of somebody's bytes, valid as long as they are.
export class ByteRange {
  bytes: Buffer = emptyBytes;
  start = 0;
  end = 0;

  set(bytes: Buffer, start: number, end: number): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this;
  }

  /** Characters up to U+00FF, each as one byte. */
  setText(text: string): this {
    return this.set(Buffer.from(text, 'latin1'), 0, text.length);
  }

  get isEmpty(): boolean {
    return this.start >= this.end;
  }
}

const emptyBytes = Buffer.alloc(0);
