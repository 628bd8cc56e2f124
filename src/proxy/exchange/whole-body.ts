// A request body that is needed whole before it goes on, without its framing.
import { ChunkScanner, chunkMalformed, chunkMore } from '../http/chunk-scanner.ts';

export type Taken = 'taken' | 'malformed' | 'too-large';

export class WholeBody {
  private readonly parts: Buffer[] = [];
  private readonly bytesMax: number;
  /** null: it is not in chunks, or their end has been seen. */
  private scanner: ChunkScanner | null;
  private bytes = 0;

  constructor(bytesMax: number, isChunked: boolean) {
    this.bytesMax = bytesMax;
    this.scanner = isChunked ? new ChunkScanner() : null;
  }

  /** bytes[start, end) with its framing. What is too large is not kept. */
  take(bytes: Buffer, start: number, end: number): Taken {
    if (this.scanner === null) this.keep(bytes, start, end);
    else {
      const next = this.scanner.scan(bytes, start, end, (data, from, to) => this.keep(data, from, to));
      if (next === chunkMalformed) return 'malformed';
      if (next !== chunkMore) this.scanner = null;
    }
    return this.bytes > this.bytesMax ? 'too-large' : 'taken';
  }

  private keep(data: Buffer, from: number, to: number): void {
    this.bytes += to - from;
    if (this.bytes <= this.bytesMax) this.parts.push(Buffer.from(data.subarray(from, to)));
  }

  /** All that was taken. */
  content(): Buffer {
    return Buffer.concat(this.parts);
  }
}
