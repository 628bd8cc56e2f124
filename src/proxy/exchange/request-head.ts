// Writes the request head towards the upstream into the slab: ranges of the client's own bytes, then what a proxy adds.
import { endToEndLines, type FieldLine, isFraming } from '../http/field-lines.ts';
import type { Head } from '../http/head.ts';
import { copyBytes, latin1Text, writeLatin1 } from '../http/latin1.ts';
import type { HeadPlan } from './head-plan.ts';
import { viaEntry } from './product.ts';
import type { RequestEditList } from './request-edits.ts';
import { requestIdLength } from './request-ids.ts';
import type { RequestRecord } from './request-record.ts';
import type { WritingRoom } from './slab.ts';

/** Fields that are ours to write, whatever the client sent. */
const ownedNames = new Set([
  'te',
  'via',
  'host',
  'proxy',
  'expect',
  'upgrade',
  'connection',
  'keep-alive',
  'proxy-connection',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-path',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-kong-request-id',
]);

/** Fields whose edited value wins over ours. */
const editableNames = new Set([
  'x-real-ip',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-path',
]);

const versionLine = Buffer.from(' HTTP/1.1\r\nHost: ', 'latin1');
const upgradeLines = 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n';
const connectionLine = 'Connection: keep-alive\r\n';
const connectionLength = connectionLine.length;
const idName = '\r\nX-Kong-Request-Id: ';
const commonEnd = Buffer.from(`\r\nVia: ${viaEntry}${idName}`, 'latin1');
const viaEnd = Buffer.from(`\r\nVia: ${viaEntry}`, 'latin1');
const lineEnd = 0x0a0d;

export class RequestHeadWriter {
  /** Where the Host value stands in the written head, for a retry towards another name. */
  hostStart = 0;
  hostEnd = 0;
  private readonly request: RequestRecord;
  /** Added lines that only depend on the connection and its Host, ending inside X-Forwarded-Path. */
  private tail: Buffer = Buffer.alloc(0);
  private tailHost: string | null = null;
  /** Entries before ours in the Via of an edited head. */
  private editedVia = '';

  private readonly tellsId: boolean;

  constructor(request: RequestRecord, tellsId = true) {
    this.request = request;
    this.tellsId = tellsId;
  }

  /** Reserves `extra` bytes behind the head. Returns the start; the end is slab.offset. */
  write(slab: WritingRoom, plan: HeadPlan, edits: RequestEditList, extra: number): number {
    const { head } = this.request;
    const { forwarded } = this.request;
    if (this.tailHost !== this.request.host) this.makeTail();
    const isEdited =
      edits.lines !== null || head.namesFields || head.needsRewriting || plan.contentLength >= 0;
    const lines = isEdited ? this.editedLines(edits, plan) : '';
    slab.reserve(
      head.end -
        head.start +
        2 * this.request.path.length +
        (plan.target?.length ?? 0) +
        plan.host.length +
        plan.strippedPrefix.length +
        (forwarded?.path?.length ?? 0) +
        (forwarded?.prefix?.length ?? 0) +
        this.tail.length +
        lines.length +
        this.editedVia.length +
        plan.method.length +
        extra +
        512,
    );
    const out = slab.bytes;
    const start = slab.offset;
    let at = this.writeStart(out, start, plan);
    if (isEdited) at = writeLatin1(out, lines, at);
    else at = this.copyKept(out, at);
    if (isEdited) at = writeLatin1(out, framingLine(head, plan.contentLength), at);
    at = this.writeAdded(out, at, plan, isEdited);
    slab.offset = at;
    return start;
  }

  private writeStart(out: Buffer, start: number, plan: HeadPlan): number {
    const { head } = this.request;
    const { bytes } = head;
    let at: number;
    if (plan.target === null) {
      at = copyBytes(out, start, bytes, head.methodStart, head.targetEnd);
    } else {
      at = writeLatin1(out, plan.method, start);
      out[at++] = 32;
      at = writeLatin1(out, plan.target, at);
    }
    at = copyBytes(out, at, versionLine, 0, versionLine.length);
    this.hostStart = at - start;
    at = writeLatin1(out, plan.host, at);
    this.hostEnd = at - start;
    out[at] = 13;
    out[at + 1] = 10;
    return at + 2;
  }

  private copyKept(out: Buffer, offset: number): number {
    const { head } = this.request;
    const { bytes, dropped, droppedCount, fieldsEnd } = head;
    let at = offset;
    let from = head.fieldsStart;
    for (let i = 0; i < droppedCount; i += 2) {
      if (dropped[i]! > from) at = copyBytes(out, at, bytes, from, dropped[i]!);
      from = dropped[i + 1]!;
    }
    return fieldsEnd > from ? copyBytes(out, at, bytes, from, fieldsEnd) : at;
  }

