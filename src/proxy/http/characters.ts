// Which bytes may stand where in an HTTP/1.1 message (RFC 9110 section 5, RFC 9112 section 3), as lookup tables.

const tokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** 1 where the byte may stand in a method or a field name. */
export const isTokenByte = new Uint8Array(256);
/** 1 where the byte may stand in a field value: HTAB, SP, visible, obs-text. */
export const isValueByte = new Uint8Array(256);
/** 1 where the byte may stand in a request target: anything visible, and bytes above 127 (as nginx lets them pass). */
export const isTargetByte = new Uint8Array(256);

for (let i = 0; i < tokenCharacters.length; i++) isTokenByte[tokenCharacters.charCodeAt(i)] = 1;
for (let byte = 0; byte < 256; byte++) {
  isValueByte[byte] = byte === 9 || (byte >= 32 && byte !== 127) ? 1 : 0;
  isTargetByte[byte] = byte > 32 && byte !== 127 && byte !== 35 ? 1 : 0;
}

/** A lower-case ASCII word to compare against. */
export function word(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Whether the bytes at `start` spell `expected` (lower case) in any case. The caller has compared the lengths. Only for
 * words of letters, digits and '-', where setting bit 5 cannot confuse two token characters.
 */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if ((bytes[start + i]! | 32) !== expected[i]) return false;
  return true;
}

/** End of the value without trailing blanks. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && (bytes[end - 1] === 32 || bytes[end - 1] === 9)) end--;
  return end;
}
