// Which bytes are an authority without user information: host and optional port (RFC 3986 section 3.2, RFC 9110 section 7.2).
// Stricter than most: what two readers could take for different hosts is no host.

const portMax = 65_535;
const portDigitsMax = 5;

/** Unreserved, '%' and sub-delims of a registered name, but no ',': a list is no host. */
const isNameByte = new Uint8Array(256);
/** What stands between brackets: an IPv6 address, without a zone. */
const isAddressByte = new Uint8Array(256);

for (const character of "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%!$&'()*+;=")
  isNameByte[character.charCodeAt(0)] = 1;
for (const character of '0123456789abcdefABCDEF:.') isAddressByte[character.charCodeAt(0)] = 1;

/** '' is allowed: what a target without an authority has to send (RFC 9112 section 3.2). */
export function isAuthority(bytes: Buffer, start: number, end: number): boolean {
  let i = start;
  if (i < end && bytes[i] === 91) {
    i++;
    while (i < end && isAddressByte[bytes[i]!] === 1) i++;
    if (i >= end || bytes[i] !== 93 || i === start + 1) return false;
    i++;
  } else {
    while (i < end && isNameByte[bytes[i]!] === 1) i++;
  }
  if (i === end) return true;
  return bytes[i] === 58 && i > start && isPort(bytes, i + 1, end);
}

/** Digits, or nothing at all (RFC 3986 section 3.2.3). */
function isPort(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > portDigitsMax) return false;
  let port = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= portMax;
}
