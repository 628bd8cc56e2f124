// Whether the product's codec and the naive reader make the same of a text: at once, byte by byte, and cut anywhere.
import { type CodecReading, readByCodec } from './codec-reading.ts';
import { readChunks } from './naive/chunks.ts';
import { membersOf, type NaiveLine, readLines, type Unread, valuesOf } from './naive/fields.ts';
import { type NaiveRequest, readRequest } from './naive/request.ts';
import { type NaiveResponse, readResponseHead } from './naive/response.ts';

/** What a request's field lines do not go on as: ours to write, or for one hop. */
const notPassedOn =
  /^(te|host|proxy|expect|upgrade|connection|keep-alive|proxy-connection|via|x-real-ip|x-forwarded-(for|host|port|path|proto|prefix)|x-kong-request-id)$/i;
const notPassedBack = /^(upgrade|connection|keep-alive|proxy-connection|via)$/i;

const smallPiecesMax = 2000;
const placesMax = 64;

/** null, or how the two differ. */
export function requestDifference(text: string, cuts: readonly number[]): string | null {
  const naive = summaryOf(readRequest(text), (request) => requestSummary(text, request));
  return differences(text, cuts, 'request', naive, (codec) => {
    const { head } = codec;
    const slice = (start: number, end: number) => head.bytes.toString('latin1', start, end);
    return {
      method: slice(head.methodStart, head.methodEnd),
      target: slice(head.targetStart, head.targetEnd),
      host: slice(head.hostStart, head.hostEnd),
      hasNamed: head.namesFields,
      saysUpgrade: head.saysUpgrade,
      acceptsTrailers: head.acceptsTrailers,
      expectsContinue: head.expectsContinue,
      hasExpect: head.hasExpect,
      ...sharedSummary(codec),
    };
  });
}

export function responseDifference(text: string, cuts: readonly number[]): string | null {
  const naive = readResponseHead(text);
  const summary = summaryOf(naive, (response) => responseSummary(text, response));
  return differences(text, cuts, 'response', summary, (codec) => ({
    status: codec.head.status,
    ...sharedSummary(codec),
  }));
}

/** As text, to compare; or that there is none. */
function summaryOf<T>(naive: T | Unread, summary: (message: T) => object | Unread): string {
  const found = naive === 'incomplete' || naive === 'refused' ? naive : summary(naive as T);
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function differences(
  text: string,
  cuts: readonly number[],
  kind: 'request' | 'response',
  naive: string,
  summary: (codec: CodecReading) => object,
): string | null {
  const places = [...new Set(cuts.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  // Byte by byte, but for long texts, which would be read as often as they have bytes.
  const step = Math.ceil(text.length / smallPiecesMax);
  const everyByte = Array.from({ length: Math.ceil(text.length / step) }, (_, i) =>
    Math.min(text.length, (i + 1) * step),
  );
  for (const ends of [[text.length], everyByte, [...places, text.length]]) {
    const read = readByCodec(text, ends, kind);
    const codec = typeof read === 'string' ? read : JSON.stringify(summary(read));
    if (codec === naive) continue;
    // What is incomplete may already be known to be wrong; nothing else may differ.
    if (naive === 'incomplete' && codec === 'refused') continue;
    return `in ${ends.length} pieces read as ${codec}, naively as ${naive}`;
  }
  return null;
}

function sharedSummary(codec: CodecReading): object {
  const { head, kept } = codec;
  return {
    version: head.minor === 0 ? '1.0' : '1.1',
    isChunked: head.isChunked,
    contentLength: head.contentLength,
    saysClose: head.saysClose,
    saysKeepAlive: head.saysKeepAlive,
    lines: codec.lines,
    kept: kept === null ? null : readLines(kept),
    body: codec.body,
    length: codec.length,
  };
}

/** Framing in other than the plainest words is not passed on as it came: others may read it otherwise. */
function hasOddFraming(text: string): boolean {
  const lines = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  return lines.some(
    (line) =>
      /^(content-length|transfer-encoding):/i.test(line) && !/^[^:]+: ?(0|[1-9]\d*|chunked)$/.test(line),
  );
}

/** null: what goes another way: odd framing, chains in several lines, more than so many places. */
function keptLines(
  text: string,
  lines: readonly NaiveLine[],
  dropped: RegExp,
  chains: readonly string[],
): readonly NaiveLine[] | null {
  if (hasOddFraming(text)) return null;
  if (chains.some((name) => valuesOf(lines, name).length > 1)) return null;
  const isDropped = lines.map(([name]) => dropped.test(name));
  if (isDropped.filter((is, i) => is && isDropped[i - 1] !== true).length > placesMax) return null;
  return lines.filter(([name]) => !dropped.test(name));
}

function requestSummary(text: string, request: NaiveRequest): object {
  const { lines } = request;
  const expectations = valuesOf(lines, 'expect');
  return {
    method: request.method,
    target: request.target,
    host: request.host,
    hasNamed: request.named.length > 0,
    saysUpgrade: request.saysUpgrade,
    acceptsTrailers: membersOf(lines, 'te').some((member) => /^trailers[\t ]*(;|$)/.test(member)),
    expectsContinue: expectations.at(-1)?.toLowerCase() === '100-continue',
    hasExpect: expectations.length > 0,
    version: request.version,
    isChunked: request.framing.isChunked,
    contentLength: request.framing.length,
    saysClose: request.saysClose,
    saysKeepAlive: request.saysKeepAlive,
    lines,
    kept: keptLines(text, lines, notPassedOn, ['via', 'x-forwarded-for']),
    body: request.body,
    length: request.length,
  };
}

function responseSummary(text: string, response: NaiveResponse): object | Unread {
  const { isChunked } = response.framing;
  const chunks = isChunked ? readChunks(text.slice(response.length), false) : { data: '', length: 0 };
  if (typeof chunks === 'string') return chunks;
  return {
    status: response.status,
    version: response.version,
    isChunked,
    contentLength: response.framing.length,
    saysClose: response.saysClose,
    saysKeepAlive: response.saysKeepAlive,
    lines: response.lines,
    kept: keptLines(text, response.lines, notPassedBack, ['via']),
    body: chunks.data,
    length: response.length + chunks.length,
  };
}
