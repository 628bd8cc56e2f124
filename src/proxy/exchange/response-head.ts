// Writes the response head towards the client: in place before the body where the read buffer has room, else into the slab.
import { endToEndLines, type FieldLine, isFraming } from '../http/field-lines.ts';
import type { Head } from '../http/head.ts';
import { copyBytes, latin1Text, writeLatin1 } from '../http/latin1.ts';
import { reasonPhrase } from '../http/status.ts';
import { answersOfKong, type ShownHeaders } from './answer-options.ts';
import { productToken, viaEntry } from './product.ts';
import { requestIdLength } from './request-ids.ts';
import type { Slab } from './slab.ts';

export const connectionDefault = 0;
export const connectionClose = 1;
export const connectionKeepAlive = 2;
export const connectionUpgrade = 3;
export type ConnectionLine = 0 | 1 | 2 | 3;

const connectionLines = [
  '',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Connection: Upgrade\r\n',
] as const;

/** Fields of the upstream's connection, not of the response. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade']);
const scratchBytes = 512;
const viaLine = `Via: ${viaEntry}\r\n`;

export class ResponseHeadWriter {
  private readonly slab: Slab;
  /** The lines that every proxied response gets; digits and id are patched in. */
  private readonly tail = Buffer.alloc(scratchBytes);
  private tailLength = 0;
  private idOffset = 0;
  private upstreamMs = -1;
  private proxyMs = -1;
  private connection: ConnectionLine = connectionDefault;
  private status = -1;
  private readonly shown: ShownHeaders;

  constructor(slab: Slab, shown: ShownHeaders = answersOfKong.shown) {
    this.slab = slab;
    this.shown = shown;
  }

  /** Of a proxied response, up to the value of X-Kong-Request-Id. */
  private ownLines(status: number, upstreamMs: number, proxyMs: number): string {
    const { shown } = this;
    let text = '';
    if (shown.upstreamLatency) text += `X-Kong-Upstream-Latency: ${upstreamMs}\r\n`;
    if (shown.proxyLatency) text += `X-Kong-Proxy-Latency: ${proxyMs}\r\n`;
    if (shown.upstreamStatus) text += `X-Kong-Upstream-Status: ${status}\r\n`;
    return shown.requestId ? `${text}X-Kong-Request-Id: ` : text;
  }

  private fillTail(
    status: number,
    upstreamMs: number,
    proxyMs: number,
    connection: ConnectionLine,
    id: Buffer,
  ): void {
    const { shown } = this;
    const isOther = upstreamMs !== this.upstreamMs || proxyMs !== this.proxyMs;
    if (isOther || connection !== this.connection || (shown.upstreamStatus && status !== this.status)) {
      this.upstreamMs = upstreamMs;
      this.proxyMs = proxyMs;
      this.connection = connection;
      this.status = status;
      const via = shown.via ? viaLine : '';
      const before = `${via}${connectionLines[connection]}${this.ownLines(status, upstreamMs, proxyMs)}`;
      this.idOffset = writeLatin1(this.tail, before, 0);
      this.tailLength = shown.requestId
        ? writeLatin1(this.tail, '\r\n', this.idOffset + requestIdLength)
        : this.idOffset;
    }
    if (!shown.requestId) return;
    const { tail, idOffset } = this;
    for (let i = 0; i < requestIdLength; i++) tail[idOffset + i] = id[i]!;
  }

  /**
   * The untouched head with our lines, right before the body: gives the view [head, bodyEnd), or null where this does not
   * fit: then `write` does it.
   */
  writeInPlace(
    head: Head,
    bodyEnd: number,
    headroom: number,
    upstreamMs: number,
    proxyMs: number,
    connection: ConnectionLine,
    id: Buffer,
  ): Buffer | null {
    const { bytes, start, fieldsEnd, dropped, droppedCount } = head;
    if (head.namesFields || head.needsRewriting || head.viaEnd > 0 || !head.hasServer || !head.hasDate)
      return null;
    this.fillTail(head.status, upstreamMs, proxyMs, connection, id);
    let growth = this.tailLength;
    for (let i = 0; i < droppedCount; i += 2) growth -= dropped[i + 1]! - dropped[i]!;
    if (growth < 0 || growth > headroom) return null;
    // Ranges move left, the leftmost first.
    const newStart = start - growth;
    let at = newStart;
    let from = start;
    for (let i = 0; i < droppedCount; i += 2) {
      const size = dropped[i]! - from;
      if (size > 0) bytes.copyWithin(at, from, dropped[i]!);
      at += size;
      from = dropped[i + 1]!;
    }
    if (from < fieldsEnd) bytes.copyWithin(at, from, fieldsEnd);
    copyBytes(bytes, fieldsEnd - this.tailLength, this.tail, 0, this.tailLength);
    bytes[newStart + 7] = 49;
    return bytes.subarray(newStart, bodyEnd);
  }

  /** The head by itself, in the slab. `lines` are edited ones, or null for the upstream's own. */
  write(
    head: Head,
    lines: readonly FieldLine[] | null,
    drop: { readonly framing: boolean; readonly isChunked: boolean },
    upstreamMs: number,
    proxyMs: number,
    connection: ConnectionLine,
    id: Buffer,
    date: string,
  ): Buffer {
    let text = `HTTP/1.1 ${latin1Text(head.bytes, head.start + 9, head.fieldsStart - 2)}\r\n`;
    const vias: string[] = [];
    let upgrade = '';
    for (const [name, value] of lines ?? endToEndLines(head)) {
      const lower = name.toLowerCase();
      if (lower === 'via') vias.push(value);
      else if (lower === 'upgrade' && connection === connectionUpgrade) upgrade = `Upgrade: ${value}\r\n`;
      else if (hopByHop.has(lower) || isFraming(lower)) continue;
      else if (lower === 'trailer' && !head.keepsTrailer) continue;
      else text += `${name}: ${value}\r\n`;
    }
    // Framing follows what was parsed and how the body goes out, never what an edit made of it.
    if (drop.isChunked || (head.isChunked && !drop.framing)) text += 'Transfer-Encoding: chunked\r\n';
    else if (head.contentLength >= 0 && !drop.framing) text += `Content-Length: ${head.contentLength}\r\n`;
    const { shown } = this;
    if (!head.hasServer && shown.server) text += `Server: ${productToken}\r\n`;
    if (!head.hasDate) text += `Date: ${date}\r\n`;
    if (shown.via) vias.push(viaEntry);
    text += upgrade;
    if (vias.length > 0) text += `Via: ${vias.join(', ')}\r\n`;
    text += connectionLines[connection] + this.ownLines(head.status, upstreamMs, proxyMs);
    if (shown.requestId) text += `${latin1Text(id, 0, requestIdLength)}\r\n`;
    return this.put(`${text}\r\n`);
  }

  /** A 1xx: its own fields, none of the connection, none that frames. */
  writeInterim(head: Head): Buffer {
    let text = `HTTP/1.1 ${latin1Text(head.bytes, head.start + 9, head.fieldsStart - 2)}\r\n`;
    for (const [name, value] of endToEndLines(head)) {
      const lower = name.toLowerCase();
      if (!hopByHop.has(lower) && !isFraming(lower)) text += `${name}: ${value}\r\n`;
    }
    return this.put(`${text}\r\n`);
  }

  /** A response of our own, body included. Bodies are text. */
  writeOwn(
    status: number,
    lines: readonly FieldLine[],
    body: Buffer,
    sendsBody: boolean,
    latencyMs: number,
    connection: ConnectionLine,
    id: string,
    date: string,
  ): Buffer {
    let text = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nDate: ${date}\r\n`;
    for (const [name, value] of lines) text += `${name}: ${value}\r\n`;
    if (status !== 204 && status !== 304) text += `Content-Length: ${body.length}\r\n`;
    if (!lines.some(([name]) => name.toLowerCase() === 'connection')) text += connectionLines[connection];
    const { shown } = this;
    if (shown.responseLatency) text += `X-Kong-Response-Latency: ${latencyMs}\r\n`;
    if (shown.requestId) text += `X-Kong-Request-Id: ${id}\r\n`;
    if (shown.server) text += `Server: ${productToken}\r\n`;
    text += '\r\n';
    const size = sendsBody ? body.length : 0;
    this.slab.reserve(text.length + size);
    const start = this.slab.offset;
    let at = writeLatin1(this.slab.bytes, text, start);
    if (size > 0) at = copyBytes(this.slab.bytes, at, body, 0, size);
    this.slab.offset = at;
    return this.slab.bytes.subarray(start, at);
  }

  /** Text into the slab, one byte per character. */
  put(text: string): Buffer {
    this.slab.reserve(text.length);
    const start = this.slab.offset;
    this.slab.offset = writeLatin1(this.slab.bytes, text, start);
    return this.slab.bytes.subarray(start, this.slab.offset);
  }
}
