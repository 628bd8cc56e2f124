// A PROXY protocol header, read the plain way: one regular expression for the text, one string of bytes for the binary form.
import { isIPv4, isIPv6 } from 'node:net';
import type { Unread } from './fields.ts';

export interface NaiveHeader {
  readonly length: number;
  readonly source: { readonly address: string; readonly port: number } | null;
}

const signature = '\r\n\r\n\0\r\nQUIT\n';
const families: Readonly<Record<number, number>> = { 17: 4, 33: 16 };
const knownFamilies = [0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32];

/** As a browser writes the host of a URL. */
function canonical(address: string): string {
  if (isIPv4(address)) return address;
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(text);
  if (mapped === null) return text;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export function readProxyHeader(text: string): NaiveHeader | Unread {
  if (text.startsWith(signature)) return readBinary(text);
  if (signature.startsWith(text) || 'PROXY '.startsWith(text)) return 'incomplete';
  if (!text.startsWith('PROXY ')) return 'refused';
  const end = text.indexOf('\n');
  if (end < 0) return text.length < 107 ? 'incomplete' : 'refused';
  const line = text.slice(0, end + 1);
  if (line.length > 107) return 'refused';
  if (/^PROXY UNKNOWN(?: [ -~]*)?\r\n$/.test(line)) return { length: line.length, source: null };
  const match = /^PROXY TCP([46]) (\S+) (\S+) (0|[1-9]\d*) (0|[1-9]\d*)\r\n$/.exec(line);
  if (match === null) return 'refused';
  const [, family, from, to, fromPort, toPort] = match;
  const isAddress = family === '4' ? isIPv4 : (address: string) => isIPv6(address) && !address.includes('%');
  if (!isAddress(from!) || !isAddress(to!) || Number(fromPort) > 65_535 || Number(toPort) > 65_535)
    return 'refused';
  return { length: line.length, source: { address: canonical(from!), port: Number(fromPort) } };
}

function readBinary(text: string): NaiveHeader | Unread {
  if (text.length < 16) return 'incomplete';
  const byte = (at: number) => text.charCodeAt(at);
  const [command, family, length] = [byte(12), byte(13), byte(14) * 256 + byte(15)];
  const size = families[family] ?? 0;
  if (command !== 0x20 && command !== 0x21) return 'refused';
  if (!knownFamilies.includes(family) || length > 4080) return 'refused';
  if (command === 0x21 && size > 0 && length < 2 * size + 4) return 'refused';
  if (text.length < 16 + length) return 'incomplete';
  if (command === 0x20 || size === 0) return { length: 16 + length, source: null };
  const bytes = Array.from({ length: size }, (_, i) => byte(16 + i));
  const groups = bytes.flatMap((high, i) => (i % 2 === 0 ? [(high * 256 + bytes[i + 1]!).toString(16)] : []));
  const address = size === 4 ? bytes.join('.') : canonical(groups.join(':'));
  return { length: 16 + length, source: { address, port: byte(16 + 2 * size) * 256 + byte(17 + 2 * size) } };
}
