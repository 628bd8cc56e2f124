// The field lines of a head, in one pass: each is checked, classified by the length of its name first, and forgotten unless
// a proxy has to know it. Strict where leniency means smuggling (RFC 9112 sections 5 and 6).
import { equalsIgnoreCase, isTokenByte, isValueByte, trimmedEnd, word } from './characters.ts';
import { takeContentLength, takeTransferEncoding } from './framing-fields.ts';
import { fieldCountMax, fieldLineBytesMax, type Head } from './head.ts';
import { isAuthority } from './host.ts';

/** Results besides "the index after the head": */
export const needMore = 0;
export const malformed = -1;
/** A field line that alone is longer than its bound. */
export const fieldTooLong = -494;

const nameHost = word('host');
const nameTe = word('te');
const nameVia = word('via');
const nameDate = word('date');
const nameProxy = word('proxy');
const nameExpect = word('expect');
const nameServer = word('server');
const nameTrailer = word('trailer');
const nameUpgrade = word('upgrade');
const nameConnection = word('connection');
const nameKeepAlive = word('keep-alive');
const nameContentLength = word('content-length');
const nameForwardedFor = word('x-forwarded-for');
const nameForwardedHost = word('x-forwarded-host');
const nameForwardedPort = word('x-forwarded-port');
const nameForwardedPath = word('x-forwarded-path');
const nameForwardedProto = word('x-forwarded-proto');
const nameForwardedPrefix = word('x-forwarded-prefix');
const nameRealIp = word('x-real-ip');
const nameProxyConnection = word('proxy-connection');
const nameTransferEncoding = word('transfer-encoding');
const nameRequestId = word('x-kong-request-id');
const valueClose = word('close');
const valueKeepAlive = word('keep-alive');
const valueUpgrade = word('upgrade');
const valueTrailers = word('trailers');
const nameReferer = word('referer');
const nameUserAgent = word('user-agent');
const valueWebsocket = word('websocket');
const valueContinue = word('100-continue');

function refuse(head: Head, problem: string): number {
  head.problem = problem;
  return malformed;
}

/** A counter of one parse that no one else needs. */
let hostCount = 0;

/** Parses from `head.fieldsStart` on. Returns the index after the empty line, needMore, or malformed. */
export function parseFields(head: Head, bytes: Buffer, end: number, isRequest: boolean): number {
  let i = head.fieldsStart;
  head.reset();
  hostCount = 0;
  for (;;) {
    if (i >= end) return needMore;
    if (bytes[i] === 13) {
      if (i + 1 >= end) return needMore;
      if (bytes[i + 1] !== 10) return refuse(head, 'bare CR');
      break;
    }
    const nameStart = i;
    while (i < end && isTokenByte[bytes[i]!] === 1) i++;
    if (i >= end) return needMore;
    const nameLength = i - nameStart;
    if (bytes[i] !== 58) return refuse(head, badNameProblem(bytes[i]!, nameLength));
    if (nameLength === 0) return refuse(head, 'empty field name');
    i++;
    while (i < end && (bytes[i] === 32 || bytes[i] === 9)) i++;
    const valueStart = i;
    while (i < end && isValueByte[bytes[i]!] === 1) i++;
    if (i >= end) return needMore;
    if (bytes[i] !== 13)
      return refuse(head, bytes[i] === 10 ? 'bare LF' : 'control character in a field value');
    if (i + 1 >= end) return needMore;
    if (bytes[i + 1] !== 10) return refuse(head, 'bare CR');
    const valueEnd = i;
    i += 2;
    if (isRequest && i - nameStart > fieldLineBytesMax) {
      head.problem = 'field line too long';
      return fieldTooLong;
    }
    if (++head.fieldCount > fieldCountMax) return refuse(head, 'too many fields');
    const known = isRequest
      ? classifyRequestField(head, bytes, nameStart, nameLength, valueStart, valueEnd)
      : classifyResponseField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
    if (!known) return malformed;
  }
  head.bytes = bytes;
  head.fieldsEnd = i;
  head.end = i + 2;
  return checkFraming(head, isRequest) ? i + 2 : malformed;
}

function badNameProblem(byte: number, nameLength: number): string {
  if (byte === 10) return 'bare LF';
  if (byte === 32 || byte === 9) return nameLength === 0 ? 'folded field line' : 'blank before the colon';
  if (byte === 13) return 'field line without a colon';
  return 'invalid character in a field name';
}

function checkFraming(head: Head, isRequest: boolean): boolean {
  if (head.isChunked) {
    if (head.contentLength >= 0) head.problem = 'Content-Length together with Transfer-Encoding';
    else if (head.minor === 0) head.problem = 'Transfer-Encoding in HTTP/1.0';
  }
  if (isRequest) {
    if (hostCount > 1) head.problem = 'more than one Host';
    else if (hostCount === 0 && head.minor === 1) head.problem = 'no Host';
  }
  return head.problem === '';
}

