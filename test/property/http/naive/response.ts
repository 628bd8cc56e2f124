// The head of a response, read the plain way.
import {
  type Framing,
  linesMax,
  membersOf,
  type NaiveLine,
  readFraming,
  readLines,
  type Unread,
} from './fields.ts';

export interface NaiveResponse {
  readonly status: number;
  readonly version: '1.0' | '1.1';
  readonly lines: readonly NaiveLine[];
  readonly framing: Framing;
  readonly saysClose: boolean;
  readonly saysKeepAlive: boolean;
  /** Characters of the head. */
  readonly length: number;
}

const statusLine = /^HTTP\/1\.([0-9]) ([1-5][0-9][0-9])( [^\x00-\x08\x0a-\x1f\x7f]*)?$/;

export function readResponseHead(text: string): NaiveResponse | Unread {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 'incomplete';
  const lineEnd = text.indexOf('\r\n');
  const match = statusLine.exec(text.slice(0, lineEnd));
  const lines = readLines(text.slice(lineEnd + 2, end + 2));
  if (match === null || lines === null || lines.length > linesMax) return 'refused';
  const version = match[1] === '0' ? '1.0' : '1.1';
  const framing = readFraming(lines, version);
  if (framing === null) return 'refused';
  const options = membersOf(lines, 'connection');
  return {
    status: Number(match[2]),
    version,
    lines,
    framing,
    saysClose: options.includes('close'),
    saysKeepAlive: options.includes('keep-alive'),
    length: end + 4,
  };
}
