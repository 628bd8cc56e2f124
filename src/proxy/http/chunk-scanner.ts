// Chunked framing without copying: finds where a message ends while its bytes pass by (RFC 9112 section 7.1).
import { isTokenByte, isValueByte } from './characters.ts';
import { isRefusedTrailer, trailerNameBytesMax } from './trailers.ts';

export const chunkMore = -1;
export const chunkMalformed = -2;

const stateSizeFirst = 0;
const stateSize = 1;
const stateExtension = 2;
const stateSizeLf = 3;
const stateData = 4;
const stateDataCr = 5;
const stateDataLf = 6;
const stateTrailerStart = 7;
const stateTrailerName = 8;
const stateTrailerValue = 9;
const stateTrailerLf = 10;
const stateFinalLf = 11;
const stateBlankAfterSize = 12;

/** Extensions of one chunk and all trailers together, in bytes: neither has a use that needs more. */
const extensionBytesMax = 4096;
const trailerBytesMax = 16_384;

/** Receives the data of chunks without their framing. */
export type ChunkData = (bytes: Buffer, start: number, end: number) => void;

export class ChunkScanner {
  private state = stateSizeFirst;
  private left = 0;
  private digits = 0;
  private overhead = 0;
  private readonly isRequest: boolean;
  /** Name of the trailer that is being read, lower case. */
  private trailerName = '';

  /** Of a request, some trailers are refused. */
  constructor(isRequest = false) {
    this.isRequest = isRequest;
  }

  reset(): void {
    this.state = stateSizeFirst;
    this.left = 0;
    this.digits = 0;
    this.overhead = 0;
  }

  /** Index after the message's last byte, chunkMore, or chunkMalformed. `data` gets the payload when it is wanted. */
  scan(bytes: Buffer, start: number, end: number, data: ChunkData | null): number {
    let i = start;
    while (i < end) {
      if (this.state === stateData) {
        const take = Math.min(end - i, this.left);
        if (data !== null) data(bytes, i, i + take);
        i += take;
        this.left -= take;
        if (this.left === 0) this.state = stateDataCr;
        continue;
      }
      const byte = bytes[i++]!;
      if (this.state === stateFinalLf) {
        if (byte !== 10) return chunkMalformed;
        this.reset();
        return i;
      }
      if (
        !(this.state < stateTrailerStart || this.state === stateBlankAfterSize
          ? this.stepSize(byte)
          : this.stepTrailer(byte))
      )
        return chunkMalformed;
    }
    return chunkMore;
  }

  private stepSize(byte: number): boolean {
    switch (this.state) {
      case stateSizeFirst:
      case stateSize:
        return this.stepDigit(byte);
      case stateBlankAfterSize:
        // Blanks are allowed only before an extension.
        if (byte === 59) this.state = stateExtension;
        else if (byte !== 32 && byte !== 9) return false;
        return ++this.overhead <= extensionBytesMax;
      case stateExtension:
        if (byte === 13) this.state = stateSizeLf;
        else if (isValueByte[byte] === 0) return false;
        return ++this.overhead <= extensionBytesMax;
      case stateSizeLf:
        if (byte !== 10) return false;
        this.overhead = 0;
        this.state = this.left === 0 ? stateTrailerStart : stateData;
        return true;
      case stateDataCr:
        this.state = stateDataLf;
        return byte === 13;
      default:
        this.state = stateSizeFirst;
        return byte === 10;
    }
  }

  private stepDigit(byte: number): boolean {
    let digit = byte - 48;
    if (digit < 0 || digit > 9) {
      digit = (byte | 32) - 87;
      if (digit < 10 || digit > 15) digit = -1;
    }
    if (digit >= 0) {
      if (this.state === stateSizeFirst) {
        this.left = 0;
        this.digits = 0;
      }
      this.state = stateSize;
      this.left = this.left * 16 + digit;
      return ++this.digits <= 12; // below 2^53; and no endless zeros
    }
    if (this.state === stateSizeFirst) return false;
    if (byte === 13) this.state = stateSizeLf;
    else if (byte === 59) this.state = stateExtension;
    else if (byte === 32 || byte === 9) this.state = stateBlankAfterSize;
    else return false;
    return true;
  }

  private stepTrailer(byte: number): boolean {
    switch (this.state) {
      case stateTrailerStart:
        if (byte === 13) this.state = stateFinalLf;
        else if (isTokenByte[byte] === 0) return false;
        else {
          this.trailerName = '';
          this.state = stateTrailerName;
          return this.stepTrailerName(byte);
        }
        return true;
      case stateTrailerName:
        return this.stepTrailerName(byte) && ++this.overhead <= trailerBytesMax;
      case stateTrailerValue:
        if (byte === 13) this.state = stateTrailerLf;
        else if (isValueByte[byte] === 0) return false;
        return ++this.overhead <= trailerBytesMax;
      default:
        this.state = stateTrailerStart;
        return byte === 10;
    }
  }

  private stepTrailerName(byte: number): boolean {
    if (byte === 58) {
      this.state = stateTrailerValue;
      return !this.isRequest || !isRefusedTrailer(this.trailerName);
    }
    if (this.isRequest && this.trailerName.length <= trailerNameBytesMax)
      this.trailerName += String.fromCharCode(byte >= 65 && byte <= 90 ? byte | 32 : byte);
    return isTokenByte[byte] === 1;
  }
}
