// A chunked body, read the plain way: one line, one chunk, until the size is 0, then trailers.
import { type NaiveLine, readLines, type Unread } from './fields.ts';

export interface NaiveChunks {
  readonly data: string;
  readonly trailers: readonly NaiveLine[];
  /** Characters of the text that belong to it. */
  readonly length: number;
}

const sizeLine = /^([0-9A-Fa-f]{1,12})([\t ]*;[^\x00-\x08\x0a-\x1f\x7f]*)?$/;
const extensionBytesMax = 4095;
const trailerBytesMax = 16_000;

const refusedTrailer =
  /^(apikey|authorization|connection|content-(encoding|length|range|type)|cookie|expect|forwarded|host|keep-alive|max-forwards|proxy-(authorization|connection)|te|trailer|transfer-encoding|upgrade|via|x-anonymous-consumer|x-real-ip|x-(authenticated|consumer|credential|forwarded|kong)-.*)$/i;

export function readChunks(text: string, isRequest: boolean): NaiveChunks | Unread {
  let at = 0;
  let data = '';
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return 'incomplete';
    const match = sizeLine.exec(text.slice(at, lineEnd));
    if (match === null || (match[2] ?? '').length > extensionBytesMax) return 'refused';
    at = lineEnd + 2;
    const size = Number.parseInt(match[1]!, 16);
    if (size === 0) return readTrailers(text, at, data, isRequest);
    if (text.length < at + size) return 'incomplete';
    data += text.slice(at, at + size);
    at += size;
    if (text.length < at + 2) return text.length > at && text[at] !== '\r' ? 'refused' : 'incomplete';
    if (!text.startsWith('\r\n', at)) return 'refused';
    at += 2;
  }
}

function readTrailers(text: string, start: number, data: string, isRequest: boolean): NaiveChunks | Unread {
  if (text.startsWith('\r\n', start)) return { data, trailers: [], length: start + 2 };
  const end = text.indexOf('\r\n\r\n', start);
  if (end < 0) return 'incomplete';
  const section = text.slice(start, end + 2);
  const trailers = readLines(section);
  if (trailers === null || section.length > trailerBytesMax) return 'refused';
  if (isRequest && trailers.some(([name]) => refusedTrailer.test(name))) return 'refused';
  return { data, trailers, length: end + 4 };
}
