// The field lines of a message, read the plain way: text, split at line ends, one regular expression a line. Knows nothing of
// the product's codec; what both read must be the same.

export type NaiveLine = readonly [name: string, value: string];

/** A reading that has no answer yet, or none at all. */
export type Unread = 'incomplete' | 'refused';

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const fieldLine = new RegExp(`^(${token}):[\\t ]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)$`);
export const method = new RegExp(`^${token}$`);

/** Of a head. */
export const linesMax = 1000;
/** A request line or a field line of a request, with its line end. */
export const lineBytesMax = 8192;

/** The lines of a section without the empty one at its end, or null where one of them is too long or no field line. */
export function readLines(section: string, bytesMax = Number.POSITIVE_INFINITY): NaiveLine[] | null {
  if (section === '') return [];
  const lines: NaiveLine[] = [];
  for (const line of section.slice(0, -2).split('\r\n')) {
    const match = fieldLine.exec(line);
    if (match === null || line.length + 2 > bytesMax) return null;
    lines.push([match[1]!, match[2]!.replace(/[\t ]+$/, '')]);
  }
  return lines;
}

export function valuesOf(lines: readonly NaiveLine[], name: string): string[] {
  return lines.filter((line) => line[0].toLowerCase() === name).map((line) => line[1]);
}

/** The members of a list field in all its lines, lower case. */
export function membersOf(lines: readonly NaiveLine[], name: string): string[] {
  return valuesOf(lines, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.replace(/^[\t ]+|[\t ]+$/g, '').toLowerCase())
    .filter((member) => member !== '');
}

export interface Framing {
  readonly isChunked: boolean;
  /** -1: none is given. */
  readonly length: number;
}

/** One Content-Length of digits, or one Transfer-Encoding that is chunked, or neither; null: anything else. */
export function readFraming(lines: readonly NaiveLine[], version: string): Framing | null {
  const lengths = valuesOf(lines, 'content-length');
  const encodings = valuesOf(lines, 'transfer-encoding');
  if (lengths.length + encodings.length > 1) return null;
  if (encodings.length === 1)
    return version !== '1.0' && encodings[0]!.toLowerCase() === 'chunked'
      ? { isChunked: true, length: -1 }
      : null;
  if (lengths.length === 0) return { isChunked: false, length: -1 };
  return /^[0-9]{1,15}$/.test(lengths[0]!) ? { isChunked: false, length: Number(lengths[0]) } : null;
}
