// One question of gRPC's health protocol (grpc.health.v1.Health/Check, about the whole server) as bytes of HTTP/2, and what the
// answer says. No more of HTTP/2 than that needs: one stream, no compression of headers, whose answer nobody reads, since the
// message alone tells whether the server serves.

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const frameHeadBytes = 9;
/** RFC 9113 section 6.5.2: what nobody may go beyond without having been allowed to. */
const frameBytesMax = 16_384;
const answerBytesMax = 65_536;
const messageBytesMax = 1_024;

const typeData = 0;
const typeHeaders = 1;
const typeReset = 3;
const typeSettings = 4;
const typePing = 6;
const typeGoAway = 7;
const typeContinuation = 9;
const flagEndStream = 1;
const flagAck = 1;
const flagEndHeaders = 4;
const flagPadded = 8;
const streamId = 1;
const serving = 1;

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 section 5.1, in what is left of a byte that begins with `first`. */
function integer(value: number, prefixBits: number, first = 0): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([first | value]);
  const bytes = [first | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** Never put into a table; `name` is one of the static table (RFC 7541 appendix A) or spelt out. */
function field(name: number | string, value: string): Buffer {
  const named = typeof name === 'number' ? integer(name, 4) : Buffer.concat([Buffer.from([0]), text(name)]);
  return Buffer.concat([named, text(value)]);
}

const indexedPost = 0x83;
const indexedHttp = 0x86;
const indexedHttps = 0x87;
const authorityName = 1;
const pathName = 4;
const contentTypeName = 31;
const userAgentName = 58;

export interface HealthQuestion {
  readonly authority: string;
  readonly isTls: boolean;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function healthQuestion({ authority, isTls, headers }: HealthQuestion): Buffer {
  const block = Buffer.concat([
    Buffer.from([indexedPost, isTls ? indexedHttps : indexedHttp]),
    field(pathName, '/grpc.health.v1.Health/Check'),
    field(authorityName, authority),
    field('te', 'trailers'),
    field(contentTypeName, 'application/grpc'),
    field(userAgentName, 'tidegate-health'),
    ...headers.map(([name, value]) => field(name, value)),
  ]);
  const frames = [Buffer.from(preface, 'latin1'), frame(typeSettings, 0, 0, Buffer.alloc(0))];
  for (let at = 0; at < block.length; at += frameBytesMax) {
    const isLast = at + frameBytesMax >= block.length;
    const type = at === 0 ? typeHeaders : typeContinuation;
    frames.push(frame(type, isLast ? flagEndHeaders : 0, streamId, block.subarray(at, at + frameBytesMax)));
  }
  // An empty HealthCheckRequest: no compression, no bytes.
  frames.push(frame(typeData, flagEndStream, streamId, Buffer.alloc(5)));
  return Buffer.concat(frames);
}

/** The first field of a HealthCheckResponse; null: it is none. */
function statusOf(message: Buffer): number | null {
  let at = 0;
  let status = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length && scale < 2 ** 49; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return -1;
  };
  while (at < message.length) {
    const tag = varint();
    if (tag < 8) return null;
    const kind = tag % 8;
    if (kind === 0) {
      const value = varint();
      if (value < 0) return null;
      if (tag >>> 3 === 1) status = value;
    } else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      if (length < 0) return null;
      at += length;
    } else return null;
  }
  return at > message.length ? null : status;
}

export type HealthAnswer = 'more' | 'serving' | 'not serving';

/** Reads an answer as its bytes come. */
export class HealthAnswerReader {
  #bytes = Buffer.alloc(0);
  #message = Buffer.alloc(0);
  #size = 0;
  readonly #reply: (bytes: Buffer) => void;

  /** `reply` sends what the protocol asks for meanwhile. */
  constructor(reply: (bytes: Buffer) => void) {
    this.#reply = reply;
  }

  push(bytes: Buffer): HealthAnswer {
    this.#size += bytes.length;
    if (this.#size > answerBytesMax) return 'not serving';
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      if (this.#bytes.length < frameHeadBytes) return 'more';
      const length = this.#bytes.readUIntBE(0, 3);
      if (length > frameBytesMax) return 'not serving';
      if (this.#bytes.length < frameHeadBytes + length) return 'more';
      const head = this.#bytes.subarray(0, frameHeadBytes);
      const payload = this.#bytes.subarray(frameHeadBytes, frameHeadBytes + length);
      this.#bytes = this.#bytes.subarray(frameHeadBytes + length);
      const answer = this.#frame(head[3]!, head[4]!, head.readUInt32BE(5), payload);
      if (answer !== 'more') return answer;
    }
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): HealthAnswer {
    switch (type) {
      case typeData:
        return this.#data(flags, payload);
      case typeSettings:
        if ((flags & flagAck) === 0) this.#reply(frame(typeSettings, flagAck, 0, Buffer.alloc(0)));
        return 'more';
      case typePing:
        if ((flags & flagAck) === 0) this.#reply(frame(typePing, flagAck, 0, Buffer.from(payload)));
        return 'more';
      case typeHeaders:
        // Trailers without a message: the call has failed, as where the server does not know the protocol.
        return stream === streamId && (flags & flagEndStream) !== 0 ? 'not serving' : 'more';
      case typeReset:
      case typeGoAway:
        return 'not serving';
      default:
        return 'more';
    }
  }

  #data(flags: number, payload: Buffer): HealthAnswer {
    const padding = (flags & flagPadded) === 0 ? 0 : (payload[0] ?? 0) + 1;
    if (padding > payload.length) return 'not serving';
    const body = padding === 0 ? payload : payload.subarray(1, payload.length - padding + 1);
    this.#message = Buffer.concat([this.#message, body]);
    const isLast = (flags & flagEndStream) !== 0;
    if (this.#message.length < 5) return isLast ? 'not serving' : 'more';
    const length = this.#message.readUInt32BE(1);
    // Compression was not offered.
    if (this.#message[0] !== 0 || length > messageBytesMax) return 'not serving';
    if (this.#message.length < 5 + length) return isLast ? 'not serving' : 'more';
    return statusOf(this.#message.subarray(5, 5 + length)) === serving ? 'serving' : 'not serving';
  }
}
