// Reads HTTP/1.1 answers as a strict client does: bodies by length, by chunks or until the end, and whether an answer ended
// as its head announced. It is not the proxy's codec, so that a mistake there is not repeated here.

export interface Reply {
  readonly status: number;
  /** Lower-case names; repeated fields joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly complete: boolean;
  /** The server ends the connection after it. */
  readonly closes: boolean;
}

type Framing = 'none' | 'length' | 'chunks' | 'end';

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly framing: Framing;
  readonly length: number;
  readonly closes: boolean;
}

const headEnd = '\r\n\r\n';

/** Names come again and again: as written, in lower case; '' is none. */
const knownNames = new Map<string, string>();
const knownNamesMax = 1_000;

function nameOf(written: string): string {
  let name = knownNames.get(written);
  if (name !== undefined) return name;
  name = /\s/.test(written) ? '' : written.toLowerCase();
  if (knownNames.size >= knownNamesMax) knownNames.clear();
  knownNames.set(written, name);
  return name;
}

/** Of all lines but the first. */
function parseHeaders(lines: readonly string[]): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    const colon = line.indexOf(':');
    const name = colon <= 0 ? '' : nameOf(line.slice(0, colon));
    if (name === '') return null;
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

function parseHead(text: string, method: string): Head | null {
  const lines = text.split('\r\n');
  const start = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(lines[0]!);
  const headers = parseHeaders(lines);
  if (start === null || headers === null) return null;
  const status = Number(start[1]);
  const coded = headers['transfer-encoding'];
  const length = headers['content-length'];
  const closes = /(?:^|, *)close(?:$| *,)/i.test(headers['connection'] ?? '');
  const bodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  if (bodyless) return { status, headers, framing: 'none', length: 0, closes };
  if (coded !== undefined) return { status, headers, framing: 'chunks', length: 0, closes };
  if (length === undefined) return { status, headers, framing: 'end', length: 0, closes: true };
  if (!/^\d+$/.test(length)) return null;
  return { status, headers, framing: 'length', length: Number(length), closes };
}

/** Bytes of the connection, as latin1 text, and the answer that is being read from it. */
export class ReplyReader {
  private text = '';
  private head: Head | null = null;
  private body = '';
  /** Where the unread text begins. */
  private at = 0;
  /** How often the server has said to go on. */
  continues = 0;

  get hasBytes(): boolean {
    return this.at < this.text.length;
  }

  /** Some of an answer has come. */
  get begun(): boolean {
    return this.head !== null || this.hasBytes;
  }

  push(text: string): void {
    this.text = this.at === 0 ? this.text + text : this.text.slice(this.at) + text;
    this.at = 0;
  }

  /**
   * The next complete answer to a request with `method`; 'more' where it is not there yet, 'switched' after a 101, 'bad'
   * where this is no HTTP. Answers of class 1 but 101 are passed over.
   */
  next(method: string): Reply | 'more' | 'switched' | 'bad' {
    for (;;) {
      if (this.head === null) {
        const end = this.text.indexOf(headEnd, this.at);
        if (end < 0) return 'more';
        const head = parseHead(this.text.slice(this.at, end), method);
        if (head === null) return 'bad';
        this.at = end + headEnd.length;
        if (head.status === 101) return 'switched';
        if (head.status === 100) this.continues++;
        if (head.status < 200) continue;
        this.head = head;
        this.body = '';
      }
      const outcome = this.readBody(this.head);
      return outcome === 'done' ? this.finish(true) : outcome;
    }
  }

  /** The connection has ended: what there is of an answer. Null when none had begun. */
  end(clean: boolean): Reply | null {
    if (this.head === null) return null;
    this.body += this.head.framing === 'chunks' ? '' : this.rest();
    return this.finish(clean && this.head.framing === 'end');
  }

  rest(): string {
    const rest = this.text.slice(this.at);
    this.at = this.text.length;
    return rest;
  }

  private finish(complete: boolean): Reply {
    const { status, headers, closes } = this.head!;
    this.head = null;
    return { status, headers, body: this.body, complete, closes };
  }

  private readBody(head: Head): 'done' | 'more' | 'bad' {
    if (head.framing === 'none') return 'done';
    if (head.framing === 'chunks') return this.readChunks();
    const wanted = head.framing === 'end' ? Number.POSITIVE_INFINITY : head.length - this.body.length;
    const part = this.text.slice(this.at, this.at + Math.min(wanted, this.text.length));
    this.body += part;
    this.at += part.length;
    return part.length === wanted ? 'done' : 'more';
  }

  private readChunks(): 'done' | 'more' | 'bad' {
    for (;;) {
      const lineEnd = this.text.indexOf('\r\n', this.at);
      if (lineEnd < 0) return 'more';
      const size = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(this.text.slice(this.at, lineEnd));
      if (size === null) return 'bad';
      const length = Number.parseInt(size[1]!, 16);
      const start = lineEnd + 2;
      if (length === 0) {
        // Trailers, if any, end with an empty line.
        const end = this.text.startsWith('\r\n', start) ? start + 2 : this.text.indexOf(headEnd, start) + 4;
        if (end < start + 2 || this.text.length < end) return 'more';
        this.at = end;
        return 'done';
      }
      if (this.text.length < start + length + 2) return 'more';
      if (!this.text.startsWith('\r\n', start + length)) return 'bad';
      this.body += this.text.slice(start, start + length);
      this.at = start + length + 2;
    }
  }
}
