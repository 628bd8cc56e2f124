// IP addresses as 16 bytes, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2), so that one comparison serves both.

const addressBytes = 16;
const mappedPrefix = 12;

export type IpAddress = Uint8Array;

/** '192.0.2.1' (no leading zeros: some read those as octal) or '2001:db8::1' (no zone), or null. */
export function parseIpAddress(text: string): IpAddress | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function octetsOf(text: string): readonly number[] | null {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return null;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet <= 255) ? octets : null;
}

function parseIpv4(text: string): IpAddress | null {
  const octets = octetsOf(text);
  return octets === null ? null : mappedIpv4(octets);
}

export function mappedIpv4(octets: ArrayLike<number>): IpAddress {
  const bytes = new Uint8Array(addressBytes);
  bytes.fill(255, 10, mappedPrefix);
  bytes.set(octets, mappedPrefix);
  return bytes;
}

function parseIpv6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === undefined || head === null || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  // '::' stands for one group at least; without it none is missing.
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
  const bytes = new Uint8Array(addressBytes);
  groups.forEach((group, i) => {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 255;
  });
  return bytes;
}

/** Numbers of the groups in half an address; the last one may end in an IPv4 address. */
function groupsOf(half: string, isLast: boolean): readonly number[] | null {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [i, part] of parts.entries()) {
    const octets = isLast && i === parts.length - 1 ? octetsOf(part) : null;
    if (octets !== null) groups.push(octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!);
    else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function isIpv4(bytes: IpAddress): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
}

/** As RFC 5952 writes it; mapped IPv4 as IPv4. */
export function formatIpAddress(bytes: IpAddress): string {
  if (isIpv4(bytes)) return bytes.subarray(mappedPrefix).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Addresses whose first `bits` bits are those of `address`. */
export interface IpNetwork {
  readonly address: IpAddress;
  /** Of 128, also for IPv4. */
  readonly bits: number;
}

/** '10.0.0.0/8', '2001:db8::/32', or one address; null: neither. */
export function parseIpNetwork(text: string): IpNetwork | null {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = parseIpAddress(addressText);
  if (address === null || rest.length > 0) return null;
  const before = addressText.includes(':') ? 0 : 96;
  if (bitsText === undefined) return { address, bits: 128 };
  if (!/^(0|[1-9]\d{0,2})$/.test(bitsText)) return null;
  const bits = before + Number(bitsText);
  return bits > 128 ? null : { address, bits };
}

export function contains({ address, bits }: IpNetwork, candidate: IpAddress): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== candidate[i]) return false;
  const mask = 0xff00 >> (bits & 7);
  return ((address[whole] ?? 0) & mask & 255) === ((candidate[whole] ?? 0) & mask & 255);
}