function classifyRequestField(
  head: Head,
  bytes: Buffer,
  nameStart: number,
  nameLength: number,
  valueStart: number,
  valueEnd: number,
): boolean {
  const lineEnd = valueEnd + 2;
  switch (nameLength) {
    case 2:
      if (equalsIgnoreCase(bytes, nameStart, nameTe)) {
        if (listHas(bytes, valueStart, valueEnd, valueTrailers)) head.acceptsTrailers = true;
        head.drop(nameStart, lineEnd);
      }
      return true;
    case 3:
      if (equalsIgnoreCase(bytes, nameStart, nameVia)) takeVia(head, bytes, nameStart, valueStart, valueEnd);
      return true;
    case 4:
      if (equalsIgnoreCase(bytes, nameStart, nameHost)) {
        hostCount++;
        head.hostStart = valueStart;
        head.hostEnd = trimmedEnd(bytes, valueStart, valueEnd);
        head.drop(nameStart, lineEnd);
        if (isAuthority(bytes, head.hostStart, head.hostEnd)) return true;
        head.problem = 'invalid Host';
        return false;
      }
      return true;
    case 5:
      if (equalsIgnoreCase(bytes, nameStart, nameProxy)) head.drop(nameStart, lineEnd);
      return true;
    case 6:
      if (equalsIgnoreCase(bytes, nameStart, nameExpect)) {
        const trimmed = trimmedEnd(bytes, valueStart, valueEnd);
        head.hasExpect = true;
        head.expectsContinue =
          trimmed - valueStart === 12 && equalsIgnoreCase(bytes, valueStart, valueContinue);
        head.drop(nameStart, lineEnd);
      }
      return true;
    case 7:
    case 10:
      if (isLogged(head, bytes, nameStart, nameLength, valueStart, valueEnd)) return true;
      return classifySharedField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
    case 9:
    case 15:
    case 16:
    case 18:
      classifyForwardedField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
      return true;
    case 17:
      if (isOwnSeventeen(bytes, nameStart)) {
        head.drop(nameStart, lineEnd);
        return true;
      }
      return classifySharedField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
    default:
      return classifySharedField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
  }
}

/** What the access log wants to know; of several lines the first. */
function isLogged(
  head: Head,
  bytes: Buffer,
  nameStart: number,
  nameLength: number,
  valueStart: number,
  valueEnd: number,
): boolean {
  if (nameLength === 10) {
    if (!equalsIgnoreCase(bytes, nameStart, nameUserAgent)) return false;
    if (head.userAgentEnd > 0) return true;
    head.userAgentStart = valueStart;
    head.userAgentEnd = trimmedEnd(bytes, valueStart, valueEnd);
    return true;
  }
  if (!equalsIgnoreCase(bytes, nameStart, nameReferer)) return false;
  if (head.refererEnd > 0) return true;
  head.refererStart = valueStart;
  head.refererEnd = trimmedEnd(bytes, valueStart, valueEnd);
  return true;
}

function isOwnSeventeen(bytes: Buffer, nameStart: number): boolean {
  return (
    equalsIgnoreCase(bytes, nameStart, nameForwardedProto) ||
    equalsIgnoreCase(bytes, nameStart, nameRequestId)
  );
}

/** What earlier proxies say about the client: replaced by what we know, except the chain of addresses. */
function classifyForwardedField(
  head: Head,
  bytes: Buffer,
  nameStart: number,
  nameLength: number,
  valueStart: number,
  valueEnd: number,
): void {
  const lineEnd = valueEnd + 2;
  if (nameLength === 9) {
    if (equalsIgnoreCase(bytes, nameStart, nameRealIp)) head.drop(nameStart, lineEnd);
  } else if (nameLength === 18) {
    if (equalsIgnoreCase(bytes, nameStart, nameForwardedPrefix)) head.drop(nameStart, lineEnd);
  } else if (nameLength === 16) {
    if (
      equalsIgnoreCase(bytes, nameStart, nameForwardedHost) ||
      equalsIgnoreCase(bytes, nameStart, nameForwardedPort) ||
      equalsIgnoreCase(bytes, nameStart, nameForwardedPath) ||
      equalsIgnoreCase(bytes, nameStart, nameProxyConnection)
    )
      head.drop(nameStart, lineEnd);
  } else if (equalsIgnoreCase(bytes, nameStart, nameForwardedFor)) {
    // Several lines: the slow path joins them.
    if (head.forwardedForEnd > 0) head.needsRewriting = true;
    head.forwardedForStart = valueStart;
    head.forwardedForEnd = trimmedEnd(bytes, valueStart, valueEnd);
    head.drop(nameStart, lineEnd);
  }
}

