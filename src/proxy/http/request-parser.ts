// The head of an HTTP/1.1 request, from bytes to offsets. Sans-IO: it is called again with more bytes when it needs them.
import { equalsIgnoreCase, isTargetByte, isTokenByte, word } from './characters.ts';
import { fieldTooLong, malformed, needMore, parseFields } from './fields.ts';
import type { Head } from './head.ts';
import { isAuthority } from './host.ts';
import { latin1Text } from './latin1.ts';

const schemeHttp = word('http://');
const schemeHttps = word('https://');

/** No method that anybody has registered is half as long. */
const methodBytesMax = 64;

/** The head is fine so far as HTTP goes, but asks for a version that is not spoken here. */
export const versionUnsupported = -505;
export { fieldTooLong, malformed, needMore };

/**
 * Parses the request head in bytes[start, end). Returns the index after it, needMore, or a negative value with the reason in
 * `head.problem`.
 */
export function parseRequestHead(head: Head, bytes: Buffer, start: number, end: number): number {
  let i = start;
  // RFC 9112 section 2.2: a server should ignore at least one empty line before the request line.
  while (i + 1 < end && bytes[i] === 13 && bytes[i + 1] === 10 && i - start < 8) i += 2;
  if (i === end || (i + 1 === end && bytes[i] === 13)) return needMore;
  head.start = i;
  head.problem = '';
  head.status = 0;
  head.methodStart = i;
  while (i < end && isTokenByte[bytes[i]!] === 1) i++;
  if (i - head.methodStart > methodBytesMax) return refuse(head, 'method too long');
  if (i >= end) return needMore;
  if (bytes[i] !== 32 || i === head.methodStart) return refuse(head, 'invalid request line');
  head.methodEnd = i;
  i++;
  head.targetStart = i;
  while (i < end && isTargetByte[bytes[i]!] === 1) i++;
  if (i >= end) return needMore;
  if (bytes[i] !== 32 || i === head.targetStart) return refuse(head, 'invalid request line');
  head.targetEnd = i;
  const versionEnd = i + 9;
  if (versionEnd + 1 >= end) {
    // Answer a wrong line now: without this, HTTP/0.9 clients would hang until the timeout.
    for (let j = i + 1; j < end; j++) {
      if (bytes[j] === 10 && (j <= versionEnd || bytes[j - 1] !== 13))
        return refuse(head, 'invalid request line');
    }
    return needMore;
  }
  if (
    bytes[i + 1] !== 72 ||
    bytes[i + 2] !== 84 ||
    bytes[i + 3] !== 84 ||
    bytes[i + 4] !== 80 ||
    bytes[i + 5] !== 47 ||
    bytes[i + 7] !== 46
  )
    return refuse(head, 'invalid request line');
  const major = bytes[i + 6]! - 48;
  const minor = bytes[i + 8]! - 48;
  if (major < 0 || major > 9 || minor < 0 || minor > 9) return refuse(head, 'invalid request line');
  if (bytes[versionEnd] !== 13 || bytes[versionEnd + 1] !== 10) return refuse(head, 'invalid request line');
  if (major !== 1) {
    head.problem = 'HTTP version not supported';
    return versionUnsupported;
  }
  head.minor = minor === 0 ? 0 : 1;
  head.fieldsStart = versionEnd + 2;
  const next = parseFields(head, bytes, end, true);
  if (next <= 0) return next;
  return bytes[head.targetStart] === 47 || reduceTarget(head, bytes)
    ? next
    : refuse(head, 'invalid request target');
}

function refuse(head: Head, problem: string): number {
  head.problem = problem;
  return malformed;
}

/** Absolute-form names the host itself and wins over Host (RFC 9112 section 3.2.2); '*' is for OPTIONS. */
function reduceTarget(head: Head, bytes: Buffer): boolean {
  const { targetStart, targetEnd } = head;
  const length = targetEnd - targetStart;
  if (length === 1 && bytes[targetStart] === 42)
    return head.methodEnd - head.methodStart === 7 && isOptions(head, bytes);
  let authorityStart: number;
  if (length > 7 && equalsScheme(bytes, targetStart, schemeHttp)) authorityStart = targetStart + 7;
  else if (length > 8 && equalsScheme(bytes, targetStart, schemeHttps)) authorityStart = targetStart + 8;
  else return false;
  let i = authorityStart;
  while (i < targetEnd && bytes[i] !== 47 && bytes[i] !== 63) i++;
  if (i === authorityStart) return false;
  head.hostStart = authorityStart;
  head.hostEnd = i;
  head.targetStart = i;
  return isAuthority(bytes, authorityStart, i);
}

/** equalsIgnoreCase would take other characters for ':' and '/', so those are compared as they are. */
function equalsScheme(bytes: Buffer, start: number, scheme: Uint8Array): boolean {
  const letters = scheme.length - 3;
  return (
    equalsIgnoreCase(bytes, start, scheme.subarray(0, letters)) &&
    bytes[start + letters] === 58 &&
    bytes[start + letters + 1] === 47 &&
    bytes[start + letters + 2] === 47
  );
}

function isOptions(head: Head, bytes: Buffer): boolean {
  return latin1Text(bytes, head.methodStart, head.methodEnd) === 'OPTIONS';
}
