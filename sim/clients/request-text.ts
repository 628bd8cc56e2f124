// The bytes of a planned request: a head, and a body that follows from the request's id.
import { sha256Hex } from '../../src/base/hash.ts';
import type { PlannedRequest } from '../history/plan.ts';

export interface RequestText {
  readonly head: Buffer;
  readonly body: Buffer;
  readonly bodyHash: string;
}

const chunkBytes = 1024;
const nothing = Buffer.alloc(0);
const hashOfNothing = sha256Hex(nothing);

function bodyOf(nonce: string, length: number): Buffer {
  return length === 0 ? nothing : Buffer.alloc(length, `${nonce}.`);
}

function inChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const part = body.subarray(at, at + chunkBytes);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}

export function requestText(nonce: string, request: PlannedRequest): RequestText {
  const { method, host, path, headers, bodyBytes, chunked, kind } = request;
  const body = bodyOf(nonce, bodyBytes);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, `X-Nonce: ${nonce}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (kind === 'websocket')
    lines.push(
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGlkZWdhdGUgc2ltdWxhdA==',
    );
  else if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (bodyBytes > 0 || method !== 'GET') lines.push(`Content-Length: ${bodyBytes}`);
  if (request.expects === true && bodyBytes > 0) lines.push('Expect: 100-continue');
  return {
    head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    body: chunked ? inChunks(body) : body,
    bodyHash: body.length === 0 ? hashOfNothing : sha256Hex(body),
  };
}
