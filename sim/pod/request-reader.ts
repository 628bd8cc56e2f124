// A small HTTP/1.1 request reader of the pod's own: heads, Content-Length and chunked bodies, one request at a time. It is
// deliberately not the proxy's codec, so that a mistake there is not repeated on the other side.
import { createHash, type Hash } from 'node:crypto';

export interface PodRequest {
  readonly method: string;
  readonly path: string;
  readonly http10: boolean;
  /** Lower-case names; repeated fields joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  readonly bodyHash: string;
}

/** What the reader made of the bytes so far. */
export type ReadOutcome =
  | { readonly kind: 'more' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'request'; readonly request: PodRequest }
  | { readonly kind: 'bad'; readonly reason: string };

const headBytesMax = 65_536;
const lineBytesMax = 8192;
const hashOfNothing = createHash('sha256').digest('hex');
const more: ReadOutcome = { kind: 'more' };

interface Head {
  readonly method: string;
  readonly path: string;
  readonly http10: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer';

export class RequestReader {
  private pending: Buffer = Buffer.alloc(0);
  private state: State = 'head';
  private head: Head | null = null;
  private hash: Hash | null = null;
  private bodyBytes = 0;
  private left = 0;
  private trailerBytes = 0;

  /** Bytes received but not yet part of a finished request. */
  get pendingBytes(): number {
    return this.pending.length;
  }

  /** True between requests with nothing of the next one received. */
  get idle(): boolean {
    return this.state === 'head' && this.pending.length === 0;
  }

  /** The path of a request whose body is not whole; null: there is none. */
  get begun(): string | null {
    return this.head?.path ?? null;
  }

  /** Bytes that follow an upgrade request. */
  takeRest(): Buffer {
    const rest = this.pending;
    this.pending = Buffer.alloc(0);
    return rest;
  }

  push(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.pending, bytes]);
  }

  /** Call until it answers 'more'; after 'request' the next call starts on the next request. */
  next(): ReadOutcome {
    if (this.state === 'head') {
      const outcome = this.readHead();
      if (outcome !== null) return outcome;
    }
    return this.readBody();
  }

  private readHead(): ReadOutcome | null {
    while (this.pending.length >= 2 && this.pending[0] === 13 && this.pending[1] === 10) {
      this.pending = this.pending.subarray(2);
    }
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return this.pending.length > headBytesMax ? bad('the head is too large') : more;
    if (end > headBytesMax) return bad('the head is too large');
    const head = parseHead(this.pending.toString('latin1', 0, end));
    if (typeof head === 'string') return bad(head);
    const framing = framingOf(head);
    if (typeof framing === 'string') return bad(framing);
    this.pending = this.pending.subarray(end + 4);
    this.head = head;
    this.hash = null;
    this.bodyBytes = 0;
    this.trailerBytes = 0;
    this.left = framing.lengthBytes ?? 0;
    this.state = framing.lengthBytes === null ? 'chunk-size' : 'fixed';
    const hasBody = framing.lengthBytes !== 0;
    const expects = head.headers['expect']?.toLowerCase() === '100-continue';
    return hasBody && expects && this.pending.length === 0 ? { kind: 'continue' } : null;
  }

  private readBody(): ReadOutcome {
    for (;;) {
      switch (this.state) {
        case 'head':
          return more;
        case 'fixed':
          this.consume();
          return this.left > 0 ? more : this.finish();
        case 'chunk-size': {
          const line = this.line();
          if (line === null)
            return this.pending.length > lineBytesMax ? bad('a chunk size line is too long') : more;
          const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line);
          if (size === null) return bad('a chunk size is not a hexadecimal number');
          this.left = Number.parseInt(size[1]!, 16);
          this.state = this.left === 0 ? 'trailer' : 'chunk-data';
          break;
        }
        case 'chunk-data':
          this.consume();
          if (this.left > 0) return more;
          this.state = 'chunk-end';
          break;
        case 'chunk-end':
          if (this.pending.length < 2) return more;
          if (this.line() !== '') return bad('a chunk does not end where its size says');
          this.state = 'chunk-size';
          break;
        case 'trailer': {
          const line = this.line();
          if (line === null) return this.pending.length > lineBytesMax ? bad('a trailer is too long') : more;
          if (line === '') return this.finish();
          this.trailerBytes += line.length;
          if (this.trailerBytes > headBytesMax) return bad('the trailers are too large');
          break;
        }
      }
    }
  }

  private consume(): void {
    const count = Math.min(this.left, this.pending.length);
    if (count === 0) return;
    this.hash ??= createHash('sha256');
    this.hash.update(this.pending.subarray(0, count));
    this.pending = this.pending.subarray(count);
    this.bodyBytes += count;
    this.left -= count;
  }

  private line(): string | null {
    const end = this.pending.indexOf('\r\n');
    if (end < 0) return null;
    const text = this.pending.toString('latin1', 0, end);
    this.pending = this.pending.subarray(end + 2);
    return text;
  }

  private finish(): ReadOutcome {
    const request = {
      ...this.head!,
      bodyBytes: this.bodyBytes,
      bodyHash: this.hash?.digest('hex') ?? hashOfNothing,
    };
    this.state = 'head';
    this.head = null;
    return { kind: 'request', request };
  }
}

function bad(reason: string): ReadOutcome {
  return { kind: 'bad', reason };
}

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Names come again and again: as written, in lower case; '' is none. */
const knownNames = new Map<string, string>();
const knownNamesMax = 1_000;

function nameOf(written: string): string {
  let name = knownNames.get(written);
  if (name !== undefined) return name;
  const lowerCase = written.toLowerCase();
  name = token.test(lowerCase) ? lowerCase : '';
  if (knownNames.size >= knownNamesMax) knownNames.clear();
  knownNames.set(written, name);
  return name;
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** What comes after the colon, without the blanks around it. */
function valueAfter(line: string, colon: number): string {
  let from = colon + 1;
  let to = line.length;
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

/** The head, or what is wrong with it. */
function parseHead(text: string): Head | string {
  const lines = text.split('\r\n');
  const start = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.([01])$/.exec(lines[0]!);
  if (start === null) return 'the request line is malformed';
  const headers: Record<string, string> = Object.create(null);
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : nameOf(line.slice(0, colon));
    if (name === '' || line.includes('\r') || line.includes('\n')) return 'a header line is malformed';
    const value = valueAfter(line, colon);
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { method: start[1]!, path: start[2]!, http10: start[3] === '0', headers };
}

/** Body length (null: chunked), or what is wrong (RFC 9112, section 6). */
function framingOf(head: Head): { readonly lengthBytes: number | null } | string {
  const coding = head.headers['transfer-encoding'];
  const length = head.headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined) return 'both Transfer-Encoding and Content-Length are given';
    return coding.toLowerCase() === 'chunked' ? { lengthBytes: null } : 'the transfer coding is not chunked';
  }
  if (length === undefined) return { lengthBytes: 0 };
  return /^\d{1,15}$/.test(length) ? { lengthBytes: Number(length) } : 'Content-Length is not one number';
}
