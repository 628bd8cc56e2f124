// Bytes of a request's body that are still in our hands: come before there was anywhere to send them, or kept for another try.

const emptyBytes = Buffer.alloc(0);
/** What is kept for another try (request_buffering); longer bodies stream and get one try. */
const replayBytesMax = 65_536;

export class KeptBody {
  /** In the order in which they came, with their framing; null: none. */
  parts: Buffer[] | null = null;
  /** Bytes that are in nobody's hand any more have gone out: no way back. */
  hasStreamed = false;
  private bytes = 0;

  begin(): void {
    this.parts = null;
    this.bytes = 0;
    this.hasStreamed = false;
  }

  keep(bytes: Buffer): Buffer {
    const kept = Buffer.from(bytes);
    this.parts ??= [];
    this.parts.push(kept);
    this.bytes += kept.length;
    return kept;
  }

  /** Whether so much more may be kept for another try. */
  hasRoomFor(size: number): boolean {
    return !this.hasStreamed && this.bytes + size <= replayBytesMax;
  }

  letGo(): void {
    this.hasStreamed = true;
    this.parts = null;
  }

  /** All of it, to be kept by somebody else. */
  take(): Buffer {
    const { parts } = this;
    this.parts = null;
    this.bytes = 0;
    return parts === null ? emptyBytes : Buffer.concat(parts);
  }
}
