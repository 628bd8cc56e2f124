// A whole request, read the plain way, by the verdicts that test/conformance/framing documents.
import { readChunks } from './chunks.ts';
import {
  type Framing,
  lineBytesMax,
  linesMax,
  membersOf,
  method as methodPattern,
  type NaiveLine,
  readFraming,
  readLines,
  type Unread,
  valuesOf,
} from './fields.ts';

export interface NaiveRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Of an absolute target, else of Host; '' when there is neither. */
  readonly host: string;
  readonly version: '1.0' | '1.1';
  readonly lines: readonly NaiveLine[];
  readonly framing: Framing;
  /** What Connection says, without close, keep-alive and upgrade. */
  readonly named: readonly string[];
  readonly saysClose: boolean;
  readonly saysKeepAlive: boolean;
  readonly saysUpgrade: boolean;
  readonly body: string;
  readonly trailers: readonly NaiveLine[];
  /** Characters of the text that belong to it. */
  readonly length: number;
}

const emptyLinesMax = 4;
const methodBytesMax = 64;
const requestLine = /^([^ ]+) ([^\x00-\x20\x7f#]+) HTTP\/([0-9])\.([0-9])$/;
const authority = /^(?:\[[0-9A-Fa-f:.]+\](?::([0-9]{0,5}))?|[A-Za-z0-9!$%&'()*+.;=_~-]+(?::([0-9]{0,5}))?|)$/;
const absolute = /^https?:\/\/([^/?]+)(.*)$/i;

export interface RequestLimits {
  readonly lineBytesMax: number;
  readonly linesMax: number;
}

export const noLimits = { lineBytesMax: Number.POSITIVE_INFINITY, linesMax: Number.POSITIVE_INFINITY };

export function readRequest(
  text: string,
  limits: RequestLimits = { lineBytesMax, linesMax },
): NaiveRequest | Unread {
  let start = 0;
  for (let i = 0; i < emptyLinesMax && text.startsWith('\r\n', start); i++) start += 2;
  const end = text.indexOf('\r\n\r\n', start);
  if (end < 0) return 'incomplete';
  const [first, rest] = splitOnce(text.slice(start, end + 2), '\r\n');
  const match = requestLine.exec(first);
  if (match === null || match[3] !== '1' || !isMethod(match[1]!)) return 'refused';
  const version = match[4] === '0' ? '1.0' : '1.1';
  const lines = readLines(rest, limits.lineBytesMax);
  if (lines === null || lines.length > limits.linesMax) return 'refused';
  const framing = readFraming(lines, version);
  const place = readPlace(match[1]!, match[2]!, version, lines);
  if (framing === null || place === null) return 'refused';
  const body = readBody(text.slice(end + 4), framing);
  if (typeof body === 'string') return body;
  const options = membersOf(lines, 'connection');
  return {
    method: match[1]!,
    ...place,
    version,
    lines,
    framing,
    named: options.filter((option) => !['close', 'keep-alive', 'upgrade'].includes(option)),
    saysClose: options.includes('close'),
    saysKeepAlive: options.includes('keep-alive'),
    saysUpgrade: options.includes('upgrade'),
    body: body.data,
    trailers: body.trailers,
    length: end + 4 + body.length,
  };
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function isMethod(text: string): boolean {
  return methodPattern.test(text) && text.length <= methodBytesMax;
}

function isAuthority(text: string): boolean {
  const match = authority.exec(text);
  return match !== null && Number(match[1] ?? match[2] ?? 0) <= 65_535;
}

/** Target and host. */
function readPlace(
  method: string,
  target: string,
  version: string,
  lines: readonly NaiveLine[],
): { readonly target: string; readonly host: string } | null {
  const hosts = valuesOf(lines, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && version === '1.1') || !hosts.every(isAuthority)) return null;
  const host = hosts[0] ?? '';
  if (target.startsWith('/')) return { target, host };
  if (target === '*') return method === 'OPTIONS' ? { target, host } : null;
  const match = absolute.exec(target);
  return match !== null && isAuthority(match[1]!) ? { target: match[2]!, host: match[1]! } : null;
}

interface NaiveBody {
  readonly data: string;
  readonly trailers: readonly NaiveLine[];
  readonly length: number;
}

function readBody(text: string, { isChunked, length }: Framing): NaiveBody | Unread {
  if (isChunked) return readChunks(text, true);
  if (length <= 0) return { data: '', trailers: [], length: 0 };
  return text.length < length ? 'incomplete' : { data: text.slice(0, length), trailers: [], length };
}
