// The head of an HTTP/1.1 response, from bytes to offsets.
import { isValueByte } from './characters.ts';
import { malformed, needMore, parseFields } from './fields.ts';
import type { Head } from './head.ts';

export { malformed, needMore };

const shortestStatusLine = 'HTTP/1.1 200\r\n'.length;

/** Like parseRequestHead. */
export function parseResponseHead(head: Head, bytes: Buffer, start: number, end: number): number {
  head.problem = '';
  if (end - start < shortestStatusLine) {
    // A line that has ended can grow no longer.
    const isWrong = bytes.subarray(start, end).includes(10) || !checkPrefix(bytes, start, end);
    return isWrong ? refuse(head) : needMore;
  }
  if (!checkPrefix(bytes, start, start + 7)) return refuse(head);
  const minor = bytes[start + 7]! - 48;
  const hundreds = bytes[start + 9]! - 48;
  const tens = bytes[start + 10]! - 48;
  const ones = bytes[start + 11]! - 48;
  if (minor < 0 || minor > 9 || bytes[start + 8] !== 32) return refuse(head);
  if (hundreds < 1 || hundreds > 5 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return refuse(head);
  // Some servers leave out the blank before an empty reason phrase.
  if (bytes[start + 12] !== 32 && bytes[start + 12] !== 13) return refuse(head);
  let i = start + 12;
  while (i < end && isValueByte[bytes[i]!] === 1) i++;
  if (i + 1 >= end) return needMore;
  if (bytes[i] !== 13 || bytes[i + 1] !== 10) return refuse(head);
  head.start = start;
  head.minor = minor === 0 ? 0 : 1;
  head.status = hundreds * 100 + tens * 10 + ones;
  head.fieldsStart = i + 2;
  return parseFields(head, bytes, end, false);
}

const prefix = Buffer.from('HTTP/1.', 'latin1');

function checkPrefix(bytes: Buffer, start: number, end: number): boolean {
  const length = Math.min(end - start, prefix.length);
  for (let i = 0; i < length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}

function refuse(head: Head): number {
  head.problem = 'invalid status line';
  return malformed;
}
