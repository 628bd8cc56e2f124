// What frames a message: one Content-Length or one `Transfer-Encoding: chunked`, and nothing that two readers read differently.
import { equalsIgnoreCase, trimmedEnd, word } from './characters.ts';
import type { Head } from './head.ts';

const valueChunked = word('chunked');

/** Equal lengths in a list could be merged (RFC 9110 section 8.6), but nobody sends them in good faith: refused. */
export function takeContentLength(head: Head, bytes: Buffer, valueStart: number, valueEnd: number): boolean {
  const end = trimmedEnd(bytes, valueStart, valueEnd);
  if (head.contentLength >= 0) {
    head.problem = 'more than one Content-Length';
    return false;
  }
  // 15 digits stay below 2^53.
  if (end === valueStart || end - valueStart > 15) {
    head.problem = 'invalid Content-Length';
    return false;
  }
  let length = 0;
  for (let i = valueStart; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) {
      head.problem = 'invalid Content-Length';
      return false;
    }
    length = length * 10 + digit;
  }
  head.contentLength = length;
  if (isOddlySpaced(bytes, valueStart, end, valueEnd) || (bytes[valueStart] === 48 && end - valueStart > 1))
    head.needsRewriting = true;
  return true;
}

export function takeTransferEncoding(
  head: Head,
  bytes: Buffer,
  valueStart: number,
  valueEnd: number,
): boolean {
  const end = trimmedEnd(bytes, valueStart, valueEnd);
  if (head.isChunked) {
    head.problem = 'more than one Transfer-Encoding';
    return false;
  }
  if (end - valueStart !== 7 || !equalsIgnoreCase(bytes, valueStart, valueChunked)) {
    head.problem = 'Transfer-Encoding other than chunked';
    return false;
  }
  head.isChunked = true;
  if (isOddlySpaced(bytes, valueStart, end, valueEnd) || !hasNoCapitals(bytes, valueStart, end))
    head.needsRewriting = true;
  return true;
}

function hasNoCapitals(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! < 97) return false;
  return true;
}

/**
 * Not `name: value` or `name:value`. Framing that is written so is understood, but goes on in plain words: whoever is behind
 * us may read tabs, more blanks, leading zeros or capitals otherwise, and then takes a body for requests.
 */
function isOddlySpaced(bytes: Buffer, valueStart: number, trimmed: number, valueEnd: number): boolean {
  if (trimmed !== valueEnd) return true;
  return bytes[valueStart - 1] !== 58 && (bytes[valueStart - 1] !== 32 || bytes[valueStart - 2] !== 58);
}
