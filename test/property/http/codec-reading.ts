// A message read by the product's codec out of pieces, as a connection feeds it: the head again and again with more bytes, then
// the body piece by piece. The buffer behind the pieces holds what earlier messages have left there.
import { ChunkScanner, chunkMalformed, chunkMore } from '../../../src/proxy/http/chunk-scanner.ts';
import { fieldLines } from '../../../src/proxy/http/field-lines.ts';
import { Head } from '../../../src/proxy/http/head.ts';
import { parseRequestHead } from '../../../src/proxy/http/request-parser.ts';
import { parseResponseHead } from '../../../src/proxy/http/response-parser.ts';

export type Unread = 'incomplete' | 'refused';

export interface CodecReading {
  readonly head: Head;
  /** Without chunk framing. */
  readonly body: string;
  /** Bytes of head and body. */
  readonly length: number;
  readonly lines: readonly (readonly [string, string])[];
  /** The field lines that are passed on, as text; null where there were too many to mark. */
  readonly kept: string | null;
}

const scratch = Buffer.alloc(262_144);
const head = new Head();

/** `ends`: where the pieces end, ascending; the last one is the text's. A response has a body here only when it is chunked. */
export function readByCodec(
  text: string,
  ends: readonly number[],
  kind: 'request' | 'response',
): CodecReading | Unread {
  const parse = kind === 'request' ? parseRequestHead : parseResponseHead;
  let filled = 0;
  let headEnd = 0;
  let piece = 0;
  for (; piece < ends.length && headEnd === 0; piece++) {
    scratch.write(text.slice(filled, ends[piece]!), filled, 'latin1');
    filled = ends[piece]!;
    headEnd = parse(head, scratch, 0, filled);
  }
  if (headEnd <= 0) return headEnd === 0 ? 'incomplete' : 'refused';
  scratch.write(text.slice(filled), filled, 'latin1');
  const bodyEnds = ends.slice(piece - 1);
  const body = head.isChunked
    ? readChunked(headEnd, bodyEnds, kind === 'request')
    : readCounted(headEnd, text.length, kind === 'request' ? Math.max(0, head.contentLength) : 0);
  if (typeof body === 'string') return body;
  return { head, ...body, lines: fieldLines(head), kept: head.needsRewriting ? null : keptText() };
}

function readCounted(
  start: number,
  end: number,
  length: number,
): Pick<CodecReading, 'body' | 'length'> | Unread {
  if (end - start < length) return 'incomplete';
  return { body: scratch.toString('latin1', start, start + length), length: start + length };
}

function readChunked(
  headEnd: number,
  ends: readonly number[],
  isRequest: boolean,
): Pick<CodecReading, 'body' | 'length'> | Unread {
  const scanner = new ChunkScanner(isRequest);
  let body = '';
  let start = headEnd;
  for (const end of ends) {
    const next = scanner.scan(scratch, start, end, (bytes, from, to) => {
      body += bytes.toString('latin1', from, to);
    });
    if (next === chunkMalformed) return 'refused';
    if (next !== chunkMore) return { body, length: next };
    start = end;
  }
  return 'incomplete';
}

function keptText(): string {
  let text = '';
  let from = head.fieldsStart;
  for (let i = 0; i < head.droppedCount; i += 2) {
    text += scratch.toString('latin1', from, head.dropped[i]!);
    from = head.dropped[i + 1]!;
  }
  return text + scratch.toString('latin1', from, head.fieldsEnd);
}
