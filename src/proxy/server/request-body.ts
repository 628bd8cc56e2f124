// Where the body of a client's request ends: after as many bytes as were announced, or with its last chunk.
import { type ChunkData, ChunkScanner, chunkMalformed, chunkMore } from '../http/chunk-scanner.ts';
import type { Head } from '../http/head.ts';

export const bodyMalformed = -1;

export class RequestBody {
  /** Nothing of it is still to come. */
  isComplete = true;
  /** What is known of its size: all that was announced, or the data of the chunks so far, where there is a limit. */
  bytes = 0;
  private isChunked = false;
  /** Still to come of what was announced. */
  private left = 0;
  private readonly scanner = new ChunkScanner(true);
  private readonly count: ChunkData | null;

  constructor(bytesMax: number) {
    this.count = Number.isFinite(bytesMax)
      ? (_bytes, start, end) => {
          this.bytes += end - start;
        }
      : null;
  }

  /** After a head: the index behind what is here of the body, or bodyMalformed. */
  begin(head: Head, bytes: Buffer, start: number, end: number): number {
    this.isChunked = head.isChunked;
    if (head.isChunked) {
      this.bytes = 0;
      this.scanner.reset();
    } else {
      // -1: no word of it.
      this.bytes = Math.max(0, head.contentLength);
      this.left = this.bytes;
    }
    return this.read(bytes, start, end);
  }

  /** Likewise, with more of it. */
  read(bytes: Buffer, start: number, end: number): number {
    if (this.isChunked) {
      const next = this.scanner.scan(bytes, start, end, this.count);
      if (next === chunkMalformed) return bodyMalformed;
      this.isComplete = next !== chunkMore;
      return this.isComplete ? next : end;
    }
    this.isComplete = end - start >= this.left;
    if (this.isComplete) return start + this.left;
    this.left -= end - start;
    return end;
  }
}
