// The first part of an HTTP message: bytes plus integer offsets, filled in one pass, reused for every message. HTTP/2
// writes its decoded headers as canonical HTTP/1 bytes and fills the same record.

/** Bounds of what a peer may send. */
export const headBytesMax = 32_768;
/** One field line of a request with its line end: a buffer of Kong's. */
export const fieldLineBytesMax = 8192;
export const fieldCountMax = 1000;
const droppedRangesMax = 64;

export class Head {
  /** The buffer that every offset points into; valid as long as the owner says so. */
  bytes: Buffer = emptyBytes;
  /** First byte of the start line. */
  start = 0;
  /** First byte of the field lines. */
  fieldsStart = 0;
  /** End of the field lines: where the empty line starts. */
  fieldsEnd = 0;
  /** First byte after the head. */
  end = 0;
  /** 0 or 1: HTTP/1.0 or 1.1; 2 for HTTP/2. */
  minor = 1;
  /** Request: method. */
  methodStart = 0;
  methodEnd = 0;
  /** Request: path and query; absolute-form is already reduced to its origin part. */
  targetStart = 0;
  targetEnd = 0;
  /** Request: the authority: from an absolute-form target, else the Host field. */
  hostStart = 0;
  hostEnd = 0;
  /** Response: status. */
  status = 0;
  /** -1 = no Content-Length. */
  contentLength = -1;
  isChunked = false;
  /** What Connection says. */
  saysClose = false;
  saysKeepAlive = false;
  saysUpgrade = false;
  /** Connection names fields of its own: the slow path removes them by name. */
  namesFields = false;
  hasExpect = false;
  expectsContinue = false;
  /** TE contains trailers. */
  acceptsTrailers = false;
  upgradeIsWebsocket = false;
  hasUpgrade = false;
  hasServer = false;
  hasDate = false;
  /** Value ranges; start = end when absent. */
  forwardedForStart = 0;
  forwardedForEnd = 0;
  viaStart = 0;
  viaEnd = 0;
  upgradeStart = 0;
  upgradeEnd = 0;
  /** Request: for the log. */
  refererStart = 0;
  refererEnd = 0;
  userAgentStart = 0;
  userAgentEnd = 0;
  /** Field lines that a proxy does not pass on, as (start, end) pairs in order, adjacent ones merged. */
  dropped = new Int32Array(droppedRangesMax * 2);
  droppedCount = 0;
  /** Passed on line by line: more dropped ranges than there is room for, a list in several lines, odd framing. */
  needsRewriting = false;
  fieldCount = 0;
  /** Set by the owner before parsing, never reset: a response's Trailer field is passed on. */
  keepsTrailer = true;
  /** Why parsing failed, one of the words in problems.ts; '' when it did not. */
  problem = '';

  reset(): void {
    this.contentLength = -1;
    this.isChunked = false;
    this.saysClose = false;
    this.saysKeepAlive = false;
    this.saysUpgrade = false;
    this.namesFields = false;
    this.hasExpect = false;
    this.expectsContinue = false;
    this.acceptsTrailers = false;
    this.upgradeIsWebsocket = false;
    this.hasUpgrade = false;
    this.hasServer = false;
    this.hasDate = false;
    this.hostStart = 0;
    this.hostEnd = 0;
    this.forwardedForStart = 0;
    this.forwardedForEnd = 0;
    this.viaStart = 0;
    this.viaEnd = 0;
    this.upgradeStart = 0;
    this.upgradeEnd = 0;
    this.refererStart = 0;
    this.refererEnd = 0;
    this.userAgentStart = 0;
    this.userAgentEnd = 0;
    this.droppedCount = 0;
    this.needsRewriting = false;
    this.fieldCount = 0;
    this.problem = '';
  }

  /** Marks the field line [start, end) as not passed on. Calls come in order of position. */
  drop(start: number, end: number): void {
    const count = this.droppedCount;
    if (count > 0 && this.dropped[count - 1] === start) {
      this.dropped[count - 1] = end;
    } else if (count >= this.dropped.length) {
      this.needsRewriting = true;
    } else {
      this.dropped[count] = start;
      this.dropped[count + 1] = end;
      this.droppedCount = count + 2;
    }
  }

  /** Moves every offset by `distance` to `bytes`: the same head in another buffer. */
  moveTo(bytes: Buffer, distance: number): void {
    this.bytes = bytes;
    this.start += distance;
    this.fieldsStart += distance;
    this.fieldsEnd += distance;
    this.end += distance;
    this.methodStart += distance;
    this.methodEnd += distance;
    this.targetStart += distance;
    this.targetEnd += distance;
    this.hostStart += distance;
    this.hostEnd += distance;
    this.forwardedForStart += distance;
    this.forwardedForEnd += distance;
    this.viaStart += distance;
    this.viaEnd += distance;
    this.upgradeStart += distance;
    this.upgradeEnd += distance;
    this.refererStart += distance;
    this.refererEnd += distance;
    this.userAgentStart += distance;
    this.userAgentEnd += distance;
    for (let i = 0; i < this.droppedCount; i++) this.dropped[i]! += distance;
  }
}

const emptyBytes = Buffer.alloc(0);
