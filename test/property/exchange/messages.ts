// A plain reading of HTTP/1.1 messages in a text, written to be obvious: what both ends of an exchange have seen.

export interface Message {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export function fieldOf({ fields }: Pick<Message, 'fields'>, name: string): string | null {
  return fields.find(([given]) => given.toLowerCase() === name)?.[1] ?? null;
}

/** Chunks from `at` on: data and the index behind them, or null while they are not complete. */
function readChunks(text: string, from: number): readonly [data: string, end: number] | null {
  let data = '';
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) {
      // Trailers, if there are any, up to an empty line.
      const end = text.indexOf('\r\n\r\n', lineEnd);
      return end < 0 ? null : [data, end + 4];
    }
    const dataEnd = lineEnd + 2 + size;
    if (text.length < dataEnd + 2) return null;
    data += text.slice(lineEnd + 2, dataEnd);
    at = dataEnd + 2;
  }
}

/** The first message of a text and the index behind it; null while it is not complete. `isBodiless`: the head is all. */
export function readMessage(
  text: string,
  isBodiless: (start: string) => boolean,
): readonly [message: Message, end: number] | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [start = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const bodyStart = headEnd + 4;
  const message = { start, fields, body: '' };
  if (isBodiless(start)) return [message, bodyStart];
  if (fieldOf(message, 'transfer-encoding') !== null) {
    const chunks = readChunks(text, bodyStart);
    return chunks === null ? null : [{ ...message, body: chunks[0] }, chunks[1]];
  }
  const end = bodyStart + Number(fieldOf(message, 'content-length') ?? 0);
  return text.length < end ? null : [{ ...message, body: text.slice(bodyStart, end) }, end];
}
