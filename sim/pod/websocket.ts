// A WebSocket that echoes (RFC 6455): handshake key, frames in, the same frames back, ping and close answered.
import { createHash } from 'node:crypto';

const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const payloadBytesMax = 1_048_576;

export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}${keySuffix}`).digest('base64');
}

export interface EchoOutcome {
  /** Frames to send back; empty when a frame is still incomplete. */
  readonly out: readonly Buffer[];
  /** After sending: the conversation is over. */
  readonly close: boolean;
}

const closeCode = { protocol: 1002, tooBig: 1009 };

export class WebSocketEcho {
  private pending: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): EchoOutcome {
    this.pending = Buffer.concat([this.pending, bytes]);
    const out: Buffer[] = [];
    for (;;) {
      const frame = this.take();
      if (frame === null) return { out, close: false };
      if (typeof frame === 'number') return { out: [...out, closeFrame(frame)], close: true };
      const { first, payload } = frame;
      const opcode = first & 0x0f;
      if (opcode === 0x8) return { out: [...out, encode(0x88, payload.subarray(0, 2))], close: true };
      if (opcode === 0x9) out.push(encode(0x8a, payload));
      else if (opcode !== 0xa) out.push(encode(first, payload));
    }
  }

  /** One frame, null when more bytes are needed, or a close code. */
  private take(): { readonly first: number; readonly payload: Buffer } | number | null {
    const bytes = this.pending;
    if (bytes.length < 2) return null;
    const first = bytes[0]!;
    if ((bytes[1]! & 0x80) === 0 || (first & 0x70) !== 0) return closeCode.protocol;
    let length = bytes[1]! & 0x7f;
    let offset = 2;
    if (length === 126) {
      if (bytes.length < 4) return null;
      length = bytes.readUInt16BE(2);
      offset = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return null;
      const wide = bytes.readBigUInt64BE(2);
      if (wide > BigInt(payloadBytesMax)) return closeCode.tooBig;
      length = Number(wide);
      offset = 10;
    }
    if (length > payloadBytesMax) return closeCode.tooBig;
    if (bytes.length < offset + 4 + length) return null;
    const payload = Buffer.alloc(length);
    for (let i = 0; i < length; i++) payload[i] = bytes[offset + 4 + i]! ^ bytes[offset + (i & 3)]!;
    this.pending = bytes.subarray(offset + 4 + length);
    return { first, payload };
  }
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encode(0x88, payload);
}

function encode(first: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const head = Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  head[0] = first;
  if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}
