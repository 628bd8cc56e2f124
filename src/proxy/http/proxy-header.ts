// The PROXY protocol's header, versions 1 and 2, from bytes to the client that a load balancer speaks for. Sans-IO: it is called
// again with more bytes when it needs them. https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
import { formatIpAddress, mappedIpv4, parseIpAddress } from '../../base/ip-address.ts';
import { latin1Text } from './latin1.ts';

export interface ProxySource {
  readonly address: string;
  readonly port: number;
}

/** null: the sender speaks for itself (LOCAL), or does not know, or not in addresses of IP. */
export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'taken'; readonly end: number; readonly source: ProxySource | null };

/** Of version 1, its line end included: what the protocol allows. */
const textHeaderBytesMax = 107;
/** Of version 2, with all TLVs: room for a client certificate, and nginx's bound too. */
const binaryHeaderBytesMax = 4096;

const more: ProxyHeader = { kind: 'more' };
const refused: ProxyHeader = { kind: 'refused' };

const textStart = Buffer.from('PROXY ', 'latin1');
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const fixedBytes = 16;
const commandLocal = 0x20;
const commandProxy = 0x21;
const familyTcp4 = 0x11;
const familyTcp6 = 0x21;
/** IP over UDP, and Unix sockets: known, but no client of ours. */
const otherFamilies = [0x00, 0x12, 0x22, 0x31, 0x32];

export function parseProxyHeader(bytes: Buffer, start: number, end: number): ProxyHeader {
  if (start === end) return more;
  return bytes[start] === 13 ? parseBinary(bytes, start, end) : parseText(bytes, start, end);
}

function beginsWith(bytes: Buffer, start: number, end: number, expected: Buffer): boolean {
  const length = Math.min(end - start, expected.length);
  for (let i = 0; i < length; i++) if (bytes[start + i] !== expected[i]) return false;
  return true;
}

function parseText(bytes: Buffer, start: number, end: number): ProxyHeader {
  if (!beginsWith(bytes, start, end, textStart)) return refused;
  const lineFeed = bytes.subarray(start, Math.min(end, start + textHeaderBytesMax)).indexOf(10);
  if (lineFeed < 0) return end - start < textHeaderBytesMax ? more : refused;
  if (bytes[start + lineFeed - 1] !== 13) return refused;
  const source = readText(latin1Text(bytes, start + textStart.length, start + lineFeed - 1));
  return source === undefined ? refused : { kind: 'taken', end: start + lineFeed + 1, source };
}

/** undefined: no such line. */
function readText(line: string): ProxySource | null | undefined {
  // What follows UNKNOWN is to be ignored.
  if (/^UNKNOWN( [ -~]*)?$/.test(line)) return null;
  const match = /^TCP([46]) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/.exec(line);
  if (match === null) return undefined;
  const [, family, sourceText, targetText, port, targetPort] = match;
  const isIpv6 = family === '6';
  if ([sourceText!, targetText!].some((text) => text.includes(':') !== isIpv6)) return undefined;
  const source = parseIpAddress(sourceText!);
  if (source === null || parseIpAddress(targetText!) === null) return undefined;
  if (Number(port) > 65_535 || Number(targetPort) > 65_535) return undefined;
  return { address: formatIpAddress(source), port: Number(port) };
}

function parseBinary(bytes: Buffer, start: number, end: number): ProxyHeader {
  if (!beginsWith(bytes, start, end, signature)) return refused;
  const have = end - start;
  if (have < fixedBytes) return more;
  const command = bytes[start + 12]!;
  const family = bytes[start + 13]!;
  const length = bytes.readUInt16BE(start + 14);
  if (command !== commandLocal && command !== commandProxy) return refused;
  if (fixedBytes + length > binaryHeaderBytesMax) return refused;
  const isIp = family === familyTcp4 || family === familyTcp6;
  if (!isIp && !otherFamilies.includes(family)) return refused;
  if (command === commandProxy && isIp && length < (family === familyTcp4 ? 12 : 36)) return refused;
  if (have < fixedBytes + length) return more;
  const source = command === commandProxy && isIp ? readBinary(bytes, start + fixedBytes, family) : null;
  // Whatever TLVs follow the addresses are skipped.
  return { kind: 'taken', end: start + fixedBytes + length, source };
}

/** Source and target address, source and target port. */
function readBinary(bytes: Buffer, at: number, family: number): ProxySource {
  const size = family === familyTcp4 ? 4 : 16;
  const raw = bytes.subarray(at, at + size);
  const address = formatIpAddress(size === 4 ? mappedIpv4(raw) : raw);
  return { address, port: bytes.readUInt16BE(at + 2 * size) };
}