  private writeAdded(out: Buffer, offset: number, plan: HeadPlan, isEdited: boolean): number {
    const { head } = this.request;
    let at = offset;
    if (head.acceptsTrailers) at = writeLatin1(out, 'TE: trailers\r\n', at);
    if (plan.isUpgrade) at = writeLatin1(out, upgradeLines, at);
    else if (isEdited || head.forwardedForEnd > head.forwardedForStart)
      at = writeLatin1(out, connectionLine, at);
    if (isEdited) {
      at = writeLatin1(out, `Via: ${this.editedVia}`, at);
    } else {
      if (head.forwardedForEnd > head.forwardedForStart) {
        at = writeLatin1(out, 'X-Forwarded-For: ', at);
        at = copyBytes(out, at, head.bytes, head.forwardedForStart, head.forwardedForEnd);
        out[at++] = 44;
        out[at++] = 32;
        at = copyBytes(out, at, this.tail, connectionLength + 17, this.tail.length);
      } else {
        at = copyBytes(out, at, this.tail, plan.isUpgrade ? connectionLength : 0, this.tail.length);
      }
      at = writeLatin1(out, this.request.forwardedPath, at);
      const prefix = this.prefixOf(plan);
      if (prefix !== '') {
        at = writeLatin1(out, '\r\nX-Forwarded-Prefix: ', at);
        at = writeLatin1(out, prefix, at);
      }
      if (head.minor === 1 && head.viaEnd === head.viaStart)
        return this.tellsId
          ? this.writeId(out, copyBytes(out, at, commonEnd, 0, commonEnd.length))
          : writeLineEnds(out, copyBytes(out, at, viaEnd, 0, viaEnd.length));
      at = writeLatin1(out, '\r\nVia: ', at);
    }
    if (head.viaEnd > head.viaStart && !isEdited) {
      at = copyBytes(out, at, head.bytes, head.viaStart, head.viaEnd);
      out[at++] = 44;
      out[at++] = 32;
    }
    at = writeLatin1(out, head.minor === 1 ? viaEntry : this.via(), at);
    return this.tellsId ? this.writeId(out, writeLatin1(out, idName, at)) : writeLineEnds(out, at);
  }

  private writeId(out: Buffer, at: number): number {
    const { idBytes } = this.request;
    for (let i = 0; i < requestIdLength; i++) out[at + i] = idBytes[i]!;
    return writeLineEnds(out, at + requestIdLength);
  }

  private via(): string {
    return `${this.request.httpVersion} ${viaEntry.slice(4)}`;
  }

  private prefixOf({ strippedPrefix }: HeadPlan): string {
    return this.request.forwarded?.prefix ?? strippedPrefix;
  }

  private makeTail(): void {
    const { host, clientAddress, forwarded, forwardedHost, forwardedPort, forwardedScheme, lastHop } =
      this.request;
    // On a connection of a trusted proxy all are forwarded, and each may say another thing: the tail is never kept.
    this.tailHost = forwarded === null ? host : null;
    this.tail = Buffer.from(
      `${connectionLine}X-Forwarded-For: ${lastHop}\r\nX-Forwarded-Proto: ${forwardedScheme}\r\nX-Forwarded-Host: ${forwardedHost}\r\n` +
        `X-Forwarded-Port: ${forwardedPort}\r\nX-Real-IP: ${clientAddress}\r\nX-Forwarded-Path: `,
      'latin1',
    );
  }

  /** The lines of an edited head, with ours merged in; Via is left to the caller. */
  private editedLines(edits: RequestEditList, plan: HeadPlan): string {
    const { request } = this;
    const { sent } = edits;
    const lines = edits.lines ?? endToEndLines(request.head);
    const kept: FieldLine[] = [];
    for (const line of lines) {
      const name = line[0].toLowerCase();
      if (ownedNames.has(name)) {
        if (sent === null || sent.has(line) || !editableNames.has(name)) continue;
      }
      // Framing follows what was parsed, never what an edit made of it.
      if (isFraming(name)) continue;
      kept.push(line);
    }
    const added: FieldLine[] = [
      ['X-Forwarded-For', joined(lines, 'x-forwarded-for', request.lastHop)],
      ['X-Forwarded-Proto', request.forwardedScheme],
      ['X-Forwarded-Host', request.forwardedHost],
      ['X-Forwarded-Port', request.forwardedPort],
      ['X-Real-IP', request.clientAddress],
      ['X-Forwarded-Path', request.forwardedPath],
    ];
    const prefix = this.prefixOf(plan);
    if (prefix !== '') added.push(['X-Forwarded-Prefix', prefix]);
    for (const line of added) {
      const lower = line[0].toLowerCase();
      if (!kept.some((present) => present[0].toLowerCase() === lower)) kept.push(line);
    }
    const via = joined(lines, 'via', '');
    this.editedVia = via === '' ? '' : `${via}, `;
    let text = '';
    for (const [name, value] of kept) text += `${name}: ${value}\r\n`;
    return text;
  }
}

/** The end of the last line, and of the head. */
function writeLineEnds(out: Buffer, at: number): number {
  out.writeUInt16LE(lineEnd, at);
  out.writeUInt16LE(lineEnd, at + 2);
  return at + 4;
}

function framingLine(head: Head, contentLength: number): string {
  if (contentLength < 0 && head.isChunked) return 'Transfer-Encoding: chunked\r\n';
  const length = contentLength >= 0 ? contentLength : head.contentLength;
  return length < 0 ? '' : `Content-Length: ${length}\r\n`;
}

/** All values of a list field and one more, in one value. */
function joined(lines: readonly FieldLine[], name: string, last: string): string {
  const values = lines
    .filter((line) => line[0].toLowerCase() === name && line[1] !== '')
    .map((line) => line[1]);
  if (last !== '') values.push(last);
  return values.join(', ');
}

/** A written head with another Host in it. */
export function withHost(written: Buffer, hostStart: number, hostEnd: number, host: string): Buffer {
  return Buffer.concat([
    written.subarray(0, hostStart),
    Buffer.from(host, 'latin1'),
    written.subarray(hostEnd),
  ]);
}

/** What Host the head names now. */
export function writtenHost(written: Buffer, hostStart: number, hostEnd: number): string {
  return latin1Text(written, hostStart, hostEnd);
}