function classifyResponseField(
  head: Head,
  bytes: Buffer,
  nameStart: number,
  nameLength: number,
  valueStart: number,
  valueEnd: number,
): boolean {
  switch (nameLength) {
    case 3:
      if (equalsIgnoreCase(bytes, nameStart, nameVia)) takeVia(head, bytes, nameStart, valueStart, valueEnd);
      return true;
    case 4:
      if (equalsIgnoreCase(bytes, nameStart, nameDate)) head.hasDate = true;
      return true;
    case 6:
      if (equalsIgnoreCase(bytes, nameStart, nameServer)) head.hasServer = true;
      return true;
    case 16:
      if (equalsIgnoreCase(bytes, nameStart, nameProxyConnection)) head.drop(nameStart, valueEnd + 2);
      return true;
    default:
      return classifySharedField(head, bytes, nameStart, nameLength, valueStart, valueEnd);
  }
}

/** Fields that frame a message or manage its connection, on either side. */
function classifySharedField(
  head: Head,
  bytes: Buffer,
  nameStart: number,
  nameLength: number,
  valueStart: number,
  valueEnd: number,
): boolean {
  const lineEnd = valueEnd + 2;
  switch (nameLength) {
    case 7:
      if (equalsIgnoreCase(bytes, nameStart, nameUpgrade)) {
        const trimmed = trimmedEnd(bytes, valueStart, valueEnd);
        head.hasUpgrade = true;
        head.upgradeStart = valueStart;
        head.upgradeEnd = trimmed;
        head.upgradeIsWebsocket =
          trimmed - valueStart === 9 && equalsIgnoreCase(bytes, valueStart, valueWebsocket);
        head.drop(nameStart, lineEnd);
      } else if (!head.keepsTrailer && equalsIgnoreCase(bytes, nameStart, nameTrailer)) {
        head.drop(nameStart, lineEnd);
      }
      return true;
    case 10:
      if (equalsIgnoreCase(bytes, nameStart, nameConnection)) {
        readConnection(head, bytes, valueStart, valueEnd);
        head.drop(nameStart, lineEnd);
      } else if (equalsIgnoreCase(bytes, nameStart, nameKeepAlive)) {
        head.drop(nameStart, lineEnd);
      }
      return true;
    case 14:
      if (equalsIgnoreCase(bytes, nameStart, nameContentLength))
        return takeContentLength(head, bytes, valueStart, valueEnd);
      return true;
    case 17:
      if (equalsIgnoreCase(bytes, nameStart, nameTransferEncoding))
        return takeTransferEncoding(head, bytes, valueStart, valueEnd);
      return true;
    default:
      return true;
  }
}

function takeVia(head: Head, bytes: Buffer, nameStart: number, valueStart: number, valueEnd: number): void {
  if (head.viaEnd > 0) head.needsRewriting = true;
  head.viaStart = valueStart;
  head.viaEnd = trimmedEnd(bytes, valueStart, valueEnd);
  head.drop(nameStart, valueEnd + 2);
}

function readConnection(head: Head, bytes: Buffer, start: number, end: number): void {
  let i = start;
  while (i < end) {
    while (i < end && (bytes[i] === 32 || bytes[i] === 9 || bytes[i] === 44)) i++;
    const tokenStart = i;
    while (i < end && bytes[i] !== 44) i++;
    const length = trimmedEnd(bytes, tokenStart, i) - tokenStart;
    if (length === 5 && equalsIgnoreCase(bytes, tokenStart, valueClose)) head.saysClose = true;
    else if (length === 10 && equalsIgnoreCase(bytes, tokenStart, valueKeepAlive)) head.saysKeepAlive = true;
    else if (length === 7 && equalsIgnoreCase(bytes, tokenStart, valueUpgrade)) head.saysUpgrade = true;
    else if (length > 0) head.namesFields = true;
  }
}

function listHas(bytes: Buffer, start: number, end: number, expected: Uint8Array): boolean {
  let i = start;
  while (i < end) {
    while (i < end && (bytes[i] === 32 || bytes[i] === 9 || bytes[i] === 44)) i++;
    const tokenStart = i;
    while (i < end && bytes[i] !== 44) i++;
    let tokenEnd = tokenStart;
    while (tokenEnd < i && bytes[tokenEnd] !== 59) tokenEnd++;
    tokenEnd = trimmedEnd(bytes, tokenStart, tokenEnd);
    if (tokenEnd - tokenStart === expected.length && equalsIgnoreCase(bytes, tokenStart, expected))
      return true;
  }
  return false;
}
